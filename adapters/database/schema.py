"""The schema's revision: bringing a database to the newest one, and refusing any other."""

import os
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from adapters.database.address import is_postgresql, sqlite_file, where
from adapters.database.connections import reading_engine, writing_engine
from adapters.database.failures import translated
from adapters.database.seal import create_key, key_file, load_seal
from adapters.database.tables import sealing
from daemon.domain.errors import Fatal

NEWEST = "0001"
"""The revision that this code needs: the last one in migrations/versions."""

_VERSION = table("alembic_version", column("version_num"))


def migrate(url: str, key: Path | None = None) -> tuple[str | None, str]:
    """Bring the database to the newest revision, creating file, folder and key where missing: (before, after).

    `key`: its key's file, where the configuration names one.
    All or nothing. Fatal when it belongs to a newer Giliran, or when its key is gone.
    """
    if not is_postgresql(url):
        _create_file(sqlite_file(url))
    engine = writing_engine(url)
    try:
        with translated(where(url)), engine.begin() as connection:
            before = revision(connection)
            source = key_file(url, key)
            if _fingerprint(connection) is None:
                create_key(source)
            seal = load_seal(source)
            _upgrade(connection, where(url), before)
            if _fingerprint(connection) is None:
                connection.execute(sealing.insert(), {"id": 1, "fingerprint": seal.fingerprint})
    finally:
        engine.dispose()
    return before, NEWEST


def revision(connection: Connection) -> str | None:
    """The database's revision; None when it was never migrated."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()
    return found


def check_revision(connection: Connection, place: str) -> None:
    """Fatal unless the database is at the newest revision."""
    found = revision(connection)
    if found is None:
        raise Fatal(f"database {place}: it has no tables yet; run `giliran migrate`")
    if found != NEWEST:
        raise Fatal(f"database {place}: it is at revision {found}, this program needs {NEWEST}; run `giliran migrate`")


def exists(url: str) -> bool:
    """Whether there is a database at all, of whatever age. Fatal or Retryable when a server cannot be asked."""
    if not is_postgresql(url):
        return sqlite_file(url).exists()
    engine = reading_engine(url)
    try:
        with translated(where(url)), engine.begin() as connection:
            return revision(connection) is not None
    finally:
        engine.dispose()


def check_file(url: str) -> None:
    """Fatal when there is no SQLite file yet: opening it would create an empty one."""
    if not is_postgresql(url) and not sqlite_file(url).exists():
        raise Fatal(f"database {where(url)}: there is no such file; run `giliran migrate`")


def _create_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Fatal(f"database {file}: it cannot be created: {error.strerror}") from error


def _fingerprint(connection: Connection) -> bytes | None:
    if not inspect(connection).has_table(sealing.name):
        return None
    found: bytes | None = connection.execute(select(sealing.c.fingerprint)).scalar_one_or_none()
    return found


def _upgrade(connection: Connection, place: str, before: str | None) -> None:
    # Only here: it takes longer to import than most commands take to run.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before is not None and before not in known:
        raise Fatal(f"database {place}: revision {before} is not known here; it was made by a newer Giliran")
    command.upgrade(config, NEWEST)
