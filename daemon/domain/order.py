"""The order: one total order of turns, by recording time, then by record id."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A place in line. Smaller is earlier."""

    recorded_at: datetime
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A card that was started: whose, when in the log's order, and since when the job had been ready."""

    sequence: int
    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """One stretch in which a job was ready: from one place in the log up to (not including) another."""

    turn: Turn
    first: int
    last: int | None
    """None while it lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Somebody was started while somebody earlier was ready."""

    started: Turn
    passed_over: Turn
    sequence: int


def violations(starts: Iterable[Start], readiness: Iterable[Readiness]) -> list[Violation]:
    """Every start that passed over a job which was ready and had an earlier turn.

    Sequences are the log's own numbers, so the answer does not depend on any clock.
    Costs O(n log n): a sweep over the log with the ready turns in a heap.
    """
    arrivals = sorted(readiness, key=lambda stretch: stretch.first)
    waiting: list[tuple[Turn, int]] = []
    found: list[Violation] = []
    arrived = 0
    for start in sorted(starts, key=lambda start: start.sequence):
        while arrived < len(arrivals) and arrivals[arrived].first < start.sequence:
            stretch = arrivals[arrived]
            end = stretch.last if stretch.last is not None else 2**63
            heapq.heappush(waiting, (stretch.turn, end))
            arrived += 1
        while waiting and waiting[0][1] < start.sequence:
            heapq.heappop(waiting)
        if waiting and waiting[0][0] < start.turn:
            found.append(Violation(started=start.turn, passed_over=waiting[0][0], sequence=start.sequence))
    return found
