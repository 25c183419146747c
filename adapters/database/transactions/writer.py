"""The one writer: whoever changes something while nobody writes, writes for all who come meanwhile.

Several SQLite writers starve each other, and each commit costs a sync of the disk. So every change is a closure, and
those that wait together share a transaction (flat combining: Hendler, Incze, Shavit, Tzafrir, SPAA 2010). There is no
thread for it: the first who comes runs what waits, commits, and hands on to the first who came meanwhile; alone, nobody
waits for another thread to wake up. A closure may be run twice: it does nothing but read and change the
database.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from adapters.database.sql.failures import database_errors, is_failure, translate
from adapters.database.transactions.change import Change
from daemon.domain.errors import Rejected, Retryable

T = TypeVar("T")

MOST_IN_ONE_COMMIT = 64


class WritingSession(Protocol):
    """What it writes through."""

    def begun(self) -> Change:
        """A transaction, with the write lock."""

    def commit(self, change: Change) -> None:
        """Durable on return."""

    def roll_back(self) -> None:
        """Nothing of it has happened."""

    def close(self) -> None:
        """Let go of the connection."""


class _Work(Generic[T]):
    """One closure, and who waits for it."""

    __slots__ = ("alone", "error", "is_done", "result", "run", "thread", "turn")

    def __init__(self, run: Callable[[Change], T], *, alone: bool) -> None:
        self.run = run
        self.alone = alone
        self.thread = threading.get_ident()
        self.turn = threading.Lock()
        """Let go when it is done, or when its thread is to write."""
        self.turn.acquire()
        self.result: Any = None
        self.error: Exception | None = None
        self.is_done = False

    def end(self, result: object, error: Exception | None = None) -> None:
        """What it gave, or raised."""
        self.result, self.error, self.is_done = result, error, True

    def wake(self) -> None:
        """Its thread goes on; more than once does no harm."""
        with suppress(RuntimeError):
            self.turn.release()

    def outcome(self) -> T:
        """The same, for its thread."""
        if self.error is not None:
            raise self.error
        result: T = self.result
        return result


class Writer:
    """Runs closures in the order given, in the threads of those who ask."""

    def __init__(self, session: WritingSession, where: str) -> None:
        self._session = session
        self._where = where
        self._gate = threading.Lock()
        self._idle = threading.Condition(self._gate)
        self._waiting: deque[_Work[Any]] = deque()
        self._writing: _Work[Any] | None = None
        """Whose thread writes."""
        self._batch: list[_Work[Any]] = []
        """What it writes."""
        self._closed = False

    def do(self, run: Callable[[Change], T], *, alone: bool = False) -> T:
        """Run it and commit; durable on return. What it raises undoes it alone and is raised here.

        `alone`: it takes long, so nobody shares its commit.
        """
        work = _Work(run, alone=alone)
        try:
            if not self._is_first(work):
                work.turn.acquire()
            if not work.is_done:
                self._write(work)
        except BaseException:  # interrupted anywhere: the others go on
            self._hand_on(work)
            raise
        return work.outcome()

    def close(self) -> None:
        """Commit what is waiting and let go of the connection. More than once is fine."""
        with self._gate:
            self._closed = True
            while self._writing is not None:
                self._idle.wait()
        self._session.close()

    def _is_first(self, work: _Work[Any]) -> bool:
        """Whether nobody writes: then this one does."""
        with self._gate:
            assert self._writing is None or self._writing.thread != work.thread, "a change within a change"
            if self._closed:
                raise Rejected("the store is closed")
            self._waiting.append(work)
            if self._writing is None:
                self._writing = work
            return self._writing is work

    def _write(self, work: _Work[Any]) -> None:
        """One commit of what waits, this one first; then the next one writes."""
        with self._gate:
            self._batch = self._next_batch()
            for _ in self._batch:
                self._waiting.popleft()
        self._commit(self._batch)
        self._hand_on(work)

    def _next_batch(self) -> list[_Work[Any]]:
        batch = [self._waiting[0]]
        for work in islice(self._waiting, 1, MOST_IN_ONE_COMMIT):
            if batch[0].alone or work.alone:
                break
            batch.append(work)
        return batch

    def _hand_on(self, work: _Work[Any]) -> None:
        """To the first who came meanwhile, and tell all whose work is done. Cut off anywhere, it can be done again."""
        with self._gate:
            if self._writing is work:
                for each in self._batch:
                    if not each.is_done:  # whether it was committed nobody knows
                        each.end(None, Retryable(f"database {self._where}: the change was interrupted"))
                    each.wake()
                self._batch = []
                self._writing = None
            if not work.is_done or any(each.is_done for each in self._waiting):  # it was interrupted
                work.is_done = True
                self._waiting = deque(each for each in self._waiting if not each.is_done)
            if self._writing is None and self._waiting:
                self._writing = self._waiting[0]
            if self._writing is None:
                self._idle.notify_all()
            elif self._writing is not work:
                self._writing.wake()

    def _commit(self, batch: list[_Work[Any]]) -> None:
        """Run all in one transaction; only when that is durable, or has failed, does anybody hear.

        One that raises undoes all of them, and then each has a transaction of its own: that is rare, and a savepoint
        around each would cost every batch more than it saves. A failure of the database itself is everybody's: of a
        commit without an answer nobody knows whether it was made, so nothing may be done twice.
        """
        try:
            results = self._results(batch)
        except Exception as error:  # noqa: BLE001 - raised again, in the threads that asked
            if len(batch) > 1 and not is_failure(error):
                for work in batch:
                    self._commit([work])
                return
            told = self._translated(error)
            for work in batch:
                work.end(None, told)
        else:
            for work, result in zip(batch, results, strict=True):
                work.end(result)

    def _results(self, batch: list[_Work[Any]]) -> list[Any]:
        """In one transaction. No generator is a context manager here: one that an interrupt leaves at its `yield` goes
        on when it is collected, and would roll back what the next one writes."""
        try:
            change = self._session.begun()
            results = [work.run(change) for work in batch]
            self._session.commit(change)
        except BaseException:
            with suppress(*database_errors()):
                self._session.roll_back()
            raise
        return results

    def _translated(self, error: Exception) -> Exception:
        """The error as the caller gets it."""
        if not isinstance(error, database_errors()):
            return error
        told = translate(error, self._where)
        told.__cause__ = error
        return told
