"""One card printer: takes the head of the queue, brings it to paper, and records what became of it.

The protocol is docs/crash-protocol.md: intent, submit held, commit, release, watch, outcome.
Every step of it may be the last one; what is left behind then is concluded by Outcomes.recover at the next start.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from loguru import logger

from daemon.domain import job as moves
from daemon.domain.dispatch import CUPS_FAILED, RENDERER_FAILED, PrinterState
from daemon.domain.errors import LostRace, Rejected, Retryable
from daemon.domain.job import Job, Verdict
from daemon.ports import (
    Attempt,
    BadCard,
    CardRenderer,
    Claim,
    Clock,
    JobStore,
    NoClaim,
    PrinterReport,
    PrinterStore,
    RendererFailed,
    Spooler,
    SpoolerRefused,
    SpoolerUnreachable,
)
from workers.printing.card_watch import STALL_SECONDS, WATCH_SECONDS, CardInPrinter, Outcome, StillThere
from workers.printing.condition import Condition
from workers.printing.outcomes import Outcomes
from workers.printing.refused_cards import RefusedCards
from workers.runner import Loop, Pause, pause
from workers.situation import Situation, Topic
from workers.start_gate import StartGate

IDLE = pause(5.0, Topic.LINK, Topic.QUEUE, Topic.TURN)
"""Whatever there is news of wakes it at once; where news fail to come, it looks."""
WATCHING = pause(WATCH_SECONDS, Topic.CARD)


@dataclass(frozen=True, slots=True)
class StartConditions:
    """What a card that is started now is started on."""

    journal: str | None
    documents_since: datetime | None


@dataclass(slots=True, kw_only=True)
class PrintQueue(Loop):
    """The worker of one card printer."""

    printer: str
    queue: str
    options: Mapping[str, str]
    template: str
    renderer: CardRenderer
    jobs: JobStore
    printers: PrinterStore
    spooler: Spooler
    outcomes: Outcomes
    situation: Situation
    gate: StartGate
    condition: Condition
    refused_cards: RefusedCards
    turn: threading.Lock
    """Held from claim to release, so that cards reach the printers in the order in which they were claimed."""
    clock: Clock
    stall_seconds: float = STALL_SECONDS
    _card: CardInPrinter | None = None
    _claim_unheard_of: bool = False
    """The database failed in a claim: it may have been committed all the same."""
    _reported: PrinterReport | None = None

    @property
    def name(self) -> str:
        """The loop's name."""
        return f"print-queue:{self.printer}"

    @property
    def is_busy(self) -> bool:
        """Whether a card is on its way."""
        return self._card is not None

    @property
    def may_have_a_card(self) -> bool:
        """Whether a card is on its way, or being claimed: that is seen to be over before it is looked whether it is."""
        return self.turn.locked() or self.is_busy

    def adopt(self, attempt: Attempt) -> None:
        """Before the first step: a card that was in the printer when the daemon started."""
        self._watch(attempt, recovering=True)

    def step(self) -> float | Pause:
        """Look at the card in the printer, or start the next one."""
        if self._card is not None:
            return self._follow(self._card.attempt, self._card.look())
        if self._claim_unheard_of:
            return self._find_claim()
        state, reasons = self.condition.look()
        if state is PrinterState.IDLE:
            claim = self._start_next()
            if isinstance(claim, Claim):
                return WATCHING
            reasons = () if claim is None else claim.reasons
        self._report(state, reasons)
        return IDLE

    # --- the next card ---

    def _start_next(self) -> Claim | NoClaim | None:
        """Claim the head of the queue and release it at the printer. None: no card may be started now."""
        with self.turn:
            conditions = self._start_conditions()
            if conditions is None:
                return None
            with self._claiming():
                claim = self.jobs.claim(
                    self.printer,
                    self.clock.now(),
                    journal=conditions.journal,
                    documents_since=conditions.documents_since,
                )
            if isinstance(claim, Claim):
                self._bring(claim)
            return claim

    def _start_conditions(self) -> StartConditions | None:
        """Conditions for starting a card now; None: none may start."""
        if self.situation.ending.is_set() or not self.gate.is_open():
            return None
        status = self.condition.queue_status()
        if status is None:
            return None
        journal = self.outcomes.journal.identity() if status.guarded else None
        return StartConditions(journal, self.gate.documents_since())

    @contextmanager
    def _claiming(self) -> Iterator[None]:
        """A claim whose answer is lost may have been committed all the same: it is looked for next."""
        try:
            yield
        except Retryable:
            self._claim_unheard_of = True
            raise

    def _find_claim(self) -> float | Pause:
        """Take back what was claimed here, if anything was: nothing else is claimed before that is known."""
        found = next(iter(self.jobs.open_attempts(self.printer)), None)
        self._claim_unheard_of = found is not None
        if found is None:
            self.situation.set_printing(self.printer, False)
            return 0.0
        return self._follow(found, self._watch(found, recovering=True).recover("database"))

    def _bring(self, claim: Claim) -> None:
        """To the printer. What goes wrong on the way takes the claim back."""
        self._watch(claim.attempt)
        try:
            self._release(claim)
        except (Retryable, Rejected) as error:
            logger.bind(printer=self.printer).warning("{}: {}", self.printer, error)
            self._take_back(claim.attempt, error)

    def _release(self, claim: Claim) -> None:
        token = claim.attempt.token
        document = self.renderer.render(claim.card, self.template)
        job = self.spooler.submit_held(self.queue, token, document, self.options, guarded=claim.attempt.guarded)
        self.jobs.submitted(token, job.number, job.uuid)
        self._watch(replace(claim.attempt, spool_number=job.number))
        if claim.attempt.guarded:
            self.condition.check_guard()
        self.spooler.release(job)

    def _take_back(self, attempt: Attempt, error: Retryable | Rejected) -> None:
        assert self._card is not None, "it was claimed for this printer"
        self._follow(attempt, self._card.recover(_reason(error)))
        if isinstance(error, SpoolerRefused | BadCard | RendererFailed) and self.condition.accepts():
            detail = str(error)
            self._refused(attempt, lambda job: moves.set_back(job, detail=detail, at=self.clock.now()))

    # --- the card in the printer ---

    def _watch(self, attempt: Attempt, *, recovering: bool = False) -> CardInPrinter:
        self._card = CardInPrinter(
            attempt=attempt,
            queue=self.queue,
            outcomes=self.outcomes,
            situation=self.situation,
            clock=self.clock,
            stall_seconds=self.stall_seconds,
            recovering=recovering,
        )
        self.situation.set_printing(self.printer, True)
        return self._card

    def _follow(self, attempt: Attempt, seen: StillThere | Outcome) -> float | Pause:
        """What is to be done about what was seen of it; how long to wait until the next look."""
        if isinstance(seen, StillThere):
            self._report_printing(seen.reasons)
            return WATCHING
        if seen.mark is None:
            return self._finish(seen)
        if seen.judgement.verdict is Verdict.PRINTED and self._go_on(attempt, seen):
            return 0.0
        self.outcomes.conclude(attempt, seen.judgement)
        wait_seconds = self._finish(seen)
        if seen.mark.document_is_at_fault:
            detail = str(seen.judgement.reason)
            self._refused(
                attempt, lambda job: moves.find_fault(job, moves.Fault.CARD, detail=detail, at=self.clock.now())
            )
        else:
            self.refused_cards.accepted(attempt.job.record_id)
        return wait_seconds

    def _go_on(self, attempt: Attempt, made: Outcome) -> bool:
        """The outcome of one card and the intent of the next in one commit. False when nothing was done.

        Not while another printer has the turn: what is made is not kept waiting for what is to be made.
        """
        if self.condition.look()[0] is not PrinterState.IDLE or not self.turn.acquire(blocking=False):
            return False
        try:
            conditions = self._start_conditions()
            if conditions is None:
                return False
            self._card = None
            try:
                with self._claiming():
                    claim = self.jobs.conclude_and_claim(
                        self.outcomes.outcome(attempt, made.judgement),
                        self.printer,
                        self.clock.now(),
                        journal=conditions.journal,
                        documents_since=conditions.documents_since,
                    )
            except LostRace:
                return False
            self.outcomes.log_outcome(attempt, made.judgement)
            self._end(made)
            self.refused_cards.accepted(attempt.job.record_id)
            if isinstance(claim, Claim):
                self._bring(claim)
            else:
                self._report(PrinterState.IDLE, claim.reasons)
        finally:
            self.turn.release()
        self.situation.notify(Topic.TURN)  # only now: the loops that it wakes would delay the next card
        self.outcomes.withdraw(attempt.token, attempt.spool_number)
        return True

    def _finish(self, outcome: Outcome) -> float:
        is_well = self._end(outcome)
        self.situation.notify(Topic.TURN)
        return 0.0 if is_well else IDLE.seconds

    def _end(self, outcome: Outcome) -> bool:
        """Whether the printer is well."""
        self._card = None
        self.situation.set_printing(self.printer, False)
        is_well = self.condition.ended(outcome.judgement.verdict, outcome.reasons)
        if not is_well:
            self._report(PrinterState.STOPPED, self.condition.rest.reasons)
        return is_well

    def _refused(self, attempt: Attempt, let_wait: Callable[[Job], moves.Transition]) -> None:
        if self.refused_cards.refused(attempt.job.record_id, let_wait):
            self.condition.rest.end()

    # --- what people see ---

    def _report_printing(self, reasons: tuple[str, ...] | None) -> None:
        """That a card is under way the store knows by itself, so a printer without complaints need not say so."""
        if reasons or (reasons is not None and self._says_that_it_prints()):
            self._report(PrinterState.PRINTING, reasons)

    def _says_that_it_prints(self) -> bool:
        return self._reported is None or self._reported.state is PrinterState.PRINTING

    def _report(self, state: PrinterState, reasons: tuple[str, ...] = ()) -> None:
        report = PrinterReport(name=self.printer, state=state, reasons=reasons)
        if report != self._reported:
            self.printers.report(report, self.clock.now())
            self._reported = report


def _reason(error: Retryable | Rejected) -> str:
    """Why the printer rests when a card could not be brought to it."""
    match error:
        case RendererFailed():
            return RENDERER_FAILED
        case SpoolerUnreachable() | SpoolerRefused() | BadCard():
            return CUPS_FAILED
    return "database"
