"""Says in the database that the daemon lives, what each loop did last, and what is wrong with its machine."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.domain.errors import Retryable
from daemon.domain.health import (
    BEAT_SECONDS,
    FAILING_AFTER,
    JUMP,
    JUMP_LASTS,
    Disk,
    crash_loop,
    hung_lately,
    jump,
    of_disks,
    of_jump,
)
from daemon.domain.needs import Kind, Trouble
from daemon.ports import Clock, RunStore
from workers.runner import Loop
from workers.situation import Situation

MOST_RUNS = 50


@dataclass(slots=True, kw_only=True)
class Heartbeat(Loop):
    """Its own thread: what it finds is known here even while the database cannot be written."""

    runs: RunStore
    run: Callable[[], int]
    """The number of this one."""
    situation: Situation
    clock: Clock
    disks: Callable[[], Iterable[Disk]]
    stepped: Callable[[], Mapping[str, datetime]]
    """When each loop finished its latest step."""
    tell: Callable[[tuple[Trouble, ...]], None]
    """systemd's status line."""
    name: str = "heartbeat"
    _looked: tuple[datetime, float] | None = None
    """Wall and monotonic clock, last."""
    _jump: Trouble | None = None
    _failing: tuple[datetime, str] | None = None
    """The database cannot be written: since when, and what it says."""

    def step(self) -> float:
        """One beat."""
        now = self.clock.now()
        self._compare_clocks(now)
        troubles = tuple(self._troubles(now))
        self.situation.machine = troubles
        self.tell(troubles)
        try:
            self.runs.beat(self.run(), now, self.stepped(), troubles)
        except Retryable as error:
            self._failing = (self._failing[0] if self._failing else now, str(error))
            raise
        self._failing = None
        return BEAT_SECONDS

    def _troubles(self, now: datetime) -> Iterator[Trouble]:
        yield from of_disks(self.disks())
        if self._failing is not None and now - self._failing[0] > FAILING_AFTER:
            yield Trouble(kind=Kind.DATABASE_FAILS, since=self._failing[0], details={"error": self._failing[1]})
        if self._jump is not None and self._jump.since is not None and abs(now - self._jump.since) < JUMP_LASTS:
            yield self._jump
        runs = self.runs.newest(MOST_RUNS)
        yield from crash_loop(runs, now)
        yield from hung_lately(runs, now)

    def _compare_clocks(self, now: datetime) -> None:
        """At the first beat with the newest one of the runs before: time does not go back."""
        monotonic = self.clock.monotonic()
        if self._looked is not None:
            apart = jump(now - self._looked[0], timedelta(seconds=monotonic - self._looked[1]))
        else:
            last = max((run.beat_at for run in self.runs.newest(MOST_RUNS)), default=now)
            apart = now - last if last - now > JUMP else None
        self._looked = now, monotonic
        if apart is not None:
            self._jump = of_jump(apart, now)
