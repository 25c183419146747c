"""The one writer: a thread that puts whatever is waiting into one commit.

Several SQLite writers starve each other, and each commit costs a sync of the disk. So every change is a
closure that this thread runs; those that wait together share a transaction, each within a savepoint of its own.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from adapters.database.failures import database_errors, translate
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
        """Run all in one transaction; only when that is durable, or has failed, does anybody hear."""
        try:
            outcomes: list[tuple[Any, BaseException | None]]
            with self._engine.connect() as connection, connection.begin():
                if len(batch) == 1:
                    # What it raises undoes everything, so there is nothing to guard from it.
                    outcomes = [(batch[0].run(connection), None)]
                else:
                    outcomes = [self._run(connection, work) for work in batch]
        except Exception as error:  # noqa: BLE001 - raised again, in the threads that asked
            for work in batch:
                work.future.set_exception(self._told(error))
            return
        for work, (result, raised) in zip(batch, outcomes, strict=True):
            if raised is None:
                work.future.set_result(result)
            else:
                work.future.set_exception(raised)

    def _run(self, connection: Connection, work: _Work[T]) -> tuple[T | None, BaseException | None]:
        """Its result or what it raised. A failure of the database itself (disk full, say) ends the whole batch."""
        savepoint = connection.begin_nested()
        try:
            result = work.run(connection)
        except Exception as error:
            if isinstance(error, database_errors()) and not isinstance(error, IntegrityError):
                # The database may have rolled the whole transaction back already.
                raise
            savepoint.rollback()
            return None, self._told(error)
        savepoint.commit()
        return result, None

    def _told(self, error: Exception) -> Exception:
        """The error as the caller gets it."""
        if not isinstance(error, database_errors()):
            return error
        told = translate(error, self._where)
        told.__cause__ = error
        return told
