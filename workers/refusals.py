"""When somebody whose card CUPS does not take is set aside for a while, so that the others go on."""

from dataclasses import dataclass, field

TRIES = 3
"""So often a card is tried before it is set aside, and once each time it comes back; the printer rests in between."""
MOST_IN_A_ROW = 3
"""Set aside without one card that was taken: after that it is the queue that refuses, not the cards."""


@dataclass(slots=True)
class Refusals:
    """Of one printer's queue. The head of the line is nobody's to pass, so one bad document would hold up everybody."""

    _record_id: str | None = None
    _times: int = 0
    _set_aside: int = 0
    _known: set[str] = field(default_factory=set)
    """Set aside before, and not taken since."""

    def count(self, record_id: str) -> bool:
        """One more for this record; whether it is to be set aside now."""
        self._times = self._times + 1 if record_id == self._record_id else 1
        self._record_id = record_id
        tries = 1 if record_id in self._known else TRIES
        if self._times < tries or self._set_aside >= MOST_IN_A_ROW:
            return False
        self._record_id, self._set_aside = None, self._set_aside + 1
        self._known.add(record_id)
        return True

    def taken(self, record_id: str) -> None:
        """CUPS took this card: it is no fault of the queue."""
        self._record_id, self._times, self._set_aside = None, 0, 0
        self._known.discard(record_id)
