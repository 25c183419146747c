"""Writes that are put off: to the commit, or to the first statement that reads what they change.

A card is a dozen rows that nothing reads again in its transaction. One by one, each is a way to the server and back;
put off, they go together (PostgreSQL's pipeline), and a sum that changes several times in one commit is written once.
Nobody who reads sees the difference: what was put off for a table is written before a statement that names it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, event

_KEY = "giliran_deferred"


class Sends(Protocol):
    """A statement, as far as it is needed here."""

    @property
    def tables(self) -> frozenset[str]:
        """Those that it reads or changes."""

    def send(self, connection: Connection, *parameters: Mapping[str, Any]) -> Any:
        """Execute it once for each of these; in a pipeline, without waiting. The driver's cursor."""


@dataclass(frozen=True, slots=True)
class Write:
    """One that is put off."""

    statement: Sends
    parameters: Mapping[str, Any]
    rows: int | None = None
    """How many it must change; None: as many as there are."""


class Sums(Protocol):
    """What a transaction keeps in memory of one table, read from it once and written back when it has to be."""

    @property
    def table(self) -> str:
        """Its name."""

    def due(self) -> Iterator[Write]:
        """What has changed since it was asked last."""


S = TypeVar("S", bound=Sums)


class Deferred:
    """What one transaction has put off."""

    def __init__(self) -> None:
        self._writes: list[Write] = []
        self._tables: set[str] = set()
        """Those of the writes."""
        self._sums: dict[Callable[[Connection], Sums], Sums] = {}

    def add(self, write: Write) -> None:
        """In the order in which they are added."""
        self._writes.append(write)
        self._tables |= write.statement.tables

    def sums(self, connection: Connection, read: Callable[[Connection], S]) -> S:
        """Those of this transaction: `read` at the first time."""
        found = self._sums.get(read)
        if found is None:
            found = self._sums[read] = read(connection)
        return found  # type: ignore[return-value]

    def due(self, tables: frozenset[str] | None) -> list[list[Write]]:
        """What has to be written before these tables are named (None: all), and is not put off from now on; in order,
        in runs of one statement."""
        writes: list[Write] = []
        if tables is None or not self._tables.isdisjoint(tables):
            writes.extend(self._writes)
            self._writes.clear()
            self._tables.clear()
        for sums in self._sums.values():
            if tables is None or sums.table in tables:
                writes.extend(sums.due())
        return [list(run) for _, run in groupby(writes, lambda write: (id(write.statement), write.rows))]


def of(connection: Connection) -> Deferred:
    """What the transaction of this connection has put off. KeyError when it is none that writes."""
    found: Deferred = connection.info[_KEY]
    return found


def send(connection: Connection, statement: Sends, parameters: Mapping[str, Any]) -> Any:
    """Execute it now, after what was put off for its tables; the driver's cursor."""
    deferred: Deferred | None = connection.info.get(_KEY)
    runs = [] if deferred is None else deferred.due(statement.tables)
    return _send(connection, [*runs, [Write(statement, parameters)]])


def flush(connection: Connection) -> None:
    """Write all that was put off. AssertionError where it changes other rows than it must; the driver's own errors."""
    runs = of(connection).due(None)
    if runs:
        _send(connection, runs).close()


def allow(engine: Engine) -> Engine:
    """The same engine, whose transactions can put off; nothing of theirs is left out of a commit."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.info[_KEY] = Deferred()

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        flush(connection)

    @event.listens_for(engine, "before_execute")
    def before_execute(connection: Connection, *_: object) -> None:
        flush(connection)

    return engine


def _send(connection: Connection, runs: Sequence[Sequence[Write]]) -> Any:
    """All of them, in order; the cursor of the last."""
    with _together(connection, len(runs)):
        cursors = [run[0].statement.send(connection, *(write.parameters for write in run)) for run in runs]
    *written, last = cursors
    changed = [(cursor.rowcount, run[0].rows, len(run)) for cursor, run in zip(cursors, runs, strict=True)]
    wrong = [
        f"{rows} rows changed instead of {must} by each of {times}"
        for rows, must, times in changed
        if must is not None and rows != must * times
    ]
    for cursor in cursors if wrong else written:
        cursor.close()
    assert not wrong, wrong
    return last


def _together(connection: Connection, statements: int) -> AbstractContextManager[object]:
    """In one way to the server, where there is one."""
    if statements == 1 or connection.dialect.name != "postgresql":
        return nullcontext()
    driver: Any = connection.connection.driver_connection
    pipeline: AbstractContextManager[object] = driver.pipeline()
    return pipeline
