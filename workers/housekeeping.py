"""What goes by the calendar: tidying up in the guard's journal, at night by the office's clock."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from loguru import logger

from daemon.ports import GuardJournal

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
            logger.info("{} unfinished entries removed from the guard's journal", self.journal.tidy())
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
