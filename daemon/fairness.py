"""Reads the order of turns back out of the log: who was ready when, who was started when."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from daemon.domain.log import Entry
from daemon.domain.order import Readiness, Start, Turn, Violation, violations
from daemon.domain.states import State
from daemon.ports import LogStore

STARTED = "started"
_PAGE = 5000


def whole_log(log: LogStore) -> Iterator[Entry]:
    """Every entry, in order, a page at a time."""
    after = 0
    while page := log.entries(after=after, limit=_PAGE):
        yield from page
        after = page[-1].sequence


def order_violations(entries: Iterable[Entry], recorded_at: Callable[[str], datetime]) -> list[Violation]:
    """Every start in the log that passed over somebody earlier who was ready. `entries` is the whole log, in order."""
    starts: list[Start] = []
    stretches: list[Readiness] = []
    ready_since: dict[str, int] = {}
    turns: dict[str, Turn] = {}
    for entry in entries:
        record_id = entry.record_id
        before, after = entry.details.get("before"), entry.details.get("after")
        if record_id is None or after is None or before == after:
            continue
        if record_id not in turns:
            turns[record_id] = Turn(recorded_at(record_id), record_id)
        turn = turns[record_id]
        if before == State.READY and record_id in ready_since:
            stretches.append(Readiness(turn=turn, first=ready_since.pop(record_id), last=entry.sequence))
        if after == State.READY:
            ready_since[record_id] = entry.sequence
        if entry.event == STARTED:
            starts.append(Start(sequence=entry.sequence, turn=turn))
    stretches += [Readiness(turn=turns[record_id], first=first, last=None) for record_id, first in ready_since.items()]
    return violations(starts, stretches)
