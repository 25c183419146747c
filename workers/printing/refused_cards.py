"""Somebody at the head of the queue whose card is refused again and again: he waits, and the others go on."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from loguru import logger

from daemon.domain import job as moves
from daemon.domain.errors import LostRace
from daemon.domain.job import Job
from daemon.domain.states import State
from daemon.ports import Clock, JobStore
from workers.printing.refusals import Refusals


@dataclass(slots=True, kw_only=True)
class RefusedCards:
    """Of one printer's queue."""

    printer: str
    queue: str
    jobs: JobStore
    clock: Clock
    _refusals: Refusals = field(default_factory=Refusals)

    def accepted(self, record_id: str) -> None:
        """CUPS and the device took this card."""
        self._refusals.accepted(record_id)

    def refused(self, record_id: str, let_wait: Callable[[Job], moves.Transition]) -> bool:
        """Once more. True: it was set aside by `let_wait`, and the printer goes on with the next."""
        if not self._refusals.count(record_id):
            self._return_places()
            return False
        job = self.jobs.job(record_id)
        if job.state is not State.READY:
            return False
        transition = let_wait(job)
        logger.bind(printer=self.printer, record_id=record_id).error(
            "{} cannot be printed on {} and waits ({}); the next one is tried",
            record_id,
            self.queue,
            transition.reason,
        )
        with suppress(LostRace):
            self.jobs.apply(transition)
        return True

    def _return_places(self) -> None:
        """Once nobody's card is taken: then it is the queue or its driver."""
        for record_id in self._refusals.given_back():
            job = self.jobs.job(record_id)
            was_refused = job.waits_for is moves.WaitsFor.RETRY or job.fault is moves.Fault.CARD
            if job.state is not State.WAITING or not was_refused:
                continue
            logger.bind(printer=self.printer, record_id=record_id).error(
                "nobody's card can be printed on {}: {} is ready again, it was not at fault", self.queue, record_id
            )
            with suppress(LostRace):
                self.jobs.apply(moves.ready_again(job, at=self.clock.now()))
