"""The guard and its journal, after adapters/cups/guard_backend.py: who creates a token's entry first owns the token."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random

from daemon.domain.continuity import Checkpoint
from daemon.domain.errors import Fatal
from daemon.domain.recovery import UNPRINTABLE, Mark, MarkKind
from daemon.domain.token import Token
from tests.simulation.clock import Timeline
from tests.simulation.printer import DOCUMENT_BYTES, Backend, End, Machine
from tests.simulation.trace import Trace

EXIT_HOLD, EXIT_CANCEL = 3, 5
LONGEST_CARD_SECONDS = 300.0


@dataclass(slots=True)
class _Entry:
    by_guard: bool
    machine: str | None = None
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
    checkpoints: dict[str, Checkpoint] = field(default_factory=dict)
    signed_heads: dict[str, str] = field(default_factory=dict)
    """How far the log had come, by office."""
    _number: int = 1
    _expected: str | None = None
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _waiting: dict[str, Callable[[], None]] = field(default_factory=dict)

    def lose(self) -> None:
        """The disk is gone, and an empty folder stands in its place."""
        self._entries.clear()
        self.checkpoints.clear()
        self.signed_heads.clear()
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
        mark = entry.end or Mark(kind=MarkKind.RUNNING if entry.locked else MarkKind.TORN)
        return replace(mark, queue=entry.machine)

    def on_end(self, token: Token, tell: Callable[[], None]) -> None:
        """A daemon that died since hears nothing of it."""
        self._waiting[str(token)] = tell

    def names(self) -> list[str]:
        """Of the tokens that are there."""
        return list(self._entries)

    def void(self, token: Token) -> Mark:
        """The daemon's first-come."""
        self._check()
        return self.take_back(token)

    def take_back(self, token: Token) -> Mark:
        """Whoever asks."""
        if self.is_full:
            raise Fatal("the guard's journal cannot be written")
        if self._entries.setdefault(str(token), entry := _Entry(by_guard=False)) is entry:
            self.trace.note(f"journal: {token} voided")
        return self.look(token)

    def tidy(self) -> int:
        """Nothing is left unfinished here."""
        return 0

    def start(self, token: str, machine: str, identity: int) -> bool:
        """The guard's first-come; False when somebody was before it. OSError when the disk is full or another."""
        if self.is_full or identity != self._number:
            raise OSError("no space left on device")
        if token in self._entries:
            return False
        self._entries[token] = _Entry(by_guard=True, machine=machine, locked=True)
        self.trace.note(f"journal: {token} started")
        return True

    def end(self, token: str, mark: Mark) -> None:
        """The end mark, unless the disk is full; then the lock is free."""
        entry = self._entries.get(token)
        if entry is None:
            return  # the file went with its disk
        if not self.is_full:
            entry.end = mark
            stopped = " stopped" if mark.stopped else ""
            self.trace.note(
                f"journal: {token} ended {mark.exit_status} {sorted(mark.reasons)} took {mark.took}{stopped}"
            )
        self._free(token, entry)

    def unlock(self, token: str) -> None:
        """Guard and backend are dead."""
        entry = self._entries.get(token)
        if entry is not None and entry.locked:
            self._free(token, entry)
            self.trace.note(f"journal: {token} torn")

    def _free(self, token: str, entry: _Entry) -> None:
        entry.locked = False
        self._waiting.pop(token, lambda: None)()


class Answer(StrEnum):
    """The daemon's, when a guard asks for a document."""

    NOBODY = "nobody"
    """It does not run."""
    REFUSED = "refused"
    GRANTED = "granted"


