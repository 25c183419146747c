"""Reads the order of turns back out of the log: who was ready when, who was started when."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from daemon.domain.log import Entry
from daemon.domain.order import Readiness, Start, Turn, Violation, violations
from daemon.domain.states import State
from daemon.ports import LogStore

RECORDED = "recorded"
TURN_CHANGED = "recorded_at_changed"
STARTED = "started"
_PAGE = 5000


def whole_log(log: LogStore) -> Iterator[Entry]:
    """Every entry, in order, a page at a time."""
    after = 0
    while page := log.entries(after=after, limit=_PAGE):
        yield from page
        after = page[-1].sequence


def order_violations(entries: Iterable[Entry]) -> list[Violation]:
    """Every start that passed over somebody earlier who was ready, from the log alone, which is given whole."""
    history = _History()
    for entry in entries:
        if entry.record_id is not None:
            history.add(entry, entry.record_id)
    return violations(history.starts, history.all_stretches())


class _History:
    """Who was ready from when to when, and who was started. A turn that changes begins another stretch."""

    def __init__(self) -> None:
        self.starts: list[Start] = []
        self._stretches: list[Readiness] = []
        self._turns: dict[str, Turn] = {}
        self._ready_since: dict[str, int] = {}

    def add(self, entry: Entry, record_id: str) -> None:
        """The next entry of the log."""
        details = entry.details
        if entry.event == RECORDED:
            self._turns[record_id] = Turn(datetime.fromisoformat(str(details["recorded_at"])), record_id)
        if entry.event == TURN_CHANGED:
            was_ready = self._leave(record_id, entry.sequence)
            self._turns[record_id] = Turn(datetime.fromisoformat(str(details["to"])), record_id)
            if was_ready:
                self._ready_since[record_id] = entry.sequence
        if "after" in details:
            self._leave(record_id, entry.sequence)
            if details["after"] == State.READY:
                self._ready_since[record_id] = entry.sequence
        if entry.event == STARTED:
            self.starts.append(Start(sequence=entry.sequence, turn=self._turns[record_id]))

    def all_stretches(self) -> list[Readiness]:
        """Those that are over, and those that last."""
        lasting = [
            Readiness(turn=self._turns[record_id], first=first, last=None)
            for record_id, first in self._ready_since.items()
        ]
        return self._stretches + lasting

    def _leave(self, record_id: str, sequence: int) -> bool:
        first = self._ready_since.pop(record_id, None)
        if first is not None:
            self._stretches.append(Readiness(turn=self._turns[record_id], first=first, last=sequence))
        return first is not None
