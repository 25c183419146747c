"""The append-only log."""

import pytest

from daemon.domain.log import is_intact
from daemon.ports import Store
from tests.contract.office import CLERK, NOON, in_line, minutes, print_next, stock


def test_each_entry_carries_the_hash_of_all_that_it_says(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    print_next(store)
    store.log.append("daemon_started", at=NOON, actor="giliran", version="0.1", reasons=("é", 1, None), nothing=None)
    entries = store.log.entries()
    assert all(map(is_intact, entries))
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[-1].details == {"version": "0.1", "reasons": ["é", 1, None]}


def test_entries_are_read_in_portions_and_by_record(store: Store) -> None:
    for number in range(5):
        store.log.append("seen", at=NOON, actor=CLERK, record_id="A" if number % 2 else None, number=number)
    assert [entry.details["number"] for entry in store.log.entries(after=1, limit=3)] == [1, 2, 3]
    assert [entry.details["number"] for entry in store.log.entries("A")] == [1, 3]
    assert store.log.entries("B") == []


def test_details_that_cannot_be_kept_are_refused_and_the_log_goes_on(store: Store) -> None:
    with pytest.raises(TypeError):
        store.log.append("seen", at=NOON, actor=CLERK, thing=object())
    store.log.append("seen", at=NOON, actor=CLERK)
    (entry,) = store.log.entries()
    assert is_intact(entry)


def test_an_event_is_told_by_period_and_the_newest_entry_by_itself(store: Store) -> None:
    assert store.log.last() is None
    for number in range(4):
        store.log.append("seen", at=NOON + minutes(number), actor=CLERK, number=number)
        store.log.append("heard", at=NOON + minutes(number), actor=CLERK, number=number)
    found = store.log.events("seen", NOON + minutes(1), NOON + minutes(3))
    assert [entry.details["number"] for entry in found] == [1, 2]
    last = store.log.last()
    assert last is not None
    assert (last.sequence, last.event) == (8, "heard")
