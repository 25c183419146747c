"""The machine's clocks: the one place that reads them."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The Clock port on the machine's own clocks."""

    def now(self) -> datetime:
        """The wall clock, aware and in UTC. It can be set back and forth: nothing is timed by it."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        return time.monotonic()  # noqa: TID251 - the one place
