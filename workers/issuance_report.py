"""Tells the centre of every card that was made, until it acknowledges."""

from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger

from daemon.domain.errors import Rejected
from daemon.domain.link import LinkState
from daemon.ports import CentralServer, Clock, IssuanceStore, LinkFailure
from workers.situation import Situation

BATCH = 100
IDLE_SECONDS = 2.0
AFTER_FAILURE_SECONDS = 15.0
AFTER_REFUSAL_SECONDS = 300.0


@dataclass(slots=True, kw_only=True)
class IssuanceReport:
    """The outbox, emptied in batches under a key that stays the same until the batch is settled."""

    central: CentralServer
    issuances: IssuanceStore
    situation: Situation
    clock: Clock
    on_failure: Callable[[LinkFailure], None]
    name: str = "issuance-report"
    patience_seconds: float = 120.0

    def step(self) -> float:
        """Deliver one batch."""
        if self.situation.link.state in (LinkState.DOWN, LinkState.UNKNOWN):
            return IDLE_SECONDS
        batch = self.issuances.due(BATCH)
        if batch is None:
            return IDLE_SECONDS
        key, issuances = batch
        try:
            receipt = self.central.report(issuances, key)
        except LinkFailure as failure:
            self.on_failure(failure)
            return AFTER_FAILURE_SECONDS
        except Rejected as refusal:
            logger.error("the centre refuses the report of {} cards, it is kept: {}", len(issuances), refusal)
            return AFTER_REFUSAL_SECONDS
        self.issuances.acknowledged(key, receipt, self.clock.now())
        for record_id, reason in receipt.rejected.items():
            logger.bind(record_id=record_id).warning("the centre rejects the card of {}: {}", record_id, reason)
        return 0.0 if receipt.accepted or receipt.rejected else AFTER_FAILURE_SECONDS

    def close(self) -> None:
        """Nothing belongs to the thread."""
