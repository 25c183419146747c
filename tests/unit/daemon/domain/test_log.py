from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.log import GENESIS, LogEntry, chain, is_intact
from tests.unit.daemon.domain.build import NOON

DETAILS = st.dictionaries(st.text(max_size=10), st.none() | st.booleans() | st.integers() | st.text(max_size=20))


def written(details: list[dict[str, object]]) -> list[LogEntry]:
    entries, previous = [], GENESIS
    for sequence, detail in enumerate(details, start=1):
        entry = chain(
            sequence=sequence, at=NOON, actor="ani", event="held", record_id="R", details=detail, previous=previous
        )
        entries.append(entry)
        previous = entry.hash
    return entries


def first_broken(entries: list[LogEntry]) -> int | None:
    previous = GENESIS
    for entry in entries:
        if not is_intact(entry, previous):
            return entry.sequence
        previous = entry.hash
    return None


@given(st.lists(DETAILS, max_size=10))
def test_an_untouched_log_is_intact(details: list[dict[str, object]]) -> None:
    assert first_broken(written(details)) is None


@given(st.lists(DETAILS, min_size=1, max_size=8), st.data())
def test_a_changed_entry_breaks_the_chain_there(details: list[dict[str, object]], data: st.DataObject) -> None:
    entries = written(details)
    index = data.draw(st.integers(0, len(entries) - 1))
    entries[index] = replace(entries[index], actor="budi")
    assert first_broken(entries) == index + 1


def test_a_removed_entry_breaks_the_chain() -> None:
    entries = written([{}, {}, {}])
    del entries[1]
    assert first_broken(entries) == 3
