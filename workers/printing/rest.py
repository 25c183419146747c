"""How long a printer rests after a fault before it is tried again with the next person."""

from dataclasses import dataclass

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 300.0


@dataclass(slots=True)
class Rest:
    """Doubling, and over at once when an operator says so. By the monotonic clock.

    An idle printer that is out of cards is well to CUPS (docs/architecture.md), so trying is the only way to know;
    the guard makes a try harmless.
    """

    reasons: tuple[str, ...] = ()
    _until: float = 0.0
    _length_seconds: float = FIRST_SECONDS

    def begin(self, monotonic: float, reasons: tuple[str, ...]) -> float:
        """The printer failed; how long it rests, in seconds."""
        length_seconds = self._length_seconds
        self.reasons = reasons
        self._until = monotonic + length_seconds
        self._length_seconds = min(LONGEST_SECONDS, length_seconds * 2)
        return length_seconds

    def end(self) -> None:
        """An operator saw to it: try now."""
        self._until = 0.0
        self._length_seconds = FIRST_SECONDS

    def well(self) -> None:
        """A card came out: forget the fault."""
        self.end()
        self.reasons = ()

    def is_over(self, monotonic: float) -> bool:
        """Whether the printer may be tried."""
        return monotonic >= self._until
