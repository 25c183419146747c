"""What goes by the calendar: pruning the guard's journal, at night by the office's clock."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from loguru import logger

from daemon.ports import GuardJournal

KEEP_JOURNAL_DAYS = 180
"""Longer than any CUPS keeps a job; a token that is pruned could be printed by a CUPS restored from older than that."""

IDLE_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Housekeeping:
    """One round a night."""

    journal: GuardJournal
    name: str = "housekeeping"
    patience_seconds: float = 600.0
    _due: threading.Event = field(default_factory=threading.Event)

    def wake(self) -> None:
        """A round is due."""
        self._due.set()

    def step(self) -> float:
        """The round, if it is due."""
        if self._due.is_set():
            self._due.clear()
            pruned = self.journal.prune(KEEP_JOURNAL_DAYS)
            logger.info("{} old entries removed from the guard's journal", pruned)
        return IDLE_SECONDS

    def close(self) -> None:
        """Nothing belongs to the thread."""


def nightly(wake: Callable[[], None], timezone: ZoneInfo) -> BackgroundScheduler:
    """A started scheduler that calls `wake` at 02:30 of the office's clock; the caller shuts it down.

    APScheduler follows the wall clock (DESIGN.md section 6): nothing that must not be missed hangs on it.
    """
    scheduler = BackgroundScheduler(timezone=timezone)
    scheduler.add_job(wake, CronTrigger(hour=2, minute=30, timezone=timezone), coalesce=True, misfire_grace_time=3600)
    scheduler.start()
    return scheduler
