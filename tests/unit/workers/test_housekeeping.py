"""What goes by the calendar is done when its time comes, by a loop that an orderly end waits for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from adapters.clock import SystemClock
from daemon.domain.errors import Fatal, Retryable
from daemon.domain.link import Link, LinkState
from tests.waiting import eventually
from workers.housekeeping import Calendar, Housekeeping, Task
from workers.runner import Runner, running
from workers.situation import Situation

JAKARTA = ZoneInfo("Asia/Jakarta")
NIGHT = datetime(2026, 1, 5, 2, 30, tzinfo=JAKARTA)


def housekeeping(*tasks: Task) -> Housekeeping:
    return Housekeeping(
        tasks=tasks, situation=Situation(Link(state=LinkState.UP, since=datetime(2026, 1, 5, tzinfo=UTC)))
    )


@contextmanager
def kept_up(loop: Housekeeping, fatal: list[Fatal]) -> Iterator[None]:
    """Its loop runs."""
    runner = Runner(loop, clock=SystemClock(), on_fatal=fatal.append)
    loop.situation.listen(runner.hear)
    runner.start()
    yield
    runner.stop()
    assert runner.join(10)


def test_a_task_is_done_at_its_time_by_the_offices_clock() -> None:
    done: list[str] = []
    due = Task(name="tidy", when="30 2 * * *", do=lambda: done.append("tidy"))
    later = Task(name="report", when="31 2 * * *", do=lambda: done.append("report"))
    loop, fatal = housekeeping(due, later), list[Fatal]()
    with time_machine.travel(NIGHT.timestamp() - 0.5), kept_up(loop, fatal):
        with running(Calendar(housekeeping=loop, timezone=JAKARTA)) as calendar:
            assert calendar.is_alive()
            eventually(lambda: done == ["tidy"], what="the task of half past two")
        eventually(lambda: not calendar.is_alive(), what="the end of the calendar's thread")
    assert fatal == []


def test_a_calendar_that_was_never_started_can_be_stopped() -> None:
    calendar = Calendar(housekeeping=housekeeping(), timezone=JAKARTA)
    calendar.stop()
    assert not calendar.is_alive()


def test_what_fails_for_now_is_tried_again_after_the_others() -> None:
    done: list[str] = []

    def back_up() -> None:
        done.append("backup")
        if len(done) == 1:
            raise Retryable("the disk is away")

    backup = Task(name="backup", when="0 1 * * *", do=back_up)
    report = Task(name="report", when="0 1 * * *", do=lambda: done.append("report"))
    loop = housekeeping(backup, report)
    for task in (backup, report, report):
        loop.wake(task)
    with pytest.raises(Retryable):
        loop.step()
    while loop.step() == 0.0:
        pass
    assert done == ["backup", "report", "backup"]
