"""The recovery decision: what became of an attempt, from the guard's journal and CUPS's word (docs/crash-protocol.md).

The journal holds one file per token, made by whoever is first: the guard (it starts the card) or the daemon
(it voids the token). That file alone is the truth about the device; CUPS's word is used where it can only
make us more careful.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from daemon.domain.job import Verdict
from daemon.domain.message import N_

UNPRINTABLE = "document-unprintable"
"""The guard's own reason: the filters made no page of the document, and nothing was sent."""


class MarkKind(StrEnum):
    """What the journal says of a token."""

    ABSENT = "absent"
    """Nobody has it yet: nothing has reached the device."""
    VOIDED = "voided"
    """The daemon took it back: nothing has and nothing ever will reach the device."""
    RUNNING = "running"
    """The guard started it and lives."""
    ENDED = "ended"
    """The guard saw the real backend end."""
    TORN = "torn"
    """The guard started it and died without an end mark."""
    FORGED = "forged"
    """What stands there was written by neither the guard nor us."""
    UNGUARDED = "unguarded"
    """The queue has no guard: there is no journal for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The journal's entry for one token."""

    kind: MarkKind
    exit_status: int | None = None
    """Of the real backend, when ENDED; negative: the signal that killed it."""
    reasons: frozenset[str] = frozenset()
    """Every printer-state-reason that the real backend reported, without -error, -warning, -report."""
    before: frozenset[str] = frozenset()
    """Those of the reasons that stood before any of the document was read."""
    took: int | None = None
    """Bytes of what the filters made of the document that the real backend took for its device, when ENDED: those that
    it read, and none where its own words say that it never got to the device."""
    size: int | None = None
    """All the bytes there were to read, when ENDED."""
    stopped: bool = False
    """The real backend was told to stop before it ended."""
    job_state: str | None = None
    """The real backend's last word on the printer's own job (job-state, RFC 8011), if it had one."""
    why: str | None = None
    """When nothing could be made of the document: what the filters came to."""
    queue: str | None = field(default=None, compare=False)
    """The CUPS queue on which the guard started it."""
    started_at: datetime | None = field(default=None, compare=False)
    """By the clock of the guard's machine."""
    ended_at: datetime | None = field(default=None, compare=False)
    """The same, when ENDED."""

    @property
    def document_is_at_fault(self) -> bool:
        """CUPS's filters made nothing of it that a device could print."""
        return self.kind is MarkKind.ENDED and UNPRINTABLE in self.reasons


class SpoolState(StrEnum):
    """What CUPS says of a job."""

    HELD = "held"
    PENDING = "pending"
    PROCESSING = "processing"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    COMPLETED = "completed"
    GONE = "gone"
    """CUPS does not know it (any more)."""
    UNREACHABLE = "unreachable"
    """CUPS cannot be asked now."""

    @property
    def is_over(self) -> bool:
        """CUPS will do nothing more with the job (RFC 8011: a terminating state)."""
        return self in (SpoolState.CANCELLED, SpoolState.ABORTED, SpoolState.COMPLETED)


class Action(StrEnum):
    """What to do about an attempt."""

    WATCH = "watch"
    VOID = "void"
    """Try to take the token back, then judge again."""
    CONCLUDE = "conclude"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The decision, and why in words."""

    action: Action
    verdict: Verdict | None = None
    reason: str | None = None


NO_CARD_REASONS = frozenset(
    {
        "media-empty",
        "media-needed",
        "input-tray-missing",
        "cover-open",
        "door-open",
        "interlock-open",
        "marker-supply-empty",
        "connecting-to-device",
        "offline",
        "backend-not-started",  # the guard's own word: it could not start the real backend
    }
)
"""With one of these that stood before the data was taken, a card printer has not started: no card was made
(IPP: RFC 8011 section 5.4.12, PWG 5100.9). Said later, it may be the state of a printer that has made the card."""

CARD_IN_DOUBT_REASONS = frozenset({"media-jam", "timed-out", "connection-broken-off", "cups-ipp-missing-job-history"})
"""Reasons after which a card may lie in the machine, whatever else was reported."""

_DONE = "completed"
"""The printer's own word on its job that means a card: CUPS's ipp backend ends well after every other, too."""
_UNSAID = "unknown"
"""The guard's word for a backend that asks for that state and never said it."""

_TAKEN_BACK = N_("taken back before anything reached the printer")
_GUARD_DIED = N_("the guard died while the card was in the printer")
_OTHER_HANDS = N_("the guard's journal was written by other hands")
_NOBODY_KNOWS = N_("the queue has no guard, so nobody can tell whether a card was made")
_CUPS_SAYS = N_("the queue has no guard, CUPS says {state}")
_NOTHING_SENT = N_("nothing was sent")
_NO_EXIT = N_("backend without an exit status")
_EXITED = N_("backend exit {status}")
_KILLED = N_("backend killed by signal {signal}")
_READ_IN_PART = N_("it read {took} of {size} bytes")
_TOLD_TO_STOP = N_("it was told to stop")
_SILENT = N_("the printer did not say what became of its job")
_JOB_STATE = N_("the printer says that its job is {state}")
_NO_ANSWER = N_("the printer did not answer")
_BROKEN_OFF = N_("the printer broke the connection off")
_FORGOTTEN = N_("the printer knows nothing of its job any more")
REASONS = (
    *(_TAKEN_BACK, _GUARD_DIED, _OTHER_HANDS, _NOBODY_KNOWS, _CUPS_SAYS, _NOTHING_SENT, _NO_EXIT, _EXITED, _KILLED),
    *(_READ_IN_PART, _TOLD_TO_STOP, _SILENT, _JOB_STATE, _NO_ANSWER, _BROKEN_OFF, _FORGOTTEN),
)
"""In words; a judgement's reason is one of them, or several with commas between, beside the printer's own words."""

