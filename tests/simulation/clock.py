"""Virtual time: two clocks and everything that is to happen later. Nothing here waits."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BOOTED_SECONDS = 1000.0
"""What the monotonic clock shows at the start: a machine that has been up for a while."""


class Timeline:
    """The Clock port, and the world's agenda. The wall clock can be set; the monotonic one only goes forward."""

    def __init__(self) -> None:
        self._seconds = BOOTED_SECONDS
        self._wall = START - timedelta(seconds=BOOTED_SECONDS)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._entered = 0
        self.acting = False
        """Whether something is happening just now: then nobody may wait."""

    def now(self) -> datetime:
        """The wall clock."""
        return self._wall + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return self._seconds

    def jump(self, by: timedelta) -> None:
        """Somebody sets the wall clock."""
        self._wall += by

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Put it on the agenda. Actions take no time; those of the same moment happen in the order of their entry."""
        self._entered += 1
        heapq.heappush(self._agenda, (self._seconds + seconds, self._entered, action))

    @property
    def next_at(self) -> float:
        """When the next thing happens; infinity when nothing is on the agenda."""
        return self._agenda[0][0] if self._agenda else float("inf")

    def run_until(self, seconds: float) -> None:
        """Let everything happen up to then."""
        while self._agenda and self._agenda[0][0] <= seconds:
            at, _, action = heapq.heappop(self._agenda)
            self._seconds = max(self._seconds, at)
            self.acting = True
            try:
                action()
            finally:
                self.acting = False
        self._seconds = max(self._seconds, seconds)
