"""What happened in a run, line by line. The same seed gives the same lines."""

import hashlib
from collections.abc import Callable

from tests.simulation.clock import BOOTED_SECONDS


class Trace:
    """Lines with their virtual time."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        """Add a line. No clock but the virtual one, no uuid and no path gets in."""
        self.lines.append(f"{self._monotonic() - BOOTED_SECONDS:9.3f}  {text}")

    def digest(self) -> str:
        """Tells two runs apart."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()
