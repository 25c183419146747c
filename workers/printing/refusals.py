"""When somebody whose card CUPS does not take is set aside for a while, so that the others go on."""

from dataclasses import dataclass, field

TRIES = 3
"""So often a card is tried before it is set aside, and once each time it comes back; the printer rests in between."""
MOST_IN_A_ROW = 3
"""Set aside without one card that was taken: if the next is not either, it is the queue that refuses, not the cards."""


@dataclass(slots=True)
class Refusals:
    """Of one printer's queue. Nobody may pass the head of the queue, so one bad document would hold up everybody."""

    _record_id: str | None = None
    _times: int = 0
    _in_a_row: list[str] = field(default_factory=list)
    """Set aside since a card was taken."""
    _is_the_queue: bool = False
    _known: set[str] = field(default_factory=set)
    """Set aside before, and not taken since."""

    def count(self, record_id: str) -> bool:
        """One more for this record; whether it is to be set aside now."""
        self._times = self._times + 1 if record_id == self._record_id else 1
        self._record_id = record_id
        tries = 1 if record_id in self._known else TRIES
        if self._times < tries:
            return False
        if len(self._in_a_row) >= MOST_IN_A_ROW:
            self._is_the_queue = True
            return False
        self._record_id = None
        self._in_a_row.append(record_id)
        self._known.add(record_id)
        return True

    def given_back(self) -> tuple[str, ...]:
        """Who was set aside for nothing, once it is the queue that takes nobody's card; told once."""
        if not self._is_the_queue:
            return ()
        given_back = tuple(record_id for record_id in self._in_a_row if record_id in self._known)
        self._known.difference_update(given_back)
        return given_back

    def accepted(self, record_id: str) -> None:
        """CUPS took this card: it is no fault of the queue."""
        self._record_id, self._times, self._is_the_queue = None, 0, False
        self._in_a_row.clear()
        self._known.discard(record_id)
