"""A change: all that one transaction writes, and what it knows of the sums that it changes.

A card is a dozen rows that nothing reads again in its transaction. One by one, each is a round trip to the server;
put off, they go together (PostgreSQL's pipeline), those of one statement at once for all cards of a commit, and a sum
that changes several times is written once. Nobody who reads sees the difference: whatever is read through the change is
written first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, text

from adapters.database.sql.failures import database_errors
from adapters.database.transactions.books import Books
from adapters.database.transactions.counts import Counts
from adapters.database.transactions.log_end import LogEnd, LogPlace
from adapters.database.transactions.order import Order
from adapters.database.transactions.statement import Row, Statement, Values
from adapters.database.transactions.subjects import Remembered, Subjects

_SUMS = Books.TABLES | LogEnd.TABLES | Counts.TABLES | Order.TABLES
_NOTIFY = text("SELECT pg_notify(current_schema(), '')")


@dataclass(slots=True)
class CarriedOver:
    """What a change leaves to the next one: it holds as long as the log ends where it ended, for whoever changes a sum
    logs it."""

    end: LogPlace
    books: Books | None = None
    order: Order | None = None


class Change:
    """Handed to whoever writes. Raises the driver's own errors, and SQLAlchemy's."""

    def __init__(
        self, connection: Connection, driver: Any, end: LogPlace, carried: CarriedOver | None, remembered: Remembered
    ) -> None:
        """`driver`: the driver's connection, in a transaction. `end`: where the log ends in it."""
        self._connection = connection
        self._driver = driver
        self._is_postgresql = connection.dialect.name == "postgresql"
        self._pending: dict[Statement, list[Values]] = {}
        self._tables: set[str] = set()
        """Those of what is pending."""
        self._missed: dict[Statement, Callable[[], Exception]] = {}
        known = carried if carried is not None and carried.end == end else CarriedOver(end)
        self._books, self._order = known.books, known.order
        self._notifies = False
        self.log = LogEnd(end, Subjects(remembered, self._rows))
        """The end of the log."""
        self.counts = Counts()
        """Jobs by state."""

    @property
    def books(self) -> Books:
        """The blanks by account."""
        if self._books is None:
            self._books = Books(self._all(Books.READ))
        return self._books

    @property
    def order(self) -> Order:
        """The rules of the order of turns."""
        if self._order is None:
            self._order = Order(next(iter(self._all(Order.READ)), None))
        return self._order

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's, for whoever reads; what was put off is written."""
        self.flush()
        return self._connection

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """A statement of SQLAlchemy's, after what was put off."""
        self.flush()
        return self._connection.execute(statement, parameters)

    def row(self, statement: Statement, values: Values = ()) -> Row | None:
        """The only row that it gives, or None; after what was put off for its tables."""
        rows = self.rows(statement, values)
        assert len(rows) <= 1, "one row at most"
        return rows[0] if rows else None

    def rows(self, statement: Statement, values: Values = ()) -> list[Row]:
        """All rows that it gives; after what was put off for its tables."""
        tables = statement.tables
        if not tables.isdisjoint(_SUMS):
            self.flush()
        if tables.isdisjoint(self._tables):
            return self._all(statement, values)
        before = {each: several for each, several in self._pending.items() if not tables.isdisjoint(each.tables)}
        self._pending = {each: several for each, several in self._pending.items() if each not in before}
        self._tables = set().union(*(each.tables for each in self._pending))
        return self._write(before, statement, values)

    def later(self, statement: Statement, values: Values, missed: Callable[[], Exception] | None = None) -> None:
        """Write it with the commit, or before somebody reads its tables. `missed`: what is raised when it did not
        change the rows that it must; of several in one commit the last one's, and then each is tried alone."""
        several = self._pending.get(statement)
        if several is None:
            self._pending[statement] = [values]
            self._tables |= statement.tables
        else:
            several.append(values)
        if missed is not None:
            self._missed[statement] = missed

    def flush(self) -> None:
        """Write all that was put off. AssertionError, or what `missed` says, where it changes other rows than it
        must."""
        for statement, values in (*self._due_of_sums(), *self.counts.due(), *self.log.due()):
            self.later(statement, values)
        if self._pending:
            pending, self._pending = self._pending, {}
            self._tables = set()
            self._write(pending)

    def notify(self) -> None:
        """With the commit: the queue moved, or an operator wants something (sharing/notifications.py)."""
        self._notifies = True

    def finish(self) -> None:
        """All that is left before the commit."""
        self.flush()
        if self._notifies and self._is_postgresql:
            self._connection.execute(_NOTIFY)

    def carried_over(self) -> CarriedOver:
        """For the next one, once this is committed."""
        self.log.subjects.committed(self.log.end.sequence, self.log.end.hash)
        return CarriedOver(self.log.end, self._books, self._order)

    def _due_of_sums(self) -> Sequence[tuple[Statement, Values]]:
        return tuple(due for sums in (self._books, self._order) if sums is not None for due in sums.due())

    def _all(self, statement: Statement, values: Values = ()) -> list[Row]:
        cursor = self._driver.execute(statement.on_postgresql if self._is_postgresql else statement.text, values)
        rows: list[Row] = cursor.fetchall()
        cursor.close()
        return rows

    def _rows(self, statement: Statement, several: Sequence[Values]) -> list[Row | None]:
        """The one row of each, or None. Of a table that nothing pending changes unseen (subjects.py)."""
        if not self._is_postgresql:
            return [self._driver.execute(statement.text, each).fetchone() for each in several]
        with self._driver.pipeline():
            asked = [self._driver.execute(statement.on_postgresql, each) for each in several]
        return [cursor.fetchone() for cursor in asked]

    def _write(
        self, pending: Mapping[Statement, list[Values]], query: Statement | None = None, values: Values = ()
    ) -> list[Row]:
        """In the order of their ranks; then the rows of the query. On a server in one round trip."""
        missed = {statement: self._missed.pop(statement) for statement in pending if statement in self._missed}
        ordered = sorted(pending.items(), key=_rank)
        if not self._is_postgresql:
            for statement, several in ordered:
                _check(statement, several, self._written(statement, several), missed)
            return [] if query is None else self._all(query, values)
        sent: list[tuple[Statement, list[Values], list[Any]]] = []
        asked = None
        try:
            with self._driver.pipeline():
                for statement, several in ordered:
                    cursors = [self._driver.execute(statement.on_postgresql, each) for each in several]
                    sent.append((statement, several, cursors))
                asked = None if query is None else self._driver.execute(query.on_postgresql, values)
        except database_errors():
            # It may have failed over what a statement before it did not find; those have their results.
            for statement, several, cursors in sent:
                if all(cursor.rowcount >= 0 for cursor in cursors):
                    _check(statement, several, sum(cursor.rowcount for cursor in cursors), missed)
            raise
        for statement, several, cursors in sent:
            _check(statement, several, sum(cursor.rowcount for cursor in cursors), missed)
        return [] if asked is None else asked.fetchall()

    def _written(self, statement: Statement, several: list[Values]) -> int:
        """SQLite: how many rows it changed."""
        if len(several) == 1:
            return int(self._driver.execute(statement.text, several[0]).rowcount)
        return int(self._driver.executemany(statement.text, several).rowcount)


def _check(
    statement: Statement, several: list[Values], rows: int, missed: Mapping[Statement, Callable[[], Exception]]
) -> None:
    if statement.rows is None or rows == statement.rows * len(several):
        return
    if statement in missed:
        raise missed[statement]()
    raise AssertionError(f"{rows} rows changed instead of {statement.rows * len(several)}: {statement.text}")


def _rank(write: tuple[Statement, list[Values]]) -> int:
    return write[0].rank
