"""The schema's revision: making a new office's tables, bringing old ones to the newest revision, refusing any other."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, bindparam, inspect, select, text

from adapters.clock import SystemClock
from adapters.database.copying import copy_before_migrating
from adapters.database.schema import adoption
from adapters.database.schema.adoption import SharedTables
from adapters.database.schema.tables import balance, job_count, log_opening, metadata, office
from adapters.database.sql.address import is_postgresql, sqlite_file, where
from adapters.database.sql.connections import reading_engine, schema_of, writing_engine
from adapters.database.sql.failures import translated
from adapters.database.sql.seal import Seal, create_key, key_file, load_seal
from daemon.domain.errors import Fatal
from daemon.domain.ledger import PLAIN_ACCOUNTS
from daemon.domain.log import opening
from daemon.domain.states import State
from daemon.ports import Clock

NEWEST = "0004"
"""The revision that this code needs: the last one in migrations/versions."""

_IDENTITY_BYTES = 16
_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISIONS = _MIGRATIONS / "versions"
_VERSION = Table("alembic_version", MetaData(), Column("version_num", Text, primary_key=True))
_FINGERPRINT = select(office.c.fingerprint).where(office.c.office_code == bindparam("of_office"))
_SCHEMA_THERE = text("SELECT to_regnamespace(:schema) IS NOT NULL")
_CODES = text(
    "SELECT substr(nspname, length('giliran_') + 1) FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid"
    r" WHERE nspname LIKE 'giliran\_%' AND relname = 'office'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What became of a database's schema."""

    before: str | None
    """Its revision; None when the office was not in it."""
    after: str
    copy: Path | None
    """Of what it was before; None when nothing was there, nothing changed, or none was asked for."""


def migrate(
    url: str, office_code: str, key: Path | None = None, *, clock: Clock | None = None, with_copy: bool = True
) -> Migrated:
    """Bring an office's tables to the newest revision, creating file or schema, folder, key and office where missing.

    `key`: its key's file, where the configuration names one. A copy is made first of what is changed.
    All or nothing, and no other office is touched. Fatal when it belongs to a newer Giliran, when its key is gone, or
    when no copy could be made.
    """
    if not is_postgresql(url):
        _create_file(sqlite_file(url))
    engine = writing_engine(url, office_code)
    copy = None
    try:
        with translated(where(url)), engine.begin() as connection:
            _check_room(connection, where(url), office_code)
            before, shared = _found(connection, office_code)
            _check_known(where(url), before)
            source = key_file(url, key)
            if before is None:
                create_key(source)
            seal, at = load_seal(source), (clock or SystemClock()).now()
            upgrade = _Upgrade(connection, office_code, seal, at)
            # Nobody can write meanwhile: this connection has the write lock.
            if with_copy and before not in (None, NEWEST):
                alone = None if shared is not None else schema_of(office_code)
                copy = copy_before_migrating(url, str(before), at, key, schema=alone)
            if before is None or shared is not None:
                _create_schema(connection, office_code)
            if before is None:
                _create_office(connection, office_code, seal.fingerprint, at)
            elif shared is not None:
                adoption.adopt(connection, shared, office_code, where(url), upgrade)
            if before not in (None, NEWEST):
                upgrade(NEWEST)
    finally:
        engine.dispose()
    return Migrated(before=before, after=NEWEST, copy=copy)


def check_open(connection: Connection, place: str, office_code: str) -> bytes:
    """The fingerprint of this office's key. Fatal when it is not in the database, or not at the newest revision."""
    found, _ = _found(connection, office_code)
    if found is None and not offices(connection):
        raise Fatal(
            f"database {place}: it has no tables. Was it there before: something emptied it, or its disk is another;"
            " put a copy back, a new one would print everybody again. Is this a new office: run `giliran migrate`"
        )
    _check_known(place, found)
    if found not in (None, NEWEST):
        raise Fatal(f"database {place}: it is at revision {found}, this program needs {NEWEST}; run `giliran migrate`")
    fingerprint = None if found is None else _fingerprint(connection, office_code)
    if fingerprint is None:
        raise Fatal(
            f"database {place}: office {office_code} is not in it, but {', '.join(offices(connection))}; "
            "look at office.code, or open the office there: `giliran migrate`"
        )
    return fingerprint


