"""How long a supply lasts: what is left, by what the printers use on a working day.

A working day is one on which cards were made: holidays and outages need no calendar.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

WINDOW = timedelta(days=28)
"""The use is taken from so long back."""


ENOUGH_DAYS = 5
"""Working days before anybody is promised a date: a first day, or a trial, says nothing of the next month."""

LOW_PERCENT = 10
"""Of a consumable of which nobody said how many cards it is good for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumable:
    """A ribbon, a film, or whatever else a printer uses up."""

    name: str
    """As CUPS calls it (marker-names), or as the configuration does where CUPS is silent."""
    percent: int
    """What is left of it, 0 to 100."""
    full: int | None = None
    """Cards from a full one; None: nobody said."""

    @property
    def cards(self) -> int | None:
        """Cards that it is good for yet."""
        return None if self.full is None else self.full * self.percent // 100

    def is_low(self, per_day: float | None) -> bool:
        """Whether it ends within a working day on which the printer makes so many cards."""
        if self.cards is None or per_day is None:
            return self.percent <= LOW_PERCENT
        return self.cards < per_day


def consumables(
    reported: Sequence[Consumable], yields: Mapping[str, int], made: Callable[[str], int | None]
) -> tuple[Consumable, ...]:
    """What a printer reports, with the yields that the configuration names; after it those that it is silent about.

    A yield is of whatever bears its name as a part of its own ("ribbon" of "YMCKO Ribbon"). `made` says how many cards
    were made since a consumable was put in new; None: nobody said when.
    """
    found = [
        replace(consumable, full=next((full for name, full in yields.items() if _bears(consumable.name, name)), None))
        for consumable in reported
    ]
    for name, full in yields.items():
        cards = None if any(_bears(consumable.name, name) for consumable in reported) else made(name)
        if cards is not None:
            found.append(Consumable(name=name, percent=max(0, 100 - 100 * cards // full), full=full))
    return tuple(found)


def _bears(name: str, part: str) -> bool:
    return part.casefold() in name.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Of the blanks."""

    left: int
    """In the store and in hoppers."""
    in_line: int
    """People who are ready for a card."""
    per_day: float | None
    """Used on a working day, spoiled ones included; None before there was one."""
    days: int = 0
    """Working days that it is reckoned from."""

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
    usual = sum(before) / len(before) if before else 0.0
    per_day = sum(days) / len(days) if today > usual else usual
    return Outlook(left=left, in_line=in_line, per_day=per_day or None, days=len(days))
