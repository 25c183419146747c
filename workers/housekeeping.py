"""What goes by the calendar: the one place for it. The calendar wakes the loop, and the loop does what is due.

APScheduler follows the wall clock (docs/architecture.md): nothing that must not be missed hangs on it.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from daemon.domain.errors import Retryable
from workers.runner import Loop, Pause, Service, pause
from workers.situation import Situation, Topic

IDLE = pause(3600.0, Topic.CALENDAR)
BEGINS_WITHIN_SECONDS = 10.0
LATE_SECONDS = 3600
"""A task whose moment was missed by more waits for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be done again and again, at its time."""

    name: str
    when: str
    """As in a crontab, by the office's clock."""
    do: Callable[[], None]
    """Retryable: it is tried again soon, after what else is due."""


@dataclass(slots=True, kw_only=True)
class Housekeeping(Loop):
    """One task a step. An orderly end waits for that as for any loop's step."""

    tasks: tuple[Task, ...]
    situation: Situation
    name: str = "housekeeping"
    patience_seconds: float = 600.0
    _due: deque[Task] = field(default_factory=deque)

    def wake(self, task: Task) -> None:
        """It is due. Safe from any thread."""
        if task not in self._due:
            self._due.append(task)
        self.situation.notify(Topic.CALENDAR)

    def step(self) -> float | Pause:
        """What has been due for longest, if anything is."""
        if not self._due:
            return IDLE
        task = self._due.popleft()
        try:
            task.do()
        except Retryable:
            self._due.append(task)
            raise
        return 0.0


@dataclass(slots=True, kw_only=True)
class Calendar(Service):
    """Wakes housekeeping for each of its tasks."""

    name: ClassVar[str] = "calendar"
    housekeeping: Housekeeping
    timezone: ZoneInfo
    _scheduler: BlockingScheduler | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """In a thread of its own, which is waited for until it has begun."""
        self._scheduler = BlockingScheduler(timezone=self.timezone)
        for task in self.housekeeping.tasks:
            self._scheduler.add_job(
                self.housekeeping.wake,
                CronTrigger.from_crontab(task.when, self.timezone),
                (task,),
                coalesce=True,
                misfire_grace_time=LATE_SECONDS,
            )
        begun = threading.Event()
        self._scheduler.add_listener(lambda event: begun.set(), EVENT_SCHEDULER_STARTED)
        self._thread = threading.Thread(target=self._scheduler.start, name=self.name, daemon=True)
        self._thread.start()
        begun.wait(BEGINS_WITHIN_SECONDS)

    def stop(self) -> None:
        """What it woke goes on."""
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()
