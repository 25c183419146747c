"""One card printer: takes the head of the queue, brings it to paper, and records what became of it.

The protocol is DESIGN.md section 3 and docs/crash-protocol.md: intent, submit held, commit, release, watch, outcome.
Every step of it may be the last one; what is left behind then is settled by Settlement.recover at the next start.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from loguru import logger

from daemon.domain import job as moves
from daemon.domain.dispatch import CUPS_FAILED, IN_DOUBT, NO_GUARD, NO_QUEUE, PrinterState, Unfit
from daemon.domain.errors import LostRace, Rejected, Retryable
from daemon.domain.job import Job, Verdict
from daemon.domain.recovery import Action, Judgement, Mark, MarkKind, SpoolState, judge
from daemon.domain.states import State
from daemon.ports import (
    Attempt,
    BadCard,
    CardRenderer,
    Claim,
    Clock,
    JobStore,
    NoSuchQueue,
    PrinterReport,
    PrinterStore,
    QueueStatus,
    Spooler,
    SpoolerRefused,
    SpoolerUnreachable,
)
from workers.printing.card_watch import CardInPrinter, StartConditions
from workers.printing.queue_guard import QueueGuard
from workers.printing.refusals import Refusals
from workers.printing.rest import Rest
from workers.printing.settlement import Settlement
from workers.runner import Pause, pause
from workers.situation import Change, Situation
from workers.start_gate import StartGate

IDLE = pause(5.0, Change.LINK, Change.QUEUE, Change.TURN)
"""Whatever there is news of wakes it at once; where news fail to come, it looks."""
WATCH_SECONDS = 0.05
SOON_SECONDS = 0.01
"""The journal knows the end already, and CUPS hears of it any moment."""
ASK_CUPS_SECONDS = 1.0
"""While the journal shows nothing new, CUPS is asked so often."""
NOT_STARTED_SECONDS = 60.0
"""A released job that CUPS has not started by then is taken back."""
STALL_SECONDS = 900.0
"""A printer that hangs shows nothing at all (DESIGN.md section 3); chip encoding takes up to 3 minutes."""
MOST_DOUBTS_IN_A_ROW = 2
"""A printer that jams for itself overnight must not turn one waiting person after another into a question."""


@dataclass(slots=True, kw_only=True)
class PrintQueue:
    """The worker of one card printer."""

    printer: str
    queue: str
    options: Mapping[str, str]
    template: str
    renderer: CardRenderer
    jobs: JobStore
    printers: PrinterStore
    spooler: Spooler
    settlement: Settlement
    situation: Situation
    gate: StartGate
    guard: QueueGuard
    turn: threading.Lock
    """Held from claim to release, so that cards reach the printers in the order in which they were claimed."""
    clock: Clock
    stall_seconds: float = STALL_SECONDS
    patience_seconds: float = 45.0
    """After one call that a stopped CUPS has blocked (10 s, 30 for a long one) the others fail at once."""
    _watched: CardInPrinter | None = None
    _rest: Rest = field(default_factory=Rest)
    _refusals: Refusals = field(default_factory=Refusals)
    _claim_unheard_of: bool = False
    """The database failed in a claim: it may have been committed all the same."""
    _doubts: int = 0
    _nudges: int | None = None
    _reported: PrinterReport | None = None

    @property
    def name(self) -> str:
        """The loop's name."""
        return f"print-queue:{self.printer}"

    @property
    def is_busy(self) -> bool:
        """Whether a card is on its way."""
        return self._watched is not None

    @property
    def may_have_a_card(self) -> bool:
        """Whether a card is on its way, or being claimed: that is seen to be over before it is looked whether it is."""
        return self.turn.locked() or self.is_busy

    def adopt(self, attempt: Attempt) -> None:
        """Before the first step: a card that was in the printer when the daemon started."""
        self._watch(attempt, recovering=True)

    def step(self) -> float | Pause:
        """Look at the card in the printer, or start the next one."""
        if self._watched is not None:
            return self._look(self._watched)
        if self._claim_unheard_of:
            return self._find_claim()
        state, reasons = self._condition()
        if state is not PrinterState.IDLE:
            self._report(state, reasons)
            return IDLE
        started = self._start_next()
        if not started:
            self._report(PrinterState.IDLE)
        return WATCH_SECONDS if started else IDLE

    def close(self) -> None:
        """Nothing belongs to the thread."""

    # --- before a card ---

    def _condition(self) -> tuple[PrinterState, tuple[str, ...]]:
        """Whether this printer can take a card now, and if not, why."""
        controls = self.printers.controls(self.printer)
        self._doubts = controls.doubts
        if controls.nudges != self._nudges:
            if self._nudges is not None:
                self._look_afresh()
            self._nudges = controls.nudges
            self._rest.end()
        if controls.paused:
            return PrinterState.PAUSED, ("operator",)
        status = self.situation.queue(self.queue)
        if status is None:
            return PrinterState.UNREACHABLE, (NO_QUEUE if self.situation.is_missing(self.queue) else CUPS_FAILED,)
        if status.stopped or not status.accepting:
            return PrinterState.STOPPED, tuple(sorted(status.reasons)) or ("cups-queue-stopped",)
        if not self.guard.is_in_place(status):
            return PrinterState.STOPPED, (NO_GUARD,)
        if unfit := self._unfit(status):
            return PrinterState.STOPPED, tuple(sorted(unfit))
        if self._doubts >= MOST_DOUBTS_IN_A_ROW:
            return PrinterState.STOPPED, (IN_DOUBT,)
        if not self._rest.is_over(self.clock.monotonic()):
            return PrinterState.STOPPED, self._rest.reasons
        return PrinterState.IDLE, ()

    def _look_afresh(self) -> None:
        """Somebody has done something about it, and CUPS does not tell of a changed device or policy."""
        with suppress(SpoolerUnreachable, SpoolerRefused):
            self._ask_queue()
            self.situation.set_unfit(self.queue, self.spooler.unfit(self.queue))

    def _unfit(self, status: QueueStatus) -> frozenset[Unfit]:
        unfit = self.situation.unfit(self.queue)
        return unfit if self.guard.has_its_driver(status) else unfit | {Unfit.DRIVER}

    def _start_next(self) -> bool:
        """Claim the head of the queue and release it at the printer. False when nothing was started."""
        with self.turn:
            terms = self._terms()
            if terms is None:
                return False
            with self._claiming():
                claim = self.jobs.claim(
                    self.printer, self.clock.now(), journal=terms.journal, documents_since=terms.documents_since
                )
            if not isinstance(claim, Claim):
                return False
            self._bring(claim)
        return True

    def _terms(self) -> StartConditions | None:
        """On which a card may be started now; None: on none."""
        status = self.situation.queue(self.queue)
        if status is None or self.situation.ending.is_set() or not self.gate.is_open():
            return None
        if not self.guard.is_in_place(status):
            return None  # as it was a moment ago, or not: what was looked at then may have changed
        journal = self.settlement.journal.identity() if status.guarded else None
        return StartConditions(journal, self.gate.documents_since())

    @contextmanager
    def _claiming(self) -> Iterator[None]:
        """A claim whose answer is lost may have been committed all the same: it is looked for next."""
        try:
            yield
        except Retryable:
            self._claim_unheard_of = True
            raise

    def _bring(self, claim: Claim) -> None:
        """To the printer. What goes wrong on the way takes the claim back."""
        self._watch(claim.attempt, recovering=False)
        try:
            self._release(claim)
        except (Retryable, Rejected) as error:
            logger.bind(printer=self.printer).warning("{}: {}", self.printer, error)
            at_cups = isinstance(error, SpoolerUnreachable | SpoolerRefused | BadCard)
            self._recover(claim.attempt, reasons=(CUPS_FAILED if at_cups else "database",))
            if isinstance(error, SpoolerRefused | BadCard) and self._accepts():
                detail = str(error)
                self._refused(
                    claim.attempt.job.record_id, lambda job: moves.set_back(job, detail=detail, at=self.clock.now())
                )

    def _find_claim(self) -> float:
        """Take back what was claimed here, if anything was: nothing else is claimed before that is known."""
        found = next(iter(self.jobs.open_attempts(self.printer)), None)
        self._claim_unheard_of = found is not None
        if found is None:
            self.situation.set_printing(self.printer, False)
            return 0.0
        self._watch(found, recovering=True)
        return self._recover(found, reasons=("database",))

    def _release(self, claim: Claim) -> None:
        token = claim.attempt.token
        document = self.renderer.render(claim.card, self.template)
        job = self.spooler.submit_held(self.queue, token, document, self.options, guarded=claim.attempt.guarded)
        self.jobs.submitted(token, job.number, job.uuid)
        self._watch(replace(claim.attempt, spool_number=job.number), recovering=False)
        self._check_guard(claim.attempt)
        self.spooler.release(job)

    def _check_guard(self, attempt: Attempt) -> None:
        """Asked afresh: a card that passes no guard leaves no mark in the journal, and would be printed again.

        What is known of the queue may be minutes old; CUPS does not tell of a changed device or driver.
        """
        if not attempt.guarded:
            return
        status = self._ask_queue()
        if not status.guarded:
            raise SpoolerRefused(f"the guard of the CUPS queue {self.queue} was taken away; nothing was released")
        if not self.guard.has_its_driver(status):
            raise SpoolerRefused(f"the CUPS queue {self.queue} has another driver now; nothing was released")

    def _ask_queue(self) -> QueueStatus:
        """CUPS's own word on it, now."""
        try:
            status = self.spooler.queue(self.queue)
        except SpoolerRefused as error:
            self.situation.set_queue(self.queue, None, missing=isinstance(error, NoSuchQueue))
            raise
        self.situation.set_queue(self.queue, status)
        return status

    def _accepts(self) -> bool:
        """Whether the queue is there and takes jobs: then it is this one that it does not take."""
        try:
            return self._ask_queue().accepting
        except (SpoolerUnreachable, SpoolerRefused):
            return False

    def _refused(self, record_id: str, let_wait: Callable[[Job], moves.Transition]) -> None:
        """The head of the queue, again and again: it waits, and the printer goes on with the next."""
        if not self._refusals.count(record_id):
            self._return_places(self._refusals.given_back())
            return
        job = self.jobs.job(record_id)
        if job.state is not State.READY:
            return
        transition = let_wait(job)
        logger.bind(printer=self.printer, record_id=record_id).error(
            "{} is not taken by the CUPS queue {} and waits ({}); the next one is tried",
            record_id,
            self.queue,
            transition.reason,
        )
        with suppress(LostRace):
            self.jobs.apply(transition)
        self._rest.end()

    def _return_places(self, record_ids: Iterable[str]) -> None:
        """Their places: nobody's card is taken, so it is the queue or its driver."""
        for record_id in record_ids:
            job = self.jobs.job(record_id)
            was_refused = job.waits_for is moves.WaitsFor.RETRY or job.fault is moves.Fault.CARD
            if job.state is not State.WAITING or not was_refused:
                continue
            logger.bind(printer=self.printer, record_id=record_id).error(
                "the CUPS queue {} takes nobody's card: {} is ready again, it was not at fault", self.queue, record_id
            )
            with suppress(LostRace):
                self.jobs.apply(moves.ready_again(job, at=self.clock.now()))

    # --- while a card is in the printer ---

    def _watch(self, attempt: Attempt, *, recovering: bool) -> None:
        self._watched = CardInPrinter(
            attempt=attempt,
            since=self.clock.monotonic(),
            absences=self.situation.cups_absences,
            stale_reasons=frozenset() if recovering else self._reasons(),
            recovering=recovering,
        )
        self.situation.set_printing(self.printer, True)

    def _look(self, watched: CardInPrinter) -> float:
        """Judge by the journal; ask CUPS when the journal has news, or every second."""
        attempt, now = watched.attempt, self.clock.monotonic()
        mark = self.settlement.mark(attempt)
        quiet = mark.kind in (MarkKind.ABSENT, MarkKind.RUNNING, MarkKind.UNGUARDED)
        if quiet and now - watched.asked_cups < ASK_CUPS_SECONDS:
            return WATCH_SECONDS
        watched.asked_cups = now
        spool = self.settlement.spool_state(attempt)
        absences = self.situation.cups_absences
        cups_was_absent = watched.absences != absences
        if spool is SpoolState.UNREACHABLE:
            watched.recovering = True
        elif watched.recovering or cups_was_absent or self._never_started(watched, mark.kind, spool, now):
            watched.recovering, watched.absences = False, absences
            return self._recover(attempt, reasons=(CUPS_FAILED,), cups_was_absent=cups_was_absent)
        if mark.kind is MarkKind.UNGUARDED and watched.was_processing and spool is SpoolState.PENDING:
            reason = "CUPS took it back in mid-card and would print it again, and the queue has no guard"
            return self._finish(self.settlement.doubt(attempt, reason), (CUPS_FAILED,))
        watched.was_processing |= spool is SpoolState.PROCESSING
        judgement = judge(mark, spool)
        match judgement.action:
            case Action.VOID:
                # A job that was released and is held again was held by the guard: `lpstat -l` has its words.
                return self._recover(attempt, reasons=("guard",) if spool is SpoolState.HELD else (CUPS_FAILED,))
            case Action.CONCLUDE:
                if judgement.verdict is Verdict.PRINTED and self._go_on(attempt, judgement):
                    return 0.0
                self.settlement.conclude(attempt, judgement)
                return self._concluded(attempt, judgement, mark)
        self._report_printing(attempt, mark.kind, now, watched)
        return SOON_SECONDS if mark.kind is MarkKind.ENDED else WATCH_SECONDS

    def _go_on(self, attempt: Attempt, judgement: Judgement) -> bool:
        """The outcome of one card and the intent of the next in one commit. False when nothing was done.

        Not while another printer has the turn: what is made is not kept waiting for what is to be made.
        """
        if self._condition()[0] is not PrinterState.IDLE or not self.turn.acquire(blocking=False):
            return False
        try:
            terms = self._terms()
            if terms is None:
                return False
            self._watched = None
            try:
                with self._claiming():
                    claim = self.jobs.conclude_and_claim(
                        self.settlement.outcome(attempt, judgement),
                        self.printer,
                        self.clock.now(),
                        journal=terms.journal,
                        documents_since=terms.documents_since,
                    )
            except LostRace:
                return False
            self.settlement.log_outcome(attempt, judgement)
            self._finish(judgement, ())
            self._refusals.accepted(attempt.job.record_id)
            if isinstance(claim, Claim):
                self._bring(claim)
            else:
                self._report(PrinterState.IDLE)
        finally:
            self.turn.release()
        self.settlement.withdraw(attempt.token, attempt.spool_number)
        return True

    def _never_started(self, watched: CardInPrinter, kind: MarkKind, spool: SpoolState, now: float) -> bool:
        """CUPS has the job and does not bring it to the device: its queue was stopped, or it forgot."""
        if kind is not MarkKind.ABSENT or spool is not SpoolState.PENDING:
            return False
        status = self.situation.queue(self.queue)
        return (status is not None and status.stopped) or now - watched.since > NOT_STARTED_SECONDS

    def _recover(self, attempt: Attempt, *, reasons: tuple[str, ...], cups_was_absent: bool = False) -> float:
        judgement = self.settlement.recover(attempt, cups_was_absent=cups_was_absent)
        if judgement.action is Action.WATCH:
            return WATCH_SECONDS
        return self._finish(judgement, reasons)

    def _concluded(self, attempt: Attempt, judgement: Judgement, mark: Mark) -> float:
        """By the journal. A document of which nothing can be printed is counted; anything else it was not."""
        wait_seconds = self._finish(judgement, tuple(sorted(mark.reasons)))
        record_id = attempt.job.record_id
        if mark.document_is_at_fault:
            detail = str(judgement.reason)
            self._refused(
                record_id,
                lambda job: moves.find_fault(job, moves.Fault.CARD, detail=detail, at=self.clock.now()),
            )
        else:
            self._refusals.accepted(record_id)
        return wait_seconds

    def _finish(self, judgement: Judgement, reasons: tuple[str, ...]) -> float:
        self._watched = None
        self.situation.set_printing(self.printer, False)
        doubts = self._doubts + 1 if judgement.verdict is Verdict.IN_DOUBT else 0
        if doubts != self._doubts:
            self.printers.set_doubts(self.printer, doubts)
        if judgement.verdict is Verdict.PRINTED:
            self._rest.well()
            self.situation.notify(Change.TURN)
            return 0.0
        rest_seconds = self._rest.begin(self.clock.monotonic(), reasons or ("failed",))
        logger.bind(printer=self.printer).warning(
            "{} rests for {:.0f} s ({}); `giliran printer resume {}` ends the rest",
            self.printer,
            rest_seconds,
            ", ".join(self._rest.reasons),
            self.printer,
        )
        self._report(PrinterState.STOPPED, self._rest.reasons)
        self.situation.notify(Change.TURN)
        return IDLE.seconds

    def _report_printing(self, attempt: Attempt, kind: MarkKind, now: float, watched: CardInPrinter) -> None:
        said = self._reasons()
        watched.stale_reasons &= said
        reasons = tuple(sorted(said - watched.stale_reasons))
        if kind is MarkKind.RUNNING and not reasons and now - watched.since > self.stall_seconds:
            reasons = ("stalled",)
            self._cancel_stalled(attempt, watched)
        if reasons or self._reported is None or self._reported.state is PrinterState.PRINTING:
            self._report(PrinterState.PRINTING, reasons)

    def _cancel_stalled(self, attempt: Attempt, watched: CardInPrinter) -> None:
        if watched.cancelled:
            return
        watched.cancelled = True
        logger.bind(printer=self.printer, record_id=attempt.job.record_id).error(
            "{} has shown nothing for {:.0f} s; its job is cancelled", self.printer, self.stall_seconds
        )
        self.settlement.withdraw(attempt.token, attempt.spool_number)

    def _reasons(self) -> frozenset[str]:
        """What CUPS says of the printer now; `cups` while it does not answer."""
        status = self.situation.queue(self.queue)
        return frozenset({CUPS_FAILED}) if status is None else status.reasons

    # --- what people see ---

    def _report(self, state: PrinterState, reasons: tuple[str, ...] = ()) -> None:
        report = PrinterReport(name=self.printer, state=state, reasons=reasons)
        if report != self._reported:
            self.printers.report(report, self.clock.now())
            self._reported = report
