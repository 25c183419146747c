"""The one writer: whoever changes something while nobody writes, writes for all who come meanwhile.

Several SQLite writers starve each other, and each commit costs a sync of the disk. So every change is a closure, and
those that wait together share a transaction (flat combining: Hendler, Incze, Shavit, Tzafrir, SPAA 2010). There is no
thread for it: the first who comes leads, runs what waits, commits, and hands the lead to the first who came meanwhile;
alone, nobody waits for another thread to wake up. A closure may be run twice: it does nothing but read and change the
database.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Generic, Protocol, TypeVar

from adapters.database.sql.failures import database_errors, is_failure, translate
from adapters.database.transactions.change import Change
from daemon.domain.errors import Rejected, Retryable

T = TypeVar("T")

MOST_IN_ONE_COMMIT = 64


class Session(Protocol):
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
        self.turn: threading.Lock | None = None
        """Let go when it is done, or when its thread is to lead."""
        self.result: Any = None
        self.error: Exception | None = None
        self.is_done = False

    def end(self, result: object, error: Exception | None = None) -> None:
        """What it gave, or raised."""
        self.result, self.error, self.is_done = result, error, True

    def outcome(self) -> T:
        """The same, for its thread."""
        if self.error is not None:
            raise self.error
        result: T = self.result
        return result


class Writer:
    """Runs closures in the order given, in the threads of those who ask."""

    def __init__(self, session: Session, where: str) -> None:
        self._session = session
        self._where = where
        self._gate = threading.Lock()
        self._idle = threading.Condition(self._gate)
        self._waiting: deque[_Work[Any]] = deque()
        self._leader: int | None = None
        """The thread that writes."""
        self._closed = False

    def do(self, run: Callable[[Change], T], *, alone: bool = False) -> T:
        """Run it and commit; durable on return. What it raises undoes it alone and is raised here.

        `alone`: it takes long, so nobody shares its commit.
        """
        work = _Work(run, alone=alone)
        with self._gate:
            assert self._leader != work.thread, "a change within a change would wait for itself"
            if self._closed:
                raise Rejected("the store is closed")
            self._waiting.append(work)
            if self._leader is None:
                self._leader = work.thread
            else:
                work.turn = threading.Lock()
                work.turn.acquire()
        if work.turn is not None:
            self._wait(work, work.turn)
        if not work.is_done:
            self._lead()
        return work.outcome()

    def close(self) -> None:
        """Commit what is waiting and let go of the connection. More than once is fine."""
        with self._gate:
            self._closed = True
            while self._leader is not None:
                self._idle.wait()
        self._session.close()

    def _wait(self, work: _Work[Any], turn: threading.Lock) -> None:
        """Until it is done, or its thread is to lead. A thread that is interrupted gives up what nobody has begun."""
        try:
            turn.acquire()
        except BaseException:
            with self._gate:
                leads = self._leader == work.thread
                if work in self._waiting:
                    self._waiting.remove(work)
            if leads:
                self._hand_on()
            raise

    def _lead(self) -> None:
        """One commit of what waits, the leader's own first; then the next one leads."""
        with self._gate:
            batch = self._next_batch()
        try:
            self._commit(batch)
        finally:
            # Somebody interrupted the leader: whether it was committed nobody knows.
            interrupted = Retryable(f"database {self._where}: the change was interrupted")
            for work in batch:
                if not work.is_done:
                    work.end(None, interrupted)
            self._hand_on(batch[1:])

    def _next_batch(self) -> list[_Work[Any]]:
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < MOST_IN_ONE_COMMIT and not (batch[0].alone or self._waiting[0].alone):
            batch.append(self._waiting.popleft())
        return batch

    def _hand_on(self, done: Iterable[_Work[Any]] = ()) -> None:
        with self._gate:
            following = self._waiting[0] if self._waiting else None
            self._leader = None if following is None else following.thread
            if following is None:
                self._idle.notify_all()
        for work in (*done, following):
            if work is not None and work.turn is not None:
                work.turn.release()

    def _commit(self, batch: list[_Work[Any]]) -> None:
        """Run all in one transaction; only when that is durable, or has failed, does anybody hear.

        One that raises undoes all of them, and then each has a transaction of its own: that is rare, and a savepoint
        around each would cost every batch more than it saves. A failure of the database itself is everybody's: of a
        commit without an answer nobody knows whether it was made, so nothing may be done twice.
        """
        try:
            with self._begun() as change:
                results = [work.run(change) for work in batch]
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

    @contextmanager
    def _begun(self) -> Iterator[Change]:
        change = self._session.begun()
        try:
            yield change
            self._session.commit(change)
        except BaseException:
            with suppress(*database_errors()):
                self._session.roll_back()
            raise

    def _translated(self, error: Exception) -> Exception:
        """The error as the caller gets it."""
        if not isinstance(error, database_errors()):
            return error
        told = translate(error, self._where)
        told.__cause__ = error
        return told
