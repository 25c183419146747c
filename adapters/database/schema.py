"""The schema's revision: bringing a database to the newest one, and refusing any other."""

import os
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from adapters.database.address import sqlite_file
from adapters.database.connections import writing_engine
from adapters.database.failures import translated
from adapters.database.seal import create_key, key_file, load_seal
from adapters.database.tables import sealing
from daemon.domain.errors import Fatal

NEWEST = "0001"
"""The revision that this code needs: the last one in migrations/versions."""

_VERSION = table("alembic_version", column("version_num"))


def migrate(url: str) -> tuple[str | None, str]:
    """Bring the database to the newest revision, creating file, folder and key where missing: (before, after).

    All or nothing. Fatal when it belongs to a newer Giliran, or when its key is gone.
    """
    file = sqlite_file(url)
    _create_file(file)
    engine = writing_engine(file)
    try:
        with translated(str(file)), engine.begin() as connection:
            before = revision(connection)
            key = key_file(file)
            if _fingerprint(connection) is None:
                create_key(key)
            seal = load_seal(key)
            _upgrade(connection, file, before)
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


def check_revision(connection: Connection, where: str) -> None:
    """Fatal unless the database is at the newest revision."""
    found = revision(connection)
    if found is None:
        raise Fatal(f"database {where}: it has no tables yet; run `giliran migrate`")
    if found != NEWEST:
        raise Fatal(f"database {where}: it is at revision {found}, this program needs {NEWEST}; run `giliran migrate`")


def check_file(file: Path) -> None:
    """Fatal when there is no file yet: opening it would create an empty one."""
    if not file.exists():
        raise Fatal(f"database {file}: there is no such file; run `giliran migrate`")


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


def _upgrade(connection: Connection, file: Path, before: str | None) -> None:
    # Only here: it takes longer to import than most commands take to run.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before is not None and before not in known:
        raise Fatal(f"database {file}: revision {before} is not known here; it was made by a newer Giliran")
    command.upgrade(config, NEWEST)
