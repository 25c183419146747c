"""Concludes what a crash left behind, before anything new is started; and sweeps CUPS now and then.

Several daemons may share the store. One concludes what was started on its own printers, or stands in its own journal;
what another one started is that one's when it comes back, or a person's: the card may lie in its printer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from loguru import logger

from daemon.domain.recovery import Action, Judgement
from daemon.ports import Attempt, Clock, GuardJournal, JobStore, PrinterStore
from workers.printing.outcomes import Outcomes
from workers.printing.print_queue import PrintQueue
from workers.runner import Loop

SWEEP_SECONDS = 60.0
ORPHAN_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Recovery(Loop):
    """At the start: every open attempt of ours. Later: those of a printer that we had once, and CUPS's leftovers."""

    jobs: JobStore
    printers: PrinterStore
    journal: GuardJournal
    outcomes: Outcomes
    clock: Clock
    queues: Mapping[str, PrintQueue]
    """By printer."""
    name: str = "recovery"
    _sweep_at: float = 0.0

    def at_start(self) -> None:
        """Before any loop runs. A card that is still in a printer is handed to that printer's queue."""
        identity = self.journal.identity()
        self.journal.expect(identity)  # lost from here on, it must not be asked: an empty one would say "not started"
        known = {self.printers.journal(printer) for printer in self.queues} - {None}
        if not known <= {identity}:
            logger.critical(
                "the guard's journal was lost or exchanged: a person has to say what became of every card under way. "
                "Each guard holds all cards until it is installed again: giliran printer guard PRINTER"
            )
        for attempt in self.jobs.open_attempts():
            if attempt.printer in self.queues or self._is_in(identity, attempt):
                self._recover(attempt, identity)
        self._expect_journal()

    def _recover(self, attempt: Attempt, identity: str | None) -> None:
        judgement = self._judge(attempt, identity)
        outcome = judgement.verdict or "still in the printer"
        logger.bind(record_id=attempt.job.record_id, printer=attempt.printer).warning(
            "found {} open on {}: {}", attempt.token, attempt.printer, outcome
        )
        if judgement.action is Action.WATCH and attempt.printer in self.queues:
            self.queues[attempt.printer].adopt(attempt)

    def _judge(self, attempt: Attempt, identity: str | None) -> Judgement:
        """A journal in which it was not started cannot tell of it."""
        if attempt.guarded and not self._is_in(identity, attempt):
            return self.outcomes.doubt(attempt, "the guard's journal was lost")
        return self.outcomes.recover(attempt)

    def _is_in(self, identity: str | None, attempt: Attempt) -> bool:
        return identity is not None and attempt.journal == identity

    def _expect_journal(self) -> None:
        """What is written from here on stands in this journal, and in no other."""
        found = self.journal.identity()
        known = next((known for printer in self.queues if (known := self.printers.journal(printer))), None)
        for printer, queue in self.queues.items():
            self.printers.serve(printer, queue=queue.queue, journal=found or known, at=self.clock.now())
        self.journal.expect(found or known)

    def step(self) -> float:
        """Conclude orphans; sweep when it is time."""
        identity = self.journal.identity()
        orphans = [
            attempt
            for attempt in self.jobs.open_attempts()
            if attempt.printer not in self.queues and self._is_in(identity, attempt)
        ]
        for attempt in orphans:
            self.outcomes.recover(attempt)
        if self.clock.monotonic() >= self._sweep_at:
            if identity is not None:
                self._expect_journal()
            self.outcomes.sweep()
            self._sweep_at = self.clock.monotonic() + SWEEP_SECONDS
        return ORPHAN_SECONDS if orphans else SWEEP_SECONDS