@dataclass(slots=True, kw_only=True, eq=False)
class Guard:
    """One run of the guard in front of one machine: the process that CUPS knows, and the keeper of the card."""

    token: str
    machine: Machine
    journal: Journal
    fetch: Callable[[], Answer]
    filters_fail: Callable[[], bool]
    """ReportRequest once: whether CUPS's filters make nothing of this document."""
    filter_seconds: float
    exited: Callable[[int], None]
    timeline: Timeline
    rng: Random
    fails_open: bool = False
    """A seeded bug: it prints though the token is used up."""
    keeps_what_was_taken_back: bool = False
    """A seeded bug: a state reason that the backend took back again stands in the end mark."""
    believes_exit_zero: bool = False
    """A seeded bug: nothing but the backend's exit status is in the end mark."""
    prints_what_nobody_granted: bool = False
    """A seeded bug: it does not ask the daemon."""
    alive: bool = True
    """The keeper, or what will become it."""
    _front: bool = True
    """What CUPS knows of it lives."""
    _owns: bool = False
    _keeps: bool = False
    """The keeper has left CUPS's process behind."""
    _told_to_stop: bool = False
    _stopped: bool = False
    _backend: Backend | None = None
    _installed_for: int = 0
    """The journal's identity: a process is not changed by a new installation."""

    def begin(self) -> None:
        """CUPS starts us."""
        self._installed_for = self.journal.in_guards
        self.timeline.after(self.rng.uniform(0.005, 0.2), self._ask)

    def terminate(self) -> None:
        """SIGTERM from CUPS. A card whose data the device has is waited for."""
        self._told_to_stop = True
        if not self._keeps:
            self._exit(EXIT_HOLD)
        elif self._backend is not None:
            self._stop_backend()

    def lose_front(self) -> None:
        """SIGKILL to what CUPS knows of us. Before the keeper is there, that is all of us."""
        if not self.alive or not self._front:
            return
        if not self._keeps:
            self.kill(with_backend=False)
            return
        self._front = False
        self.exited(-9)
        self.timeline.after(LONGEST_CARD_SECONDS, self._pass_stop_on)

    def kill(self, *, with_backend: bool) -> None:
        """SIGKILL to front and keeper. The lock lives on in the backend."""
        if not self.alive:
            return
        self.alive = False
        backend = self._backend
        if backend is not None and backend.alive:
            if with_backend:
                self.machine.kill(backend)
        elif self._owns:
            self.journal.unlock(self.token)
        if self._front:
            self.exited(-9)

    def _ask(self) -> None:
        if not self.alive:
            return
        match Answer.GRANTED if self.prints_what_nobody_granted else self.fetch():
            case Answer.NOBODY:
                self._exit(EXIT_HOLD)
            case Answer.REFUSED:
                self._exit(EXIT_CANCEL)
            case Answer.GRANTED:
                self.timeline.after(self.rng.uniform(0.01, self.filter_seconds), self._filtered)

    def _filtered(self) -> None:
        if not self.alive:
            return
        self._keeps = True
        if not self._enter():
            self._exit(EXIT_HOLD)
        elif self.filters_fail():
            reasons = frozenset({UNPRINTABLE})
            self._finish(Mark(kind=MarkKind.ENDED, exit_status=1, reasons=reasons, before=reasons, took=0, size=0))
        else:
            self.timeline.after(self.rng.uniform(0.005, 0.2), self._start)

    def _enter(self) -> bool:
        try:
            self._owns = self.journal.start(self.token, self.machine.name, self._installed_for)
        except OSError:
            return False
        return self._owns or self.fails_open

    def _start(self) -> None:
        if not self.alive:
            return
        if self._told_to_stop:
            reasons = frozenset({"backend-not-started"})
            self._finish(Mark(kind=MarkKind.ENDED, exit_status=1, reasons=reasons, before=reasons, took=0, size=0))
            return
        self._backend = self.machine.run(self.token, self._ended)

    def _stop_backend(self) -> None:
        assert self._backend is not None
        if self._backend.took < DOCUMENT_BYTES or self._backend.reasons:
            self._pass_stop_on()
        else:
            self.timeline.after(LONGEST_CARD_SECONDS, self._pass_stop_on)

    def _pass_stop_on(self) -> None:
        if self.alive and self._backend is not None and self._backend.alive:
            self._stopped = True
            self.machine.terminate(self._backend)

    def _ended(self, end: End) -> None:
        if not self.alive:
            if self._owns:
                self.journal.unlock(self.token)
            return
        reasons, before = end.reasons, end.before
        if self.keeps_what_was_taken_back and self.machine.talks_of_connecting:
            reasons, before = reasons | {"connecting-to-device"}, before | {"connecting-to-device"}
        mark = Mark(
            kind=MarkKind.ENDED,
            exit_status=end.status,
            reasons=reasons,
            before=before,
            took=end.took,
            size=DOCUMENT_BYTES,
            stopped=self._stopped,
            job_state=end.job_state,
        )
        if self.believes_exit_zero:
            heard = reasons - {"connection-broken-off"}
            mark = replace(mark, took=DOCUMENT_BYTES, stopped=False, job_state=None, reasons=heard, before=heard)
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
        if self._front:
            self.exited(status)
