"""Settles what a crash left behind, before anything new is started; and sweeps CUPS now and then."""

from collections.abc import Mapping
from dataclasses import dataclass

from loguru import logger

from daemon.domain.recovery import Action, Judgement
from daemon.ports import Attempt, Clock, GuardJournal, JobStore, PrinterStore
from workers.print_queue import PrintQueue
from workers.settlement import Settlement

SWEEP_SECONDS = 60.0
ORPHAN_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Reconcile:
    """At the start: every open attempt. Later: those whose printer is no longer configured, and CUPS's leftovers."""

    jobs: JobStore
    printers: PrinterStore
    journal: GuardJournal
    settlement: Settlement
    clock: Clock
    queues: Mapping[str, PrintQueue]
    """By printer."""
    name: str = "reconcile"
    patience_seconds: float = 300.0
    _sweep_at: float = 0.0

    def at_start(self) -> None:
        """Before any loop runs. A card that is still in a printer is handed to that printer's queue."""
        is_known = self._journal_is_known()
        for attempt in self.jobs.open_attempts():
            judgement = self._judge(attempt, is_known)
            outcome = judgement.verdict or "still in the printer"
            logger.bind(record_id=attempt.job.record_id, printer=attempt.printer).warning(
                "found {} open on {}: {}", attempt.token, attempt.printer, outcome
            )
            if judgement.action is Action.WATCH and attempt.printer in self.queues:
                self.queues[attempt.printer].adopt(attempt)
        self._keep_to_journal()

    def _judge(self, attempt: Attempt, journal_is_known: bool) -> Judgement:
        if attempt.guarded and not journal_is_known:
            return self.settlement.doubt(attempt, "the guard's journal was lost")
        return self.settlement.recover(attempt)

    def _journal_is_known(self) -> bool:
        """False when the journal is not the one in which the open attempts were started: it cannot tell of them."""
        known = self.printers.journal()
        if known is None or known == self.journal.identity():
            return True
        logger.critical(
            "the guard's journal was lost or exchanged: every card that was under way is a person's question now. "
            "The guards hold all cards until each is told: giliran printer guard PRINTER"
        )
        return False

    def _keep_to_journal(self) -> None:
        """What is written from here on stands in this journal, and in no other."""
        known, found = self.printers.journal(), self.journal.identity()
        if found is not None and found != known:
            self.printers.adopt_journal(found, self.clock.now())
        self.journal.expect(found or known)

    def step(self) -> float:
        """Settle orphans; sweep when it is time."""
        orphans = [attempt for attempt in self.jobs.open_attempts() if attempt.printer not in self.queues]
        for attempt in orphans:
            self.settlement.recover(attempt)
        if self.clock.monotonic() >= self._sweep_at:
            if self.printers.journal() is None:
                self._keep_to_journal()
            self.settlement.sweep()
            self._sweep_at = self.clock.monotonic() + SWEEP_SECONDS
        return ORPHAN_SECONDS if orphans else SWEEP_SECONDS

    def close(self) -> None:
        """Nothing belongs to the thread."""
