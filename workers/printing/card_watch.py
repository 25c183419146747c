"""The card in a printer, from the claim until it is known what became of it."""

from dataclasses import dataclass, field

from loguru import logger

from daemon.domain.dispatch import CUPS_FAILED
from daemon.domain.recovery import Action, Judgement, Mark, MarkKind, SpoolState, judge
from daemon.ports import Attempt, Clock
from workers.printing.outcomes import Outcomes
from workers.situation import Situation, Topic

WATCH_SECONDS = 0.05
"""The journal is looked at so often, also where it cannot tell by itself that a card is over."""
ASK_CUPS_SECONDS = 1.0
"""While the journal shows no end, CUPS is asked so often."""
NOT_STARTED_SECONDS = 60.0
"""A released job that CUPS has not started by then is taken back."""
STALL_SECONDS = 900.0
"""A printer that hangs shows nothing at all; chip encoding takes up to 3 minutes."""

_QUIET = (MarkKind.ABSENT, MarkKind.RUNNING, MarkKind.UNGUARDED)


@dataclass(frozen=True, slots=True)
class StillThere:
    """The card is on its way."""

    reasons: tuple[str, ...] | None = None
    """What the printer complains of; None: it was not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of it."""

    judgement: Judgement
    reasons: tuple[str, ...]
    """Why the printer rests, unless a card was made."""
    mark: Mark | None = None
    """The journal's, where it is to be concluded by that; None: it is concluded."""


@dataclass(slots=True, kw_only=True)
class CardInPrinter:
    """One attempt, and when it was looked at (monotonic)."""

    attempt: Attempt
    queue: str
    outcomes: Outcomes
    situation: Situation
    clock: Clock
    stall_seconds: float = STALL_SECONDS
    recovering: bool = False
    """CUPS was gone, or we were: void first."""
    _since: float = field(init=False)
    _absences: int = field(init=False)
    """Of CUPS, when it was released."""
    _stale_reasons: frozenset[str] = field(init=False)
    """What CUPS said of the printer before this card and has not taken back since: some drivers never do."""
    _asked_cups: float = 0.0
    _cancelled: bool = False
    _was_processing: bool = False
    """CUPS said so."""
    _is_heard: bool = False
    """The journal tells when the card is over."""

    def __post_init__(self) -> None:
        self._since = self.clock.monotonic()
        self._absences = self.situation.cups_absences
        self._stale_reasons = frozenset() if self.recovering else self._said()

    def look(self) -> StillThere | Outcome:
        """Judge by the journal; where it has no end of the card, CUPS is asked every second."""
        now = self.clock.monotonic()
        mark = self.outcomes.mark(self.attempt)
        if mark.kind not in _QUIET:
            return Outcome(
                judgement=judge(mark, SpoolState.UNREACHABLE), reasons=tuple(sorted(mark.reasons)), mark=mark
            )
        if mark.kind is MarkKind.RUNNING and not self._is_heard:
            self._is_heard = True
            self.outcomes.journal.on_end(self.attempt.token, lambda: self.situation.notify(Topic.CARD))
        if now - self._asked_cups < ASK_CUPS_SECONDS:
            return StillThere()
        self._asked_cups = now
        spool = self.outcomes.spool_state(self.attempt)
        absences = self.situation.cups_absences
        cups_was_absent = self._absences != absences
        if spool is SpoolState.UNREACHABLE:
            self.recovering = True
        elif self.recovering or cups_was_absent or self._never_started(mark.kind, spool, now):
            self.recovering, self._absences = False, absences
            return self.recover(CUPS_FAILED, cups_was_absent=cups_was_absent)
        if mark.kind is MarkKind.UNGUARDED and self._was_processing and spool is SpoolState.PENDING:
            reason = "CUPS took it back in mid-card and would print it again, and the queue has no guard"
            return Outcome(judgement=self.outcomes.doubt(self.attempt, reason), reasons=(CUPS_FAILED,))
        self._was_processing |= spool is SpoolState.PROCESSING
        judgement = judge(mark, spool)
        match judgement.action:
            case Action.VOID:
                # A job that was released and is held again was held by the guard: `lpstat -l` has its words.
                return self.recover("guard" if spool is SpoolState.HELD else CUPS_FAILED)
            case Action.CONCLUDE:
                return Outcome(judgement=judgement, reasons=tuple(sorted(mark.reasons)), mark=mark)
        return StillThere(self._complaints(mark.kind, now))

    def recover(self, reason: str, *, cups_was_absent: bool = False) -> StillThere | Outcome:
        """Void first, whatever is known of it. `reason`: why the printer rests then."""
        judgement = self.outcomes.recover(self.attempt, cups_was_absent=cups_was_absent)
        if judgement.action is Action.WATCH:
            return StillThere()
        return Outcome(judgement=judgement, reasons=(reason,))

    def _never_started(self, kind: MarkKind, spool: SpoolState, now: float) -> bool:
        """CUPS has the job and does not bring it to the device: its queue was stopped, or it forgot."""
        if kind is not MarkKind.ABSENT or spool is not SpoolState.PENDING:
            return False
        status = self.situation.queue(self.queue)
        return (status is not None and status.stopped) or now - self._since > NOT_STARTED_SECONDS

    def _complaints(self, kind: MarkKind, now: float) -> tuple[str, ...]:
        said = self._said()
        self._stale_reasons &= said
        reasons = tuple(sorted(said - self._stale_reasons))
        if kind is MarkKind.RUNNING and not reasons and now - self._since > self.stall_seconds:
            self._cancel_stalled()
            return ("stalled",)
        return reasons

    def _cancel_stalled(self) -> None:
        if self._cancelled:
            return
        self._cancelled = True
        logger.bind(printer=self.attempt.printer, record_id=self.attempt.job.record_id).error(
            "{} has shown nothing for {:.0f} s; its job is cancelled", self.attempt.printer, self.stall_seconds
        )
        self.outcomes.withdraw(self.attempt.token, self.attempt.spool_number)

    def _said(self) -> frozenset[str]:
        """What CUPS says of the printer now; `cups` while it does not answer."""
        status = self.situation.queue(self.queue)
        return frozenset({CUPS_FAILED}) if status is None else status.reasons
