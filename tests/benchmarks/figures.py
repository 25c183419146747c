"""What a benchmark finds: ratios to a peer or a limit in the same run, paired."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound on the median ratio."""

    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"

    def is_met(self, ratio: float) -> bool:
        if self.at_least is not None:
            return ratio >= self.at_least
        assert self.at_most is not None, "a target has a bound"
        return ratio <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the tables: ours over theirs, once for each repetition."""

    what: str
    against: str
    ratios: Sequence[float]
    seen: str
    """The medians of both sides in their own unit, for the reader alone: they are this machine's and this hour's."""
    target: Target | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "met" if self.target.is_met(self.median) else "missed"


def alternate(sides: Mapping[str, Callable[[], T]], repetitions: int) -> dict[str, list[T]]:
    """Each side once in every repetition, each time another one first; what they measured, by side, in order."""
    names = list(sides)
    measured: dict[str, list[T]] = {name: [] for name in names}
    for repetition in range(repetitions):
        start = repetition % len(names)
        for name in names[start:] + names[:start]:
            measured[name].append(sides[name]())
    return measured


def compare(
    what: str,
    measured: Mapping[str, Sequence[float]],
    ours: str,
    theirs: str,
    *,
    unit: str,
    target: Target | None = None,
) -> Figure:
    """Our measure over theirs, repetition by repetition."""
    return Figure(
        what=what,
        against=theirs,
        ratios=[mine / other for mine, other in zip(measured[ours], measured[theirs], strict=True)],
        seen=f"{_short(statistics.median(measured[ours]))} : {_short(statistics.median(measured[theirs]))} {unit}",
        target=target,
    )


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
