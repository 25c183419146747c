"""Connections: many that read and one that writes. SQLite's WAL lets neither wait for the other."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.database.address import sqlite_file
from adapters.database.failures import translated
from adapters.database.writer import Writer

T = TypeVar("T")

_BUSY_MILLISECONDS = 10_000
_MOST_READERS = 16


class Database:
    """One database: reads in snapshots of their own, changes through the one writer."""

    def __init__(self, url: str) -> None:
        self.file = sqlite_file(url)
        self.where = str(self.file)
        self._readers = reading_engine(self.file)
        self._writer_engine = writing_engine(self.file)
        self._writer = Writer(self._writer_engine, self.where)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot; it cannot change anything. Fatal or Retryable when the database fails."""
        with translated(self.where), self._readers.begin() as connection:
            yield connection

    def write(self, run: Callable[[Connection], T]) -> T:
        """Run it in a transaction; durable on return."""
        return self._writer.do(run)

    def close(self) -> None:
        """Commit what is waiting and let go of every connection. More than once is fine."""
        self._writer.close()
        self._writer_engine.dispose()
        self._readers.dispose()


def writing_engine(file: Path) -> Engine:
    """An engine whose every transaction takes the write lock at its start, so that it can never be half-way refused."""
    return _engine(file, begin="BEGIN IMMEDIATE", pragmas=("journal_mode=WAL", "synchronous=FULL"), most=1)


def reading_engine(file: Path) -> Engine:
    """An engine that cannot write."""
    return _engine(file, begin="BEGIN", pragmas=("query_only=ON",), most=_MOST_READERS)


def _engine(file: Path, *, begin: str, pragmas: tuple[str, ...], most: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        pool_size=most,
        max_overflow=0,
        # Parameters are people: they stay out of error messages.
        hide_parameters=True,
        connect_args={"timeout": _BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # Python's own idea of when a transaction begins is switched off; ours is below.
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
