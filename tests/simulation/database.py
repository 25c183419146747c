"""The real store on a file in memory, opened once a process and emptied for every run; and a witness beside it."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from adapters.database import migrate, open_store
from adapters.database.stores.jobs import SqlJobs
from adapters.database.stores.newest import Newest
from daemon.ports import Clock, Store
from tests.fixtures import emptying
from tests.simulation.clock import START

MEMORY = Path("/dev/shm")


class ChangeableClock:
    """The store keeps its clock; a run brings its own."""

    def __init__(self) -> None:
        self.run: Clock | None = None

    def now(self) -> datetime:
        """The run's."""
        return START if self.run is None else self.run.now()

    def monotonic(self) -> float:
        """The run's."""
        return 0.0 if self.run is None else self.run.monotonic()


class Copy:
    """A database as it was at a moment."""

    def __init__(self, source: sqlite3.Connection) -> None:
        self.content = sqlite3.connect(":memory:")
        source.backup(self.content)


class Database:
    """What outlives the daemon, and a connection of our own that looks past the code under test."""

    def __init__(self, file: Path) -> None:
        self._file = file
        url = f"sqlite:///{file}"
        migrate(url, "1205")
        self._clock = ChangeableClock()
        self.store: Store = open_store(url, "1205", self._clock)
        self.witness = sqlite3.connect(file, isolation_level=None)
        self.witness.execute("PRAGMA synchronous=OFF")

    def empty(self, clock: Clock) -> Store:
        """The store as `giliran migrate` leaves it."""
        self._clock.run = clock
        self.witness.execute("BEGIN IMMEDIATE")
        for statement in emptying.STATEMENTS:
            self.witness.execute(statement)
        self.witness.execute("COMMIT")
        self._forget_the_log()
        return self.store

    def copy(self) -> Copy:
        """Of all that is committed."""
        return Copy(self.witness)

    def put_back(self, copy: Copy) -> None:
        """In place of what is there, by another connection than those that look at it."""
        with closing(sqlite3.connect(self._file)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            copy.content.backup(connection)
        self._forget_the_log()

    def _forget_the_log(self) -> None:
        """No daemon runs: the next one begins with any database."""
        jobs = self.store.jobs
        assert isinstance(jobs, SqlJobs)
        jobs.newest = Newest(jobs.newest.where, jobs.newest.file)

    def close(self) -> None:
        """Let go of the file."""
        self.witness.close()
        self.store.close()


@contextmanager
def database() -> Iterator[Database]:
    """One for this process, in memory where the machine has a file system there: a sync costs nothing."""
    folder = Path(tempfile.mkdtemp(prefix="giliran-simulation-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        opened = Database(folder / "giliran.db")
        try:
            yield opened
        finally:
            opened.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
