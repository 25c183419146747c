"""Which documents are made ready, by whose guard, and which of them are found again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.cups import DocumentServer, filtered_ahead
from adapters.cups.filtered_ahead import UNDER_WAY_SECONDS, Filtered, FilteredAhead
from daemon.domain.token import Token
from tests.fakes.clock import ManualClock

RASTER = Filtered(content_type="printer/any", document=b"raster")


def key(found: tuple[str, str, bytes] | None) -> str:
    assert found is not None
    return found[0]


def next_document(ready: FilteredAhead, queue: str, driver: str = "D") -> bytes | None:
    found = ready.next(queue, driver)
    return None if found is None else found[2]


def test_each_guard_is_given_the_first_that_no_other_makes() -> None:
    ready = FilteredAhead()
    for queue in ("A", "B", "C"):
        ready.expect(queue, [b"1", b"2"], "media=CR80")
    assert next_document(ready, "A") == b"1"
    assert next_document(ready, "B") == b"2"
    assert next_document(ready, "C") is None
    assert next_document(ready, "A") == b"1", "the guard that had it is gone"


def test_what_was_made_is_taken_once_and_by_the_same_document_options_and_driver() -> None:
    ready = FilteredAhead()
    ready.expect("A", [b"1"], "media=CR80")
    ready.store("A", key(ready.next("A", "D")), RASTER)
    assert next_document(ready, "A") is None, "it is made"
    for other in ((b"2", "media=CR80", "D"), (b"1", "media=A4", "D"), (b"1", "media=CR80", "E")):
        assert ready.pop(*other) is None
    assert ready.pop(b"1", "media=CR80", "D") == RASTER
    assert ready.pop(b"1", "media=CR80", "D") is None


def test_nothing_is_kept_but_what_that_queue_s_guard_was_given() -> None:
    ready = FilteredAhead()
    ready.expect("A", [b"1"], "")
    given = key(ready.next("A", "D"))
    ready.store("B", given, RASTER)
    ready.store("A", "another", RASTER)
    assert ready.pop(b"1", "", "D") is None
    ready.store("A", given, RASTER)
    assert ready.pop(b"1", "", "D") == RASTER


def test_the_oldest_makes_room() -> None:
    ready = FilteredAhead()
    half = Filtered(content_type="t", document=bytes(filtered_ahead.MOST_BYTES // 2))
    for document in (b"1", b"2", b"3"):
        ready.expect("A", [document], "")
        ready.store("A", key(ready.next("A", "D")), half)
    assert [ready.pop(document, "", "D") is not None for document in (b"1", b"2", b"3")] == [False, True, True]


def test_what_a_guard_was_given_and_did_not_bring_another_may_make_after_a_while() -> None:
    clock = ManualClock()
    ready = FilteredAhead(clock=clock)
    for queue in ("A", "B"):
        ready.expect(queue, [b"1"], "")
    assert next_document(ready, "A") == b"1"
    assert next_document(ready, "B") is None
    clock.advance(UNDER_WAY_SECONDS)
    assert next_document(ready, "B") == b"1"


# --- forgotten ------------------------------------------------------------------------------------------------

OPTIONS, IN_WORDS = {"media": "CR80"}, "media=CR80"
TOKEN = Token("1205-000001", 1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DocumentServer]:
    made = DocumentServer(tmp_path, lambda _: b"a secret")
    yield made
    made.stop()


def make(server: DocumentServer, document: bytes, driver: str = "D") -> None:
    """As a guard of queue A does."""
    server.expect("A", [document], OPTIONS)
    server.filtered_ahead.store("A", key(server.filtered_ahead.next("A", driver)), RASTER)


def test_what_was_made_for_a_person_who_is_not_next_any_more_is_forgotten(server: DocumentServer) -> None:
    make(server, b"1")
    server.expect("B", [b"1"], OPTIONS)
    server.expect("A", [b"2"], OPTIONS)
    assert server.filtered_ahead.pop(b"1", IN_WORDS, "D") == RASTER, "it was another queue's too"
    make(server, b"3")
    server.expect("A", [], OPTIONS)
    assert server.filtered_ahead.pop(b"3", IN_WORDS, "D") is None


def test_what_was_made_of_a_card_that_is_offered_is_kept_until_that_is_over(server: DocumentServer) -> None:
    for driver in ("D", "E"):
        make(server, b"1", driver)
    server.offer(TOKEN, 7, "A", b"1", OPTIONS)
    server.expect("A", [b"2"], OPTIONS)
    assert server.filtered_ahead.pop(b"1", IN_WORDS, "D") == RASTER
    server.retract(TOKEN)
    assert server.filtered_ahead.pop(b"1", IN_WORDS, "E") is None


def test_what_is_brought_of_a_person_who_is_not_next_any_more_is_not_kept(server: DocumentServer) -> None:
    server.expect("A", [b"1"], OPTIONS)
    given = key(server.filtered_ahead.next("A", "D"))
    server.expect("A", [], OPTIONS)
    server.filtered_ahead.store("A", given, RASTER)
    assert server.filtered_ahead.pop(b"1", IN_WORDS, "D") is None
