"""One office's database: reads in snapshots of their own, changes through the one writer. Neither waits for the other
(SQLite's WAL, PostgreSQL's MVCC)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from adapters.database.sql.address import is_postgresql, sqlite_file, where
from adapters.database.sql.connections import reading_engine, writers_engine
from adapters.database.sql.failures import translated
from adapters.database.sql.seal import Seal
from adapters.database.transactions.change import Change
from adapters.database.transactions.session import Session
from adapters.database.transactions.statement import Row, Statement, Values
from adapters.database.transactions.subjects import Remembered
from adapters.database.transactions.writer import Writer

T = TypeVar("T")


class Database:
    """A file, or a schema."""

    def __init__(self, url: str, office: str) -> None:
        self.where = where(url)
        self.file = None if is_postgresql(url) else sqlite_file(url)
        self._readers = reading_engine(url, office)
        self._writer_engine, begin = writers_engine(url, office)
        self._remembered = Remembered()
        self._writer = Writer(Session(self._writer_engine, begin, self._remembered), self.where)

    def seals_with(self, seal: Seal) -> None:
        """Said once, by whoever logs something of a person."""
        self._remembered.seal = seal

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot; it cannot change anything. Fatal or Retryable when the database fails."""
        with translated(self.where), self._readers.begin() as connection:
            yield connection

    def rows(self, statement: Statement, values: Values = ()) -> list[Row]:
        """All that it gives, as the driver has it: some eight times as fast as `read`, where much is read."""
        with self.read() as connection:
            sql = statement.on_postgresql if connection.dialect.name == "postgresql" else statement.text
            return connection.exec_driver_sql(sql, tuple(values)).fetchall()  # type: ignore[return-value]

    def write(self, run: Callable[[Change], T], *, alone: bool = False) -> T:
        """Run it in a transaction; durable on return. `alone`: it takes long, so nobody shares its commit."""
        return self._writer.do(run, alone=alone)

    def close(self) -> None:
        """Commit what is waiting and let go of every connection. More than once is fine."""
        self._writer.close()
        self._writer_engine.dispose()
        self._readers.dispose()
