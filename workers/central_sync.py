"""Pulls what changed at the centre, page by page; each page is committed with its cursor, so a cut loses nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from loguru import logger

from daemon.domain.link import LinkState
from daemon.ports import CentralServer, Clock, LinkFailure, RecordStore
from workers.situation import Situation

PAUSED_SECONDS = 3600.0
"""While the line is down nothing is tried; the line watch wakes us."""

SET_BACK_FOR = timedelta(minutes=5)
"""How long a job that the centre could not serve is left alone before it is tried again."""


@dataclass(slots=True, kw_only=True)
class CentralSync:
    """Changes from the centre into the store."""

    central: CentralServer
    records: RecordStore
    situation: Situation
    clock: Clock
    interval_seconds: float
    page_size: int
    on_failure: Callable[[LinkFailure], None]
    name: str = "central-sync"
    patience_seconds: float = 300.0

    def step(self) -> float:
        """One page; the next at once while there is more."""
        if self.situation.link.state in (LinkState.DOWN, LinkState.UNKNOWN):
            return PAUSED_SECONDS
        now = self.clock.now()
        retried = self.records.retry_set_back(now - SET_BACK_FOR, now)
        try:
            page = self.central.records(self.records.cursor(), self.page_size)
        except LinkFailure as failure:
            self.on_failure(failure)
            return self.interval_seconds
        taken = self.records.take_page(page, now)
        for bad in page.bad:
            logger.bind(record_id=bad.record_id).warning(
                "the centre sent a record that cannot be taken: {} ({})", bad.record_id or "no record_id", bad.problem
            )
        if taken.new or taken.changed:
            logger.info("{} new and {} changed records from the centre", taken.new, taken.changed)
        if taken.new or taken.changed or retried:
            self.situation.changed()
        return 0.0 if page.more else self.interval_seconds

    def close(self) -> None:
        """Nothing belongs to the thread."""
