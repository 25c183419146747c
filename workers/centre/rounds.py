"""A centre whose changes go round in a circle: it says that there is more, for ever, and nothing new comes."""

from collections import Counter
from dataclasses import dataclass, field

MOST_BARREN = 200
"""Pages in a row that brought nothing new, however new their cursors look. An office put back from a copy hears again
what it knows; it rests in between and comes to the end all the same."""
MOST_VISITS = 3
"""So often a cursor may come in one run of pages, even where each page changes somebody: back and forth is no news."""
MOST_REMEMBERED = 100_000
"""Cursors. A run of so many pages is fifty million people."""
FIRST_REST_SECONDS = 60.0
LONGEST_REST_SECONDS = 3600.0


@dataclass(slots=True)
class Rounds:
    """What is remembered of a run of pages, to know when it leads nowhere."""

    _visits: Counter[str] = field(default_factory=Counter)
    _barren: int = 0
    _known: set[str] = field(default_factory=set)
    """Cursors since something new came last."""
    _rest_seconds: float = FIRST_REST_SECONDS

    def leads_nowhere(self, following: str, *, brought_news: bool) -> bool:
        """After a page with this cursor for the next one, while there is more."""
        if len(self._visits) >= MOST_REMEMBERED:
            self._visits.clear()
            self._known.clear()
        if brought_news:
            self._barren = 0
            self._known.clear()
        else:
            self._barren += 1
        came_before = following in self._known
        self._known.add(following)
        self._visits[following] += 1
        return came_before or self._visits[following] >= MOST_VISITS or self._barren >= MOST_BARREN

    def rest(self) -> float:
        """For how many seconds: longer and longer. The next page is one try."""
        seconds = self._rest_seconds
        self._rest_seconds = min(LONGEST_REST_SECONDS, seconds * 2)
        return seconds

    def over(self) -> None:
        """The run came to its end."""
        self._visits.clear()
        self._known.clear()
        self._barren = 0
        self._rest_seconds = FIRST_REST_SECONDS
