"""How long to wait after a failure: each time twice as long as the time before, up to a limit."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Backoff:
    """Of one thing that fails."""

    first_seconds: float
    longest_seconds: float
    _failures: int = 0

    def failed(self) -> float:
        """Once more; how long to wait, in seconds."""
        seconds = min(self.longest_seconds, self.first_seconds * 2.0**self._failures)
        if seconds < self.longest_seconds:
            self._failures += 1
        return seconds

    def succeeded(self) -> None:
        """The next failure is the first one again."""
        self._failures = 0
