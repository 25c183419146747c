"""The guard and its journal, after adapters/cups/guard_backend.py: who creates a token's entry first owns the token."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from daemon.domain.errors import Fatal
from daemon.domain.recovery import Mark, MarkKind
from daemon.domain.token import Token
from tests.simulation.clock import Timeline
from tests.simulation.printer import Backend, Machine
from tests.simulation.trace import Trace

EXIT_HOLD = 3


@dataclass(slots=True)
class _Entry:
    by_guard: bool
    locked: bool = False
    end: Mark | None = None


@dataclass(slots=True)
class Journal:
    """The GuardJournal port on a folder that is synced at every change: it outlives everything but its own disk."""

    trace: Trace
    is_full: bool = False
    """Nothing can be written."""
    in_guards: int = 1
    """The identity that the guards were installed with."""
    _number: int = 1
    _expected: str | None = None
    _entries: dict[str, _Entry] = field(default_factory=dict)

    def lose(self) -> None:
        """The disk is gone, and an empty folder stands in its place."""
        self._entries.clear()
        self._number += 1

    @property
    def there(self) -> str:
        """The identity of the folder that is there now."""
        return str(self._number)

    def identity(self) -> str:
        """The same, as the daemon sees it."""
        self._check()
        return self.there

    def expect(self, identity: str | None) -> None:
        """Another one is Fatal to ask."""
        self._expected = identity

    def _check(self) -> None:
        if self._expected not in (None, self.there):
            raise Fatal("the guard's journal was lost or exchanged while Giliran ran")

    def read(self, token: Token) -> Mark:
        """As the daemon sees it."""
        self._check()
        return self.look(token)

    def look(self, token: Token) -> Mark:
        """What stands there."""
        entry = self._entries.get(str(token))
        if entry is None:
            return Mark(kind=MarkKind.ABSENT)
        if not entry.by_guard:
            return Mark(kind=MarkKind.VOIDED)
        if entry.end is not None:
            return entry.end
        return Mark(kind=MarkKind.RUNNING if entry.locked else MarkKind.TORN)

    def void(self, token: Token) -> Mark:
        """The daemon's first-come."""
        self._check()
        if self.is_full:
            raise Fatal("the guard's journal cannot be written")
        if self._entries.setdefault(str(token), entry := _Entry(by_guard=False)) is entry:
            self.trace.note(f"journal: {token} voided")
        return self.look(token)

    def prune(self, keep_days: int) -> int:
        """No run is that long."""
        return 0

    def start(self, token: str, named: str | None) -> bool:
        """The guard's first-come; False when somebody was before it. OSError when the disk is full or another."""
        if self.is_full or self.in_guards != self._number or named not in (None, self.there):
            raise OSError("no space left on device")
        if token in self._entries:
            return False
        self._entries[token] = _Entry(by_guard=True, locked=True)
        self.trace.note(f"journal: {token} started")
        return True

    def end(self, token: str, mark: Mark) -> None:
        """The end mark, unless the disk is full; then the lock is free."""
        entry = self._entries.get(token)
        if entry is None:
            return  # the file went with its disk
        if not self.is_full:
            entry.end = mark
            self.trace.note(f"journal: {token} ended {mark.exit_status} {sorted(mark.reasons)} took {mark.took}")
        entry.locked = False

    def unlock(self, token: str) -> None:
        """Guard and backend are dead."""
        entry = self._entries.get(token)
        if entry is not None and entry.locked:
            entry.locked = False
            self.trace.note(f"journal: {token} torn")


@dataclass(slots=True, kw_only=True, eq=False)
class Guard:
    """One run of the guard in front of one machine."""

    token: str
    named: str | None
    """The journal that its job names."""
    machine: Machine
    journal: Journal
    exited: Callable[[int], None]
    timeline: Timeline
    rng: Random
    fails_open: bool = False
    """A seeded bug: it prints though the token is used up."""
    keeps_what_was_taken_back: bool = False
    """A seeded bug: a state reason that the backend took back again stands in the end mark."""
    alive: bool = True
    _owns: bool = False
    _told_to_stop: bool = False
    _backend: Backend | None = None

    def begin(self) -> None:
        """CUPS starts us."""
        self.timeline.after(self.rng.uniform(0.005, 0.2), self._enter)

    def terminate(self) -> None:
        """SIGTERM from CUPS."""
        self._told_to_stop = True
        if not self._owns:
            self._exit(-15)  # Python has not set its handler yet
        elif self._backend is not None:
            self.machine.terminate(self._backend)

    def lose_cups(self) -> None:
        """CUPS died: a document that is not whole yet never will be."""
        if not self._owns and self.rng.random() < 0.5:
            self._exit(EXIT_HOLD)

    def kill(self, *, with_backend: bool) -> None:
        """SIGKILL. The lock lives on in the backend."""
        if not self.alive:
            return
        self.alive = False
        backend = self._backend
        if backend is not None and backend.alive:
            if with_backend:
                self.machine.kill(backend)
        elif self._owns:
            self.journal.unlock(self.token)
        self.exited(-9)

    def _enter(self) -> None:
        if not self.alive:
            return
        try:
            self._owns = self.journal.start(self.token, self.named)
        except OSError:
            self._exit(EXIT_HOLD)
            return
        if not self._owns and not self.fails_open:
            self._exit(EXIT_HOLD)
            return
        self.timeline.after(self.rng.uniform(0.005, 0.2), self._start)

    def _start(self) -> None:
        if not self.alive:
            return
        if self._told_to_stop:
            self._finish(Mark(kind=MarkKind.ENDED, exit_status=1, reasons=frozenset({"backend-not-started"}), took=0))
            return
        self._backend = self.machine.run(self.token, self._ended)

    def _ended(self, status: int, reasons: frozenset[str], took: int | None) -> None:
        if not self.alive:
            if self._owns:
                self.journal.unlock(self.token)
            return
        if self.keeps_what_was_taken_back and self.machine.talks_of_connecting:
            reasons |= {"connecting-to-device"}
        mark = Mark(kind=MarkKind.ENDED, exit_status=status, reasons=reasons, took=took)
        self.timeline.after(self.rng.uniform(0.001, 0.2), lambda: self._finish(mark))

    def _finish(self, mark: Mark) -> None:
        if not self.alive:
            return
        if self._owns:
            self.journal.end(self.token, mark)
        status = mark.exit_status or 0
        self._exit(status if status >= 0 else 1)

    def _exit(self, status: int) -> None:
        self.alive = False
        self.exited(status)
