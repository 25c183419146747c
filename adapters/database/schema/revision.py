"""The schema's revision: bringing a database to the newest one, and refusing any other."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from adapters.clock import SystemClock
from adapters.database.copying import copy_before_migrating
from adapters.database.schema.tables import balance, job_count, office
from adapters.database.sql.address import is_postgresql, sqlite_file, where
from adapters.database.sql.connections import reading_engine, writing_engine
from adapters.database.sql.failures import translated
from adapters.database.sql.seal import create_key, key_file, load_seal
from adapters.database.sql.tenancy import widened
from daemon.domain.errors import Fatal
from daemon.domain.ledger import PLAIN_ACCOUNTS
from daemon.domain.states import State
from daemon.ports import Clock

NEWEST = "0003"
"""The revision that this code needs: the last one in migrations/versions."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISIONS = _MIGRATIONS / "versions"
_VERSION = table("alembic_version", column("version_num"))
_FINGERPRINT = select(office.c.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What became of a database's schema."""

    before: str | None
    """Its revision; None when there was no database."""
    after: str
    copy: Path | None
    """Of what it was before; None when nothing was there, nothing changed, or none was asked for."""


def migrate(
    url: str, office_code: str, key: Path | None = None, *, clock: Clock | None = None, with_copy: bool = True
) -> Migrated:
    """Bring the database to the newest revision, creating file, folder, key and office where missing.

    `key`: its key's file, where the configuration names one. A copy is made first of what is changed.
    All or nothing. Fatal when it belongs to a newer Giliran, when its key is gone, or when no copy could be made.
    """
    if not is_postgresql(url):
        _create_file(sqlite_file(url))
    engine = writing_engine(url, office_code)
    copy = None
    try:
        with translated(where(url)), engine.begin() as connection:
            before = revision(connection)
            _check_known(where(url), before)
            _check_room(connection, where(url))
            source = key_file(url, key)
            if _fingerprint(connection) is None:
                create_key(source)
            seal = load_seal(source)
            # Nobody can write meanwhile: this connection has the write lock.
            if with_copy and before not in (None, NEWEST):
                copy = copy_before_migrating(url, str(before), (clock or SystemClock()).now(), key)
            _upgrade(connection)
            if _fingerprint(connection) is None:
                _open_office(connection, seal.fingerprint)
    finally:
        engine.dispose()
    return Migrated(before=before, after=NEWEST, copy=copy)


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
        raise Fatal(
            f"database {place}: it has no tables. Was it there before: something emptied it, or its disk is another;"
            " put a copy back, a new one would print everybody again. Is this a new office: run `giliran migrate`"
        )
    _check_known(place, found)
    if found != NEWEST:
        raise Fatal(f"database {place}: it is at revision {found}, this program needs {NEWEST}; run `giliran migrate`")


def offices(connection: Connection) -> list[str]:
    """The codes of all offices in this database."""
    return list(connection.execute(text("SELECT office_code FROM office ORDER BY office_code")).scalars())


def check_office(connection: Connection, place: str, office_code: str) -> bytes:
    """The fingerprint of its key. Fatal when this office is not in the database."""
    found = _fingerprint(connection)
    if found is None:
        raise Fatal(
            f"database {place}: office {office_code} is not in it, but {', '.join(offices(connection)) or 'none'}; "
            "look at office.code, or open the office there: `giliran migrate`"
        )
    return found


def exists(url: str) -> bool:
    """Whether there is a database at all, of whatever age. Fatal or Retryable when a server cannot be asked."""
    if not is_postgresql(url):
        return sqlite_file(url).exists()
    engine = reading_engine(url, None)
    try:
        with translated(where(url)), engine.begin() as connection:
            return revision(connection) is not None
    finally:
        engine.dispose()


def check_file(url: str) -> None:
    """Fatal when there is no SQLite file yet: opening it would create an empty one."""
    if not is_postgresql(url) and not sqlite_file(url).exists():
        raise Fatal(
            f"database {where(url)}: there is no such file. Was it there before: look whether its disk is mounted, or "
            "put a copy back; a new one would print everybody again. Is this a new office: run `giliran migrate`"
        )


def _create_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Fatal(f"database {file}: it cannot be created: {error.strerror}") from error


def _fingerprint(connection: Connection) -> bytes | None:
    if not inspect(connection).has_table(office.name):
        return None
    found: bytes | None = connection.execute(_FINGERPRINT).scalar_one_or_none()
    return found


def _check_room(connection: Connection, place: str) -> None:
    """Fatal where there is room for one office alone, and another has it."""
    if connection.dialect.name == "postgresql" or not inspect(connection).has_table(office.name):
        return
    others = offices(connection)
    if others and _fingerprint(connection) is None:
        raise Fatal(
            f"database {place}: it belongs to office {others[0]}; look at office.code. "
            "Several offices share a database in PostgreSQL alone"
        )


def _open_office(connection: Connection, fingerprint: bytes) -> None:
    """With every count and balance at zero."""
    connection.execute(office.insert(), {"fingerprint": fingerprint})
    connection.execute(job_count.insert(), [{"state": state, "n": 0} for state in State])
    connection.execute(balance.insert(), [{"account": account, "quantity": 0} for account in sorted(PLAIN_ACCOUNTS)])


def _check_known(place: str, found: str | None) -> None:
    """Fatal for a revision that this program has not: it can neither use it nor bring it any further."""
    if found is not None and not any(_REVISIONS.glob(f"{found}_*.py")):
        raise Fatal(
            f"database {place}: it is at revision {found}, and the newest that this program knows is {NEWEST}: "
            "it was made by a newer Giliran: install that one, or restore the copy that it made before migrating"
        )


def _upgrade(connection: Connection) -> None:
    # Only here: it takes longer to import than most commands take to run.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with widened(connection):
        command.upgrade(config, NEWEST)
