"""The database's URL."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from daemon.domain.errors import Fatal


def describe(url: str) -> str:
    """The URL without its password, for messages."""
    return parse(url).render_as_string(hide_password=True)


def parse(url: str) -> URL:
    """Fatal when it is no database URL (which is not quoted: a password may stand in it)."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise Fatal("database.url is no database URL; sqlite:////var/lib/giliran/giliran.db is one") from error


def is_postgresql(url: str) -> bool:
    """Fatal when it is neither PostgreSQL by psycopg nor SQLite."""
    parsed = parse(url)
    if parsed.drivername == "postgresql+psycopg":
        return True
    if parsed.get_backend_name() != "sqlite":
        raise Fatal(f"database {describe(url)}: only sqlite:// and postgresql+psycopg:// are possible")
    return False


def sqlite_file(url: str) -> Path:
    """The file behind an SQLite URL; Fatal for every other kind."""
    parsed = parse(url)
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite") or parsed.query:
        raise Fatal(f"database {describe(url)}: write it as sqlite:////PATH")
    if not parsed.database or parsed.database == ":memory:":
        raise Fatal(f"database {describe(url)}: it has to name a file; a database in memory forgets everything")
    return Path(parsed.database)


def where(url: str) -> str:
    """What a message calls it: the file, or the URL without its password."""
    return describe(url) if is_postgresql(url) else str(sqlite_file(url))


def sqlite_file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for a server's."""
    return None if is_postgresql(url) else sqlite_file(url)