def revision(connection: Connection) -> str | None:
    """Of the tables that this connection looks at; None when there are none."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()
    return found


def offices(connection: Connection) -> dict[str, SharedTables | None]:
    """All offices in this database, by code: which tables it shares with others; None: it has its own."""
    if connection.dialect.name == "postgresql":
        own = dict.fromkeys(connection.execute(_CODES).scalars())
        return dict(sorted({**own, **adoption.shared_tables(connection)}.items()))
    if not inspect(connection).has_table(office.name):
        return {}
    return dict.fromkeys(connection.execute(select(office.c.office_code)).scalars())


def exists(url: str) -> bool:
    """Whether there is a database at all, of whatever age. Fatal or Retryable when a server cannot be asked."""
    if not is_postgresql(url):
        return sqlite_file(url).exists()
    engine = reading_engine(url, None)
    try:
        with translated(where(url)), engine.begin() as connection:
            return bool(offices(connection))
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


def _create_schema(connection: Connection, office_code: str) -> None:
    """PostgreSQL: the office's own, unless an administrator made it for a role that may not."""
    schema = schema_of(office_code)
    if connection.dialect.name == "postgresql" and not connection.execute(_SCHEMA_THERE, {"schema": schema}).scalar():
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")


def _create_office(connection: Connection, office_code: str, fingerprint: bytes, at: datetime) -> None:
    """A new one's tables as they are at the newest revision, with every count and balance at zero."""
    metadata.create_all(connection)
    _VERSION.create(connection)
    connection.execute(_VERSION.insert(), {"version_num": NEWEST})
    connection.execute(office.insert(), {"office_code": office_code, "fingerprint": fingerprint})
    first = opening(at=at, office=office_code, identity=secrets.token_bytes(_IDENTITY_BYTES))
    connection.execute(log_opening.insert(), {"leaf": first})
    connection.execute(job_count.insert(), [{"state": state, "n": 0} for state in State])
    connection.execute(balance.insert(), [{"account": account, "quantity": 0} for account in sorted(PLAIN_ACCOUNTS)])


def _found(connection: Connection, office_code: str) -> tuple[str | None, SharedTables | None]:
    """The revision of an office's tables, None when it has none, and whether it shares them."""
    own = revision(connection)
    shared = adoption.shared_tables(connection).get(office_code) if own is None else None
    return (own if shared is None else shared.revision), shared


def _fingerprint(connection: Connection, office_code: str) -> bytes | None:
    found: bytes | None = connection.execute(_FINGERPRINT, {"of_office": office_code}).scalar_one_or_none()
    return found


def _check_room(connection: Connection, place: str, office_code: str) -> None:
    """Fatal where there is room for one office alone, and another has it."""
    if connection.dialect.name == "postgresql":
        return
    others = offices(connection)
    if others and office_code not in others:
        raise Fatal(
            f"database {place}: it belongs to office {', '.join(others)}; look at office.code. "
            "Several offices share a database in PostgreSQL alone"
        )


def _check_known(place: str, found: str | None) -> None:
    """Fatal for a revision that this program has not: it can neither use it nor bring it any further."""
    if found is not None and not any(_REVISIONS.glob(f"{found}_*.py")):
        raise Fatal(
            f"database {place}: it is at revision {found}, and the newest that this program knows is {NEWEST}: "
            "it was made by a newer Giliran: install that one, or restore the copy that it made before migrating"
        )


@dataclass(frozen=True, slots=True)
class _Upgrade:
    """What the migrations are told."""

    connection: Connection
    office: str
    seal: Seal
    at: datetime

    def __call__(self, to: str) -> None:
        # Only here: it takes longer to import than most commands take to run.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes.update(connection=self.connection, office=self.office, seal=self.seal, at=self.at)
        command.upgrade(config, to)
