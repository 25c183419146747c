"""How long a printer rests after a fault before it is tried again with the next person."""

from dataclasses import dataclass, field

from workers.backoff import Backoff

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
    _backoff: Backoff = field(
        default_factory=lambda: Backoff(first_seconds=FIRST_SECONDS, longest_seconds=LONGEST_SECONDS)
    )

    def begin(self, monotonic: float, reasons: tuple[str, ...]) -> float:
        """The printer failed; how long it rests, in seconds."""
        length_seconds = self._backoff.failed()
        self.reasons = reasons
        self._until = monotonic + length_seconds
        return length_seconds

    def end(self) -> None:
        """An operator saw to it: try now."""
        self._until = 0.0
        self._backoff.succeeded()

    def well(self) -> None:
        """A card came out: forget the fault."""
        self.end()
        self.reasons = ()

    def is_over(self, monotonic: float) -> bool:
        """Whether the printer may be tried."""
        return monotonic >= self._until
