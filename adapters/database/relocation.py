"""Moving up: an office's whole SQLite database into PostgreSQL, once, verified row by row.

The log tells it on both sides. `office_leaves` is the last entry of the old database, which nobody opens from then on
(`check_not_relocated`): two daemons that take one office for theirs would print everybody twice. That entry is copied
first, so it closes the new database too, until everything is there and verified; then `office_arrived` opens it. While
nobody can open either, nothing changes, and a copy that was cut goes on with what is missing.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.dialects.postgresql import insert

from adapters.database.departure import LEAVES, has_left
from adapters.database.schema import revision
from adapters.database.schema.tables import ledger_entry, metadata
from adapters.database.schema.tables import log as log_table
from adapters.database.schema.tables import office as office_table
from adapters.database.sql.address import is_postgresql, where
from adapters.database.sql.connections import writing_engine
from adapters.database.sql.failures import translated
from adapters.database.sql.seal import key_file
from adapters.database.stores import log
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.errors import Fatal, Rejected

ROWS_A_COMMIT = 2000
ARRIVED, STAYS = "office_arrived", "office_stays"
"""Events: it has come from another database; it is to stay after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was moved and found the same on both sides."""

    rows: dict[str, int]
    """By table."""
    key: Path
    """The key that everything in both is sealed with."""


def parts(source: str, office: str) -> int:
    """So many times `move` will say that it has come on."""
    with closing(Database(source, office)) as database, database.read() as connection:
        return sum(1 + -(-_count(connection, table) // ROWS_A_COMMIT) for table in _tables())


def move(
    source: str,
    target: str,
    office: str,
    *,
    key: Path | None,
    at: datetime,
    actor: str,
    advance: Callable[[], None] = lambda: None,
) -> Moved:
    """Copy, verify, open the new one. Cut anywhere, it goes on when it is called again; the old one stays as it is.

    `key`: the old database's key, where the configuration names one. Nobody else may have the old one's lease.
    Rejected when the target is no PostgreSQL database, or holds anything but the beginnings of this copy. Fatal when
    what arrived is not what left.
    """
    if is_postgresql(source):
        raise Rejected(f"database {where(source)}: it is in PostgreSQL already")
    if not is_postgresql(target):
        raise Rejected("an office moves into PostgreSQL: postgresql+psycopg://USER@HOST/DATABASE")
    revision.check_file(source)
    sealed_with = key_file(source, key)
    revision.migrate(target, office, sealed_with)
    with closing(Database(source, office)) as old, _writing(target, office) as engine, translated(where(target)):
        with engine.begin() as arriving, old.read() as leaving:
            revision.check_open(leaving, old.where, office)
            _check_target(leaving, arriving, where(target))
        old.write(lambda change: _leave(change, where(target), at, actor))
        with old.read() as leaving:
            with engine.begin() as arriving:
                _begin(leaving, arriving)
            for table in _tables():
                _copy(leaving, engine, table, advance)
            left = {table: _digest(leaving, table) for table in _tables()}
        with closing(Database(target, office)) as new:
            new.write(lambda change: _arrive(change, old, left, at, actor, advance))
    return Moved(rows={table.name: rows for table, (rows, _) in left.items()}, key=sealed_with)


def stay(url: str, office: str, *, reason: str, at: datetime, actor: str) -> None:
    """Give a move up: the office goes on here. Rejected when it has not left."""

    def write(change: Change) -> None:
        if not has_left(change.connection):
            raise Rejected("the office has not left this database; there is no move to give up")
        change.log.write(Draft(at=at, actor=actor, event=STAYS, details={"reason": reason}))

    with closing(Database(url, office)) as database:
        database.write(write)


@contextmanager
def _writing(url: str, office: str) -> Iterator[Engine]:
    engine = writing_engine(url, office)
    try:
        yield engine
    finally:
        engine.dispose()


def _tables() -> list[Table]:
    """The log first; each of the others after those that it refers to. The key's fingerprint came with the schema."""
    others = [table for table in metadata.sorted_tables if table not in (log_table, office_table)]
    return [log_table, *others]


def _check_target(leaving: Connection, arriving: Connection, place: str) -> None:
    """Empty, or the beginnings of this very copy."""
    newest = arriving.execute(log.LAST).one_or_none()
    if newest is None:
        filled = [table.name for table in (ledger_entry, metadata.tables["job"]) if _count(arriving, table)]
        if filled:
            raise Rejected(f"database {place}: it is not empty ({', '.join(filled)}); name an empty one")
        return
    same = select(log_table.c.hash).where(log_table.c.sequence == newest.sequence)
    if leaving.execute(same).scalar_one_or_none() != newest.hash:
        raise Rejected(f"database {place}: it holds another office, or this one went on there; name an empty one")


def _leave(change: Change, to: str, at: datetime, actor: str) -> None:
    if not has_left(change.connection):
        change.log.write(Draft(at=at, actor=actor, event=LEAVES, details={"to": to}))


def _begin(leaving: Connection, arriving: Connection) -> None:
    """With the old log's last entry, on nothing else; where that stands already, the copy goes on."""
    newest = leaving.execute(log.LAST).one()
    begun = arriving.execute(log.LAST).one_or_none()
    if begun is None or begun.hash != newest.hash:
        for table in reversed(_tables()):
            arriving.execute(table.delete())
        arriving.execute(log_table.insert(), _values(newest))


def _copy(leaving: Connection, engine: Engine, table: Table, advance: Callable[[], None]) -> None:
    """What is missing there."""
    with engine.begin() as arriving:
        if _count(arriving, table) == _count(leaving, table):
            return
    for part in _parts(leaving, table):
        with engine.begin() as arriving:
            arriving.execute(insert(table).on_conflict_do_nothing(), [_values(row) for row in part])
        advance()


def _parts(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    with connection.execute(select(table).execution_options(yield_per=ROWS_A_COMMIT)) as result:
        yield from result.partitions()


def _values(row: Any) -> dict[str, Any]:
    return dict(row._asdict())


def _arrive(
    change: Change,
    old: Database,
    left: Mapping[Table, tuple[int, int]],
    at: datetime,
    actor: str,
    advance: Callable[[], None],
) -> None:
    """Open the new one, when all that left is there and nothing came after."""
    for table in _tables():
        _compare(table, left[table], _digest(change.connection, table))
        advance()
    change.log.write(Draft(at=at, actor=actor, event=ARRIVED, details={"from": old.where}))
    with old.read() as leaving:
        if not has_left(leaving):  # nothing is committed yet
            raise Rejected(f"database {old.where}: somebody changed it while it was copied; run it again")


def _compare(table: Table, left: tuple[int, int], arrived: tuple[int, int]) -> None:
    if left != arrived:
        raise Fatal(
            f"table {table.name}: {left[0]:,} rows left and {arrived[0]:,} arrived, or not as they were; "
            "nothing is lost in the old database; run it again with another, empty one"
        )


def _digest(connection: Connection, table: Table) -> tuple[int, int]:
    """The number of rows, and the sum of their hashes: the two databases sort text in different ways."""
    rows = total = 0
    for part in _parts(connection, table):
        rows += len(part)
        total += sum(int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()) for row in part)
    return rows, total % 2**256


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
