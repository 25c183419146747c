"""The one writer: a thread that puts whatever is waiting into one commit.

Several SQLite writers starve each other, and each commit costs a sync of the disk. So every change is a
closure that this thread runs; those that wait together share a transaction. It may be run twice: it does nothing but
read and change the database.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from adapters.database.sql.failures import database_errors, is_failure, translate
from daemon.domain.errors import Rejected

T = TypeVar("T")

MOST_WAITING = 1000
MOST_IN_ONE_COMMIT = 64


@dataclass(frozen=True, slots=True)
class _Work(Generic[T]):
    run: Callable[[Connection], T]
    future: "Future[T]" = field(default_factory=Future)


class Writer:
    """Runs closures in the order given; the thread starts with the first."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._where = where
        self._waiting: queue.Queue[_Work[Any] | None] = queue.Queue(MOST_WAITING)
        self._gate = threading.Lock()
        """Held while something is put into the queue, so that nothing comes behind the end mark."""
        self._thread: threading.Thread | None = None
        self._closed = False

    def do(self, run: Callable[[Connection], T]) -> T:
        """Run it and commit; durable on return. What it raises undoes it alone and is raised here."""
        assert threading.current_thread() is not self._thread, "a change within a change would wait for itself"
        work = _Work(run)
        with self._gate:
            if self._closed:
                raise Rejected("the store is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="database-writer", daemon=True)
                self._thread.start()
            self._waiting.put(work)
        return work.future.result()

    def close(self) -> None:
        """Commit what is waiting and end the thread. More than once is fine."""
        with self._gate:
            if not self._closed and self._thread is not None:
                self._waiting.put(None)
            self._closed = True
        if self._thread is not None:
            self._thread.join()

    def _write(self) -> None:
        goes_on = True
        while goes_on:
            batch, goes_on = self._next_batch()
            if batch:
                self._commit(batch)

    def _next_batch(self) -> tuple[list[_Work[Any]], bool]:
        """What waits now, at least one; and whether more may come."""
        batch: list[_Work[Any]] = []
        work = self._waiting.get()
        while work is not None:
            batch.append(work)
            if len(batch) == MOST_IN_ONE_COMMIT:
                return batch, True
            try:
                work = self._waiting.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: list[_Work[Any]]) -> None:
        """Run all in one transaction; only when that is durable, or has failed, does anybody hear.

        One that raises undoes all of them, and then each has a transaction of its own: that is rare, and a savepoint
        around each would cost every batch more than it saves. A failure of the database itself is everybody's: of a
        commit without an answer nobody knows whether it was made, so nothing may be done twice.
        """
        try:
            with self._begun() as connection:
                results = [work.run(connection) for work in batch]
        except Exception as error:  # noqa: BLE001 - raised again, in the threads that asked
            if len(batch) > 1 and not is_failure(error):
                for work in batch:
                    self._commit([work])
                return
            for work in batch:
                work.future.set_exception(self._translated(error))
        else:
            for work, result in zip(batch, results, strict=True):
                work.future.set_result(result)

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        """A transaction. Where the connection broke while it lay idle, on another one: nothing is done yet."""
        with self._engine.connect() as connection:
            try:
                transaction = connection.begin()
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                transaction = connection.begin()
            with transaction:
                yield connection

    def _translated(self, error: Exception) -> Exception:
        """The error as the caller gets it."""
        if not isinstance(error, database_errors()):
            return error
        told = translate(error, self._where)
        told.__cause__ = error
        return told
