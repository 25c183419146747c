"""The only source of time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Aware UTC, by the wall clock: for what people read and the order."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go forward: for time-outs, polling and liveness."""
        ...
