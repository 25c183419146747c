"""Who goes first on a narrow link: each loop asks before it begins a call, and waits while somebody above is busy.

A call under way is never broken off: each is small (a batch, a page, a card), so nobody waits long.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto


class Rank(Enum):
    """From the first to the last."""

    OUTCOMES = auto()
    """Cards that were made: small, and nobody else can tell the centre."""
    NEXT_CARDS = auto()
    """What the printers need next. A first import may last for hours, and cards are printed meanwhile."""
    CHANGES = auto()
    CARDS_AHEAD = auto()
    """All other documents: as deep as there is room."""
    HEADS = auto()
    """Of the log, for those who cosign it: nobody waits for that."""


_WAITS_FOR: Mapping[Rank, tuple[Rank, ...]] = {
    Rank.OUTCOMES: (),
    Rank.NEXT_CARDS: (),
    Rank.CHANGES: (Rank.OUTCOMES, Rank.NEXT_CARDS),
    # Several cards at once fill a line on which each answer comes late, so the next cards do not keep out the others.
    Rank.CARDS_AHEAD: (Rank.OUTCOMES,),
    Rank.HEADS: (Rank.OUTCOMES, Rank.NEXT_CARDS, Rank.CHANGES, Rank.CARDS_AHEAD),
}


class Priority:
    """Shared by the loops that talk to the centre, or to others over the same line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: Counter[Rank] = Counter()

    def must_wait(self, rank: Rank) -> bool:
        """Whether somebody above is busy. Changes come a page at a time, and the line would stand empty until each is
        answered: beside them one card ahead is pulled at a time."""
        with self._lock:
            if rank is Rank.CARDS_AHEAD and self._busy[Rank.CHANGES] and self._busy[rank]:
                return True
            return any(self._busy[above] for above in _WAITS_FOR[rank])

    @contextmanager
    def held(self, rank: Rank) -> Iterator[None]:
        """While inside, those below wait."""
        self.acquire(rank)
        try:
            yield
        finally:
            self.release(rank)

    def acquire(self, rank: Rank) -> None:
        """Until it is given back, those below wait: for what takes several calls."""
        with self._lock:
            self._busy[rank] += 1

    def release(self, rank: Rank) -> None:
        """Each one that was taken."""
        with self._lock:
            assert self._busy[rank] > 0, f"{rank.name} was not taken"
            self._busy[rank] -= 1
