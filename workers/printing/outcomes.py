"""What becomes of an attempt: a token is taken back, the attempt concluded, CUPS cleaned up behind it.

One way for all who need it: the print queues, recovery, and the sweep.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from loguru import logger

from daemon.domain import job as moves
from daemon.domain.errors import LostRace, UnknownRecord
from daemon.domain.job import Verdict
from daemon.domain.recovery import Action, Judgement, Mark, MarkKind, SpoolState, recover
from daemon.domain.token import Token, parse_token
from daemon.ports import (
    Attempt,
    Clock,
    GuardJournal,
    JobStore,
    Spooler,
    SpoolerRefused,
    SpoolerUnreachable,
    SpoolJob,
)


@dataclass(slots=True, kw_only=True)
class Outcomes:
    """What becomes of attempts, by the journal first and CUPS second."""

    jobs: JobStore
    spooler: Spooler
    journal: GuardJournal
    clock: Clock

    def mark(self, attempt: Attempt) -> Mark:
        """What the journal says of it."""
        if not attempt.guarded:
            return Mark(kind=MarkKind.UNGUARDED)
        return self.journal.read(attempt.token)

    def spool_state(self, attempt: Attempt) -> SpoolState:
        """What CUPS says of it. The number alone is no proof: the name must be the token's."""
        try:
            found = self.spooler.find(attempt.token, attempt.spool_number)
        except SpoolerUnreachable:
            return SpoolState.UNREACHABLE
        return SpoolState.GONE if found is None else found.state

    def recover(self, attempt: Attempt, *, cups_was_absent: bool = False) -> Judgement:
        """Decide about an attempt whose course was not watched: void first, ask afterwards. Concludes what it can.

        `cups_was_absent`: CUPS is known to have been gone while it had the job.
        Returns WATCH when the card is still on its way, else the judgement that was committed.
        """
        mark = self.journal.void(attempt.token) if attempt.guarded else Mark(kind=MarkKind.UNGUARDED)
        judgement = recover(mark, self.spool_state(attempt), cups_was_absent=cups_was_absent)
        if judgement.action is Action.CONCLUDE:
            self.conclude(attempt, judgement, ended_at=mark.ended_at)
        return judgement

    def doubt(self, attempt: Attempt, reason: str) -> Judgement:
        """Nobody but a person can tell what became of it."""
        judgement = Judgement(action=Action.CONCLUDE, verdict=Verdict.IN_DOUBT, reason=reason)
        self.conclude(attempt, judgement)
        return judgement

    def conclude(self, attempt: Attempt, judgement: Judgement, *, ended_at: datetime | None = None) -> None:
        """Commit the outcome, then clean up in CUPS. `ended_at`: when that was, where nobody watched."""
        try:
            outcome = self.outcome(attempt, judgement)
            was_then = ended_at is not None and attempt.started_at <= ended_at <= outcome.at
            self.jobs.apply(replace(outcome, happened_at=ended_at) if was_then else outcome)
        except LostRace:
            logger.bind(record_id=attempt.job.record_id).info("{} was concluded by somebody else", attempt.token)
        else:
            self.log_outcome(attempt, judgement)
        self.withdraw(attempt.token, attempt.spool_number)

    def outcome(self, attempt: Attempt, judgement: Judgement) -> moves.Transition:
        """The move that closes it."""
        assert judgement.verdict is not None, "a conclusion has a verdict"
        return moves.conclude(attempt.job, judgement.verdict, reason=judgement.reason, at=self.clock.now())

    def withdraw(self, token: Token, number: int | None) -> None:
        """Cancel what CUPS still holds of this token and delete its document there; the sweep repeats what fails."""
        self.spooler.retract(token)
        try:
            found = self.spooler.find(token, number)
            if found is not None:
                self.spooler.purge(found)
        except (SpoolerUnreachable, SpoolerRefused) as error:
            logger.warning("{} could not be removed from CUPS yet: {}", token, error)

    def sweep(self) -> None:
        """Remove jobs of ours that CUPS holds and that are no open attempt: late requests, jobs risen from the dead.

        CUPS is asked before the store: whatever it held by then had its intent committed before.
        """
        in_cups = self.spooler.ours()
        open_tokens = {attempt.token for attempt in self.jobs.open_attempts()}
        for found in in_cups:
            token = parse_token(found.name)
            if token is not None and token not in open_tokens and self._is_over(token):
                self._sweep_one(token, found)

    def _is_over(self, token: Token) -> bool:
        """Known here, or taken back: a database that was put back has forgotten some attempts."""
        try:
            known = token.attempt <= self.jobs.job(token.record_id).attempt
        except UnknownRecord:
            return False  # another office's on the same CUPS
        return known or (self.journal.identity() is not None and self.journal.read(token).kind is MarkKind.VOIDED)

    def _sweep_one(self, token: Token, found: SpoolJob) -> None:
        """Void first: CUPS may be faster than we are. An office without a guard has no journal to void it in."""
        if self.journal.identity() is not None and self.journal.void(token).kind is MarkKind.RUNNING:
            return
        if not found.state.is_over:  # a card that was made this moment is not cleaned up behind yet
            logger.warning("CUPS held {}, which is settled here; it is removed there", token)
        self.spooler.purge(found)

    def log_outcome(self, attempt: Attempt, judgement: Judgement) -> None:
        """In the log, once it is committed."""
        log = logger.bind(record_id=attempt.job.record_id, printer=attempt.printer)
        match judgement.verdict:
            case Verdict.PRINTED:
                log.info("{}: card made for {}", attempt.printer, attempt.job.record_id)
            case Verdict.IN_DOUBT:
                log.error(
                    "{}, {}, NIK ending …{}: did a card come out? ({}) "
                    "Then: giliran job confirm {} --printed | --not-printed --reason …",
                    attempt.printer,
                    attempt.job.record_id,
                    attempt.job.nik_ending or "?",
                    judgement.reason,
                    attempt.job.record_id,
                )
            case _:
                log.warning(
                    "{}: no card for {}, it keeps its place: {}",
                    attempt.printer,
                    attempt.job.record_id,
                    judgement.reason,
                )
