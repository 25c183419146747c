"""A clock that goes when it is told to."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Wall and monotonic time in step, unless the wall is made to jump."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def jump_wall(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
