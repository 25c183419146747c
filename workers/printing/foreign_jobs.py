"""Jobs that others send to a card printer's queue: they get no blank, or one that is booked and told."""

from collections.abc import Mapping
from dataclasses import dataclass

from loguru import logger

from daemon.domain import ledger
from daemon.domain.errors import Overdrawn
from daemon.domain.job import SYSTEM
from daemon.domain.ledger import Movement
from daemon.ports import Clock, ForeignJob, LedgerStore
from workers.situation import ForeignCard, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignJobs:
    """Asked by the guards, in their own threads."""

    printers: Mapping[str, str]
    """Card printer by CUPS queue."""
    may_pass: bool
    ledger: LedgerStore
    situation: Situation
    clock: Clock

    def __call__(self, job: ForeignJob) -> bool:
        """Whether it may be printed. Then its blank is booked first; who sent it stays with CUPS."""
        printer = self.printers.get(job.queue)
        log = logger.bind(printer=printer)
        if printer is None or not self.may_pass:
            log.warning("CUPS job {} on {} is nobody's card: it is cancelled", job.number, job.queue)
            return False
        blank = Movement(quantity=1, credit=ledger.hopper(printer), debit=ledger.SPOILED, reason=ledger.FOREIGN)
        now = self.clock.now()
        try:
            self.ledger.move(blank, at=now, actor=SYSTEM)
        except Overdrawn:
            log.warning("CUPS job {} on {} is nobody's card, and no blank is left for it", job.number, job.queue)
            return False
        log.warning("CUPS job {} on {} is nobody's card: it is printed, its blank is spoiled", job.number, job.queue)
        self.situation.foreign_card(ForeignCard(printer=printer, number=job.number, at=now))
        return True
