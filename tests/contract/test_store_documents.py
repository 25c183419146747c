"""Documents pulled ahead."""

from pathlib import Path

import pytest

from daemon.domain.job import hold
from daemon.ports import Card, Claim, Store
from tests.contract.office import CLERK, NOON, card, in_line, page, record, stock


def wanted(store: Store, limit: int) -> list[str]:
    return [job.record_id for job in store.pulled_cards.wanted(limit)]


def test_documents_are_wanted_for_the_head_of_the_line(store: Store) -> None:
    store.records.take_page(page(*(record(name, minute) for minute, name in enumerate("ABCD"))), NOON)
    assert wanted(store, 3) == ["A", "B", "C"]
    store.pulled_cards.save(card("B"))
    assert wanted(store, 3) == ["A", "C"]
    assert wanted(store, 0) == []


def test_a_document_is_not_kept_for_who_is_not_ready_any_more(store: Store) -> None:
    store.records.take_page(page(record("A")), NOON)
    store.jobs.apply(hold(store.jobs.job("A"), reason="photo", at=NOON, actor=CLERK))
    store.pulled_cards.save(card("A"))
    store.pulled_cards.save(card("STRANGER"))
    store.records.take_page(page(record("B")), NOON)
    assert wanted(store, 5) == ["B"]


def test_a_document_comes_back_whole_and_the_later_one_counts(store: Store) -> None:
    stock(store)
    store.records.take_page(page(record("A")), NOON)
    kept = Card(
        record_id="A", fields={"nik": "1205010101900001", "name": "SITI CONTOH"}, photo=b"\xff\xd8", document=None
    )
    store.pulled_cards.save(card("A"))
    store.pulled_cards.save(kept)
    claim = store.jobs.claim("card-1", NOON, journal=None)
    assert isinstance(claim, Claim)
    assert claim.card == kept


def test_a_change_at_the_centre_makes_the_document_stale(store: Store) -> None:
    in_line(store, "A")
    assert wanted(store, 5) == []
    store.records.take_page(page(record("A", updated_at=NOON), following="2"), NOON)
    assert wanted(store, 5) == ["A"]


def test_nothing_personal_stands_on_the_disk_in_the_clear(
    store: Store, url: str, request: pytest.FixtureRequest
) -> None:
    in_line(store, "A")
    nik = store.records.person("A").nik
    store.close()
    if url.startswith("sqlite"):
        folder = Path(url.removeprefix("sqlite:///")).parent
    else:
        # All of the server's databases and its write-ahead log.
        folder = request.getfixturevalue("postgresql").folder / "data"
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    for file in files:
        content = file.read_bytes()
        assert b"CONTOH" not in content
        assert nik.encode() not in content
        assert b"%PDF" not in content


def test_the_next_cards_are_those_at_the_head_of_the_line_whose_documents_are_here(store: Store) -> None:
    store.records.take_page(page(*(record(name, minute) for minute, name in enumerate("ABCD"))), NOON)
    for name in "DCA":
        store.pulled_cards.save(card(name))
    assert store.next_cards.cards(3) == [card("A"), card("C")]
    store.jobs.apply(hold(store.jobs.job("A"), reason="photo", at=NOON, actor=CLERK))
    assert store.next_cards.cards(3) == [card("C"), card("D")]
    newer = Card(record_id="C", fields={"nik": "1205010101900001", "name": "SITI BARU"}, photo=None, document=None)
    store.pulled_cards.save(newer, NOON)
    assert store.next_cards.cards(3) == [newer, card("D")]
