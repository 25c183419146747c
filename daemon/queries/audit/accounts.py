"""Counts of jobs and the ledger of blanks, as they follow from the log."""

from collections import Counter
from collections.abc import Iterator

from daemon.domain.log import LogEntry
from daemon.domain.registration import TAKEN_BACK
from daemon.domain.states import State
from daemon.ports import Store
from daemon.queries.audit.blanks import Ledger, left_over
from daemon.queries.audit.entries import UNREADABLE, readable, unreadable
from daemon.queries.fairness import said_before, since

_PATIENCE = 1000
"""How often what came meanwhile is read, on a database that somebody goes on writing to."""


class Accounts:
    """Followed entry by entry."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ledger = Ledger(store)
        self._counts = Counter[str]()
        self._newest = 0
        self._faults: list[str] = []

    def add(self, entry: LogEntry) -> None:
        """The next entry of the log."""
        self._newest = entry.sequence
        try:
            self._count(entry)
            self._faults.extend(self._ledger.add(entry))
        except UNREADABLE as error:
            self._faults.append(unreadable(entry, error))

    def check(self) -> list[str]:
        """What did not fit, after the last entry."""
        self._faults.extend(readable("counts and blanks", self._sums()))
        return self._faults

    def _count(self, entry: LogEntry) -> None:
        if entry.subject is None:
            return
        before, after = entry.details.get("before"), entry.details.get("after")
        if entry.event == TAKEN_BACK and entry.record_id is not None:
            before = said_before(self._store.log, entry.record_id, entry.sequence).state
        if before is not None and (after is not None or entry.event == TAKEN_BACK):
            self._counts[str(before)] -= 1
        if after is not None:
            self._counts[str(after)] += 1

    def _sums(self) -> Iterator[str]:
        """Counts and ledger at one moment: a change and its entry come together."""
        for _ in range(_PATIENCE):
            for entry in since(self._store.log, self._newest):
                self.add(entry)
            counts, booked = self._store.view.counts(), self._ledger.peek()
            newest = self._store.log.last()
            if newest is None or newest.sequence <= self._newest:
                break
        else:
            return
        for state in State:
            if counts[state] != self._counts[state]:
                yield f"counts: {counts[state]:,} are {state} by the count and {self._counts[state]:,} by the log"
        if booked is not None:
            yield left_over(booked)
