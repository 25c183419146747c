"""How long a supply lasts: what is left, by what the printers use on a working day.

A working day is one on which cards were made: holidays and outages need no calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

WINDOW = timedelta(days=28)
"""The use is taken from so long back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Of the blanks."""

    left: int
    """In the store and in hoppers."""
    in_line: int
    """People who are ready for a card."""
    per_day: float | None
    """Used on a working day, spoiled ones included; None before there was one."""

    @property
    def days_left(self) -> float | None:
        """Working days until none is left; None when there is nothing to reckon by."""
        return None if self.per_day is None else self.left / self.per_day

    @property
    def without(self) -> int:
        """Of those who are ready, so many get no card from what is left."""
        return max(0, self.in_line - self.left)


def outlook(*, left: int, in_line: int, used: Sequence[int]) -> Outlook:
    """From the blanks used on each day of the window, oldest first; the last one may be today and not over yet.

    Today counts when it is all there is, or when more was used than on the average day before.
    """
    days = [quantity for quantity in used if quantity > 0]
    *before, today = days or [0]
    usual = fmean(before) if before else 0.0
    per_day = fmean([*before, today]) if today > usual else usual
    return Outlook(left=left, in_line=in_line, per_day=per_day or None)
