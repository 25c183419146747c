"""Who comes to the office in a run: invented people, and what the centre makes of them in the course of time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

from daemon.domain.job import PRINT_READY
from daemon.ports import Person, Record
from tests.simulation.central import WITHDRAWN, Centre
from tests.simulation.clock import START, Timeline

STILL_WORKING = ("SENT_FOR_ENROLLMENT", "PROCESSING", "DUPLICATE_RECORD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The records of a run, in no particular order, and which of them the office registers itself."""

    records: tuple[Record, ...]
    registered: frozenset[str]


def crowd(rng: Random) -> Crowd:
    """Four to seven people; two may have been recorded in the same second."""
    count = rng.randint(4, 7)
    minutes = [rng.randrange(count * 2) for _ in range(count)]
    records = [
        Record(
            record_id=f"R{number}",
            recorded_at=START - timedelta(days=30) + timedelta(minutes=minutes[number]),
            person=Person(nik=f"12050101019{number:05}", name="SITI CONTOH"),
        )
        for number in range(count)
    ]
    return Crowd(
        records=tuple(records),
        registered=frozenset(record.record_id for record in records if rng.random() < 0.3),
    )


def put_on_agenda(crowd: Crowd, centre: Centre, timeline: Timeline, rng: Random, horizon_seconds: float) -> None:
    """Most become print-ready early and out of order; some only late, some never, some change back and forth."""
    for record in crowd.records:
        centre.records[record.record_id] = record
        for at_seconds, status in _story(rng, horizon_seconds):
            timeline.after(at_seconds, partial(centre.change, record.record_id, status))
        if rng.random() < 0.08:
            centre.bad_cards.add(record.record_id)
            if rng.random() < 0.7:
                timeline.after(rng.uniform(0.3, 1) * horizon_seconds, _repair(centre, record.record_id))
        if rng.random() < 0.05:
            centre.broken_cards.add(record.record_id)
            timeline.after(
                rng.uniform(0.3, 1) * horizon_seconds, partial(centre.broken_cards.discard, record.record_id)
            )


def _story(rng: Random, horizon_seconds: float) -> list[tuple[float, str]]:
    """(when, status) of each change of one record."""
    at_seconds = rng.choice((0.0, rng.uniform(0, 0.5 * horizon_seconds)))
    story: list[tuple[float, str]] = []
    if rng.random() < 0.4:
        story.append((at_seconds, rng.choice(STILL_WORKING)))
        at_seconds += rng.uniform(1, 0.4 * horizon_seconds)
    if story and rng.random() < 0.1:
        return story
    story.append((at_seconds, PRINT_READY))
    while rng.random() < 0.3:
        at_seconds += rng.choice((rng.uniform(0.1, 3), rng.uniform(0.2, 0.3 * horizon_seconds)))
        story.append((at_seconds, rng.choice(STILL_WORKING)))
        if rng.random() < 0.1:
            return story
        at_seconds += rng.choice((rng.uniform(0.1, 3), rng.uniform(0.2, 0.2 * horizon_seconds)))
        story.append((at_seconds, PRINT_READY))
    if rng.random() < 0.04:
        story.append((at_seconds + rng.uniform(0.2, 0.3 * horizon_seconds), WITHDRAWN))
    return story


def _repair(centre: Centre, record_id: str) -> Callable[[], None]:
    def repair() -> None:
        centre.bad_cards.discard(record_id)
        centre.change(record_id, centre.records[record_id].status or PRINT_READY)

    return repair
