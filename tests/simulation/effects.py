"""What can happen around any call that the daemon makes to the outside: it is slow, it fails, or the daemon dies."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Any

from daemon.domain.errors import GiliranError, Retryable
from daemon.domain.token import Token
from daemon.ports import SpoolJob, Store
from tests.simulation.clock import Timeline
from tests.simulation.trace import Trace


class Death(BaseException):
    """The daemon is gone, in the middle of whatever it did. Not an Exception: nothing catches it."""


CUT_POINTS = (
    "jobs.claim",
    "jobs.submitted",
    "jobs.conclude_and_claim",
    "jobs.apply",
    "jobs.open_attempts",
    "spooler.submit_held",
    "spooler.release",
    "spooler.find",
    "spooler.purge",
    "spooler.ours",
    "journal.read",
    "journal.void",
    "render.render",
    "printers.report",
    "links.save_link",
    "records.take_page",
    "pulled_cards.save",
    "central.card",
    "central.report",
    "issuances.due",
    "issuances.acknowledged",
)
"""Where a death is aimed at: the steps of the protocol, and beside it."""

WRITES = frozenset(point for point in CUT_POINTS if point.startswith(("jobs.", "printers.", "links.", "records."))) - {
    "jobs.open_attempts"
} | {"pulled_cards.save", "issuances.due", "issuances.acknowledged", "records.retry_set_back"}
_ANSWERS = frozenset(
    {
        "printers.controls",
        "pulled_cards.wanted",
        "next_cards.cards",
        "jobs.open_attempts",
        "jobs.job",
        "records.cursor",
        "issuances.due",
        "jobs.claim",
        "records.take_page",
    }
)
"""Asked again and again; as long as nobody has written, the database would give the same answer again."""
_IN_A_SOCKET = frozenset({"spooler.submit_held", "spooler.release", "spooler.purge"})
"""Requests that may be carried out after the one who sent them has died."""
_NO_OTHER_LOOP_MEANWHILE = frozenset({"links.save_link"})
"""Called under a lock that other loops take."""
_RANDOM = frozenset({"issuances.acknowledged"})
"""Called with something that differs from run to run (a uuid): kept out of the trace."""
_QUIET = frozenset(
    {
        "printers.controls",
        "jobs.claim",
        "pulled_cards.wanted",
        "next_cards.cards",
        "journal.read",
        "spooler.find",
        "events.poll",
        "records.cursor",
        "records.retry_set_back",
        "issuances.undelivered",
        "issuances.due",
        "central.probe",
        "central.records",
        "records.take_page",
        "jobs.open_attempts",
        "jobs.job",
    }
)
"""Not worth a line in the trace."""


@dataclass(slots=True)
class Cut:
    """A death to come: at this point (or at any), at the how-manieth call of it, before or after it took effect."""

    point: str | None
    calls: int
    after: bool
    also: Callable[[], None] = lambda: None
    """What else happens at that moment."""


class Effects:
    """Stands around every port of one run."""

    def __init__(self, timeline: Timeline, rng: Random, trace: Trace) -> None:
        self.cut: Cut | None = None
        self.killed = False
        """From outside, at any moment: noticed at the next call."""
        self.disk_is_full = False
        self.unheard_of: str | None = None
        """The next change by this call is committed, and its caller is told that the database failed."""
        self.slowness = 0.0
        """Seconds that a call may take at most, when everything is slow."""
        self.calls = 0
        self.data_version: Callable[[], int] = lambda: 0
        """Changes with every commit that changes the database."""
        self._answers: dict[tuple[str, Any], tuple[int, Any]] = {}
        self.wait: Callable[[float], None] = lambda seconds: None
        self._timeline, self._rng, self._trace = timeline, rng, trace

    def around(self, port: str, target: object) -> Any:
        """The port, with everything that can happen to its calls."""
        return _Port(port, target, self)

    def store(self, store: Store, *, but_for: frozenset[str] = frozenset()) -> Store:
        """The store, each of its parts so."""
        parts = (part.name for part in fields(store) if part.name not in {"close", *but_for})
        return replace(store, **{part: self.around(part, getattr(store, part)) for part in parts})

    def call(self, point: str, method: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """One call and what happens around it."""
        self.calls += 1
        if self._rng.random() < (0.02 if not self.slowness else 0.3) and point not in _NO_OTHER_LOOP_MEANWHILE:
            self.wait(self._rng.uniform(0.0, self.slowness or 0.5))
        if self.killed:
            raise Death(f"killed before {point}")
        cut = self._cut_here(point)
        if cut is not None and not cut.after:
            if point in _IN_A_SOCKET and self._rng.random() < 0.5:
                self._timeline.after(self._rng.uniform(0.05, 15), lambda: self._arrive(point, method, args, kwargs))
            cut.also()
            raise Death(f"before {point}")
        if self.disk_is_full and point in WRITES:
            raise Retryable("the disk is full")
        if point not in _QUIET:
            about = args[0] if args and isinstance(args[0], Token | SpoolJob | str) and point not in _RANDOM else ""
            self._trace.note(f"  {point} {about}")
        is_to_be_unheard_of = point == self.unheard_of
        version = self.data_version() if is_to_be_unheard_of else 0
        result = self._ask(point, method, args, kwargs) if point in _ANSWERS else method(*args, **kwargs)
        if cut is not None:
            cut.also()
            raise Death(f"after {point}")
        if is_to_be_unheard_of and self.data_version() != version:
            self.unheard_of = None
            self._trace.note(f"  {point}: committed, and nobody hears of it")
            raise Retryable("the connection to the database was lost")
        return result

    def _ask(self, point: str, method: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What costs a run most is asking an unchanged database. A claim or a page that changed nothing is asking."""
        key, version = (point, args[:1]), self.data_version()
        known = self._answers.get(key)
        if known is not None and known[0] == version:
            return known[1]
        result = method(*args, **kwargs)
        if self.data_version() == version:
            self._answers[key] = (version, result)
        return result

    def _cut_here(self, point: str) -> Cut | None:
        cut = self.cut
        if cut is None or cut.point not in (None, point):
            return None
        cut.calls -= 1
        if cut.calls > 0:
            return None
        self.cut = None
        return cut

    def _arrive(self, point: str, method: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """The dead daemon's request, carried out now, if whoever it was for is still there."""
        self._trace.note(f"late: {point}")
        with suppress(GiliranError):
            method(*args, **kwargs)


class _Port:
    def __init__(self, name: str, target: object, effects: Effects) -> None:
        self._name, self._target, self._effects = name, target, effects

    def __getattr__(self, name: str) -> Any:
        method, point, call = getattr(self._target, name), f"{self._name}.{name}", self._effects.call

        def called(*args: Any, **kwargs: Any) -> Any:
            return call(point, method, args, kwargs)

        setattr(self, name, called)
        return called
