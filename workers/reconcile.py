"""Settles what a crash left behind, before anything new is started; and sweeps CUPS now and then."""

from collections.abc import Mapping
from dataclasses import dataclass

from loguru import logger

from daemon.domain.recovery import Action
from daemon.ports import Clock, JobStore
from workers.print_queue import PrintQueue
from workers.settlement import Settlement

SWEEP_SECONDS = 60.0
ORPHAN_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Reconcile:
    """At the start: every open attempt. Later: those whose printer is no longer configured, and CUPS's leftovers."""

    jobs: JobStore
    settlement: Settlement
    clock: Clock
    queues: Mapping[str, PrintQueue]
    """By printer."""
    name: str = "reconcile"
    patience_seconds: float = 300.0
    _sweep_at: float = 0.0

    def at_start(self) -> None:
        """Before any loop runs. A card that is still in a printer is handed to that printer's queue."""
        attempts = self.jobs.open_attempts()
        for attempt in attempts:
            judgement = self.settlement.recover(attempt)
            outcome = judgement.verdict or "still in the printer"
            logger.bind(record_id=attempt.job.record_id, printer=attempt.printer).warning(
                "found {} open on {}: {}", attempt.token, attempt.printer, outcome
            )
            if judgement.action is Action.WATCH and attempt.printer in self.queues:
                self.queues[attempt.printer].adopt(attempt)

    def step(self) -> float:
        """Settle orphans; sweep when it is time."""
        orphans = [attempt for attempt in self.jobs.open_attempts() if attempt.printer not in self.queues]
        for attempt in orphans:
            self.settlement.recover(attempt)
        if self.clock.monotonic() >= self._sweep_at:
            self.settlement.sweep()
            self._sweep_at = self.clock.monotonic() + SWEEP_SECONDS
        return ORPHAN_SECONDS if orphans else SWEEP_SECONDS

    def close(self) -> None:
        """Nothing belongs to the thread."""
