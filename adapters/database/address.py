"""The database's URL."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from daemon.domain.errors import Fatal


def describe(url: str) -> str:
    """The URL without its password, for messages."""
    return parse(url).render_as_string(hide_password=True)


def exists(url: str) -> bool:
    """Whether there is a database at all, of whatever age. Fatal as sqlite_file()."""
    return sqlite_file(url).exists()


def parse(url: str) -> URL:
    """Fatal when it is no database URL (which is not quoted: a password may stand in it)."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise Fatal("database.url is no database URL; sqlite:////var/lib/giliran/giliran.db is one") from error


def sqlite_file(url: str) -> Path:
    """The file behind an SQLite URL; Fatal for every other kind."""
    parsed = parse(url)
    if parsed.get_backend_name() != "sqlite":
        raise Fatal(f"database {describe(url)}: only sqlite:// is possible so far")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite") or parsed.query:
        raise Fatal(f"database {describe(url)}: write it as sqlite:////PATH")
    if not parsed.database or parsed.database == ":memory:":
        raise Fatal(f"database {describe(url)}: it has to name a file; a database in memory forgets everything")
    return Path(parsed.database)
