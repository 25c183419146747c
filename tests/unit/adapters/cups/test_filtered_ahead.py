"""Which documents are made ready, by whose guard, and which of them are found again."""

from adapters.cups import filtered_ahead
from adapters.cups.filtered_ahead import Filtered, FilteredAhead

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
    ready.keep("A", key(ready.next("A", "D")), RASTER)
    assert next_document(ready, "A") is None, "it is made"
    for other in ((b"2", "media=CR80", "D"), (b"1", "media=A4", "D"), (b"1", "media=CR80", "E")):
        assert ready.pop(*other) is None
    assert ready.pop(b"1", "media=CR80", "D") == RASTER
    assert ready.pop(b"1", "media=CR80", "D") is None


def test_nothing_is_kept_but_what_that_queue_s_guard_was_given() -> None:
    ready = FilteredAhead()
    ready.expect("A", [b"1"], "")
    given = key(ready.next("A", "D"))
    ready.keep("B", given, RASTER)
    ready.keep("A", "another", RASTER)
    assert ready.pop(b"1", "", "D") is None
    ready.keep("A", given, RASTER)
    assert ready.pop(b"1", "", "D") == RASTER


def test_the_oldest_makes_room() -> None:
    ready = FilteredAhead()
    half = Filtered(content_type="t", document=bytes(filtered_ahead.MOST_BYTES // 2))
    for document in (b"1", b"2", b"3"):
        ready.expect("A", [document], "")
        ready.keep("A", key(ready.next("A", "D")), half)
    assert [ready.pop(document, "", "D") is not None for document in (b"1", b"2", b"3")] == [False, True, True]