_LIVE = frozenset({SpoolState.PENDING, SpoolState.PROCESSING})
_WATCH = Judgement(action=Action.WATCH)
_VOID = Judgement(action=Action.VOID)


def judge(mark: Mark, spool: SpoolState) -> Judgement:
    """Decide about an attempt that was released at a printer, while it is watched."""
    match mark.kind:
        case MarkKind.UNGUARDED:
            return _judge_unguarded(spool)
        case MarkKind.ABSENT:
            if spool in _LIVE or spool is SpoolState.UNREACHABLE:
                return _WATCH
            return _VOID
        case MarkKind.RUNNING:
            return _WATCH
        case MarkKind.VOIDED:
            return _conclude(Verdict.NO_CARD, _TAKEN_BACK)
        case MarkKind.TORN:
            return _conclude(Verdict.IN_DOUBT, _GUARD_DIED)
        case MarkKind.FORGED:
            return _conclude(Verdict.IN_DOUBT, _OTHER_HANDS)
        case MarkKind.ENDED:
            return _judge_ended(mark)


def recover(mark: Mark, spool: SpoolState, *, cups_was_absent: bool = False) -> Judgement:
    """Decide about an attempt found open at a start or after CUPS was gone: void first, ask afterwards.

    A CUPS that was gone in mid-card may print the card again when it is back; without a guard nobody would know.
    """
    if mark.kind is MarkKind.ABSENT:
        return _VOID
    if mark.kind is MarkKind.UNGUARDED and spool is SpoolState.UNREACHABLE:
        return _WATCH
    if mark.kind is MarkKind.UNGUARDED and (cups_was_absent or spool in (SpoolState.HELD, SpoolState.GONE)):
        return _conclude(Verdict.IN_DOUBT, _NOBODY_KNOWS)
    return judge(mark, spool)


def _judge_ended(mark: Mark) -> Judgement:
    """CUPS's word is not needed: not even whether it has seen the end."""
    if mark.document_is_at_fault:
        return _conclude(Verdict.NO_CARD, mark.why or UNPRINTABLE)
    if mark.took == 0:
        return _conclude(Verdict.NO_CARD, f"{_ending(mark)}, {_NOTHING_SENT}")
    if mark.exit_status == 0 and not _doubts(mark):
        return _conclude(Verdict.PRINTED, None)
    if mark.exit_status != 0 and mark.before & NO_CARD_REASONS and not mark.reasons & CARD_IN_DOUBT_REASONS:
        return _conclude(Verdict.NO_CARD, ", ".join(sorted(mark.before & NO_CARD_REASONS)))
    return _conclude(Verdict.IN_DOUBT, ", ".join([_ending(mark), *_doubts(mark)]))


def _doubts(mark: Mark) -> list[str]:
    """Why a backend's success is none."""
    doubts = []
    if mark.took != mark.size:
        doubts.append(_READ_IN_PART.format(took=mark.took, size=mark.size))
    if mark.stopped:
        doubts.append(_TOLD_TO_STOP)
    if mark.job_state == _UNSAID:
        doubts.append(_SILENT)
    elif mark.job_state not in (None, _DONE):
        doubts.append(_JOB_STATE.format(state=mark.job_state))
    if "timed-out" in mark.reasons:
        doubts.append(_NO_ANSWER)
    if "connection-broken-off" in mark.reasons:
        doubts.append(_BROKEN_OFF)
    if "cups-ipp-missing-job-history" in mark.reasons:
        doubts.append(_FORGOTTEN)
    return doubts


def _ending(mark: Mark) -> str:
    status = mark.exit_status
    if status is None:
        how = _NO_EXIT
    else:
        how = _EXITED.format(status=status) if status >= 0 else _KILLED.format(signal=-status)
    return ", ".join([*sorted(mark.reasons), how])


def _judge_unguarded(spool: SpoolState) -> Judgement:
    if spool in _LIVE or spool is SpoolState.UNREACHABLE:
        return _WATCH
    if spool is SpoolState.COMPLETED:
        return _conclude(Verdict.PRINTED, None)
    return _conclude(Verdict.IN_DOUBT, _CUPS_SAYS.format(state=spool))


def _conclude(verdict: Verdict, reason: str | None) -> Judgement:
    return Judgement(action=Action.CONCLUDE, verdict=verdict, reason=reason)


def plain_reasons(reasons: Iterable[str]) -> frozenset[str]:
    """printer-state-reasons as facts: without their severity suffix, and without `none`."""
    plain = set()
    for reason in reasons:
        for suffix in ("-error", "-warning", "-report"):
            reason = reason.removesuffix(suffix)
        if reason and reason != "none":
            plain.add(reason)
    return frozenset(plain)
