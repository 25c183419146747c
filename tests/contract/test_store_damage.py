"""One flipped bit in a sealed row: that row alone is set aside and asked for again; the office goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from adapters.database.schema.tables import document, person
from adapters.database.sql.connections import writing_engine
from daemon.domain.errors import UnknownRecord
from daemon.domain.job import Verdict, conclude
from daemon.domain.states import State
from daemon.ports import Claim, Damage, Kept, NoClaim, Store
from tests.contract.office import (
    NOON,
    card,
    events,
    in_line,
    minutes,
    page,
    record,
    somebody,
    start,
    stock,
)

LONG_AGO = NOON - timedelta(days=1)


def flip(url: str, kept: Kept, record_id: str) -> None:
    """One bit of it, as a disk does."""
    table = person if kept is Kept.PERSON else document
    engine = writing_engine(url, "1205")
    with engine.begin() as connection:
        sealed = connection.execute(select(table.c.sealed).where(table.c.record_id == record_id)).scalar_one()
        flipped = bytes([*sealed[:-1], sealed[-1] ^ 1])
        connection.execute(update(table).where(table.c.record_id == record_id).values(sealed=flipped))
    engine.dispose()


def damages(store: Store) -> list[tuple[str, Kept, bool]]:
    return [(each.record_id, each.kept, each.mended_at is not None) for each in store.view.damages(LONG_AGO)]


def test_a_damaged_document_is_pulled_again_and_printed_in_its_turn(store: Store, url: str) -> None:
    stock(store)
    in_line(store, "A", "B")
    flip(url, Kept.DOCUMENT, "A")
    claim = store.jobs.claim("card-1", NOON, journal="J-1", documents_since=LONG_AGO)
    assert claim is NoClaim.AWAITS_DOCUMENT
    assert store.jobs.open_attempts() == []
    assert store.ledger.balances()["hopper:card-1"] == 10
    assert [job.record_id for job in store.pulled_cards.wanted(2)] == ["A"]
    assert damages(store) == [("A", Kept.DOCUMENT, False)]
    store.pulled_cards.save(card("A"))
    assert damages(store) == [("A", Kept.DOCUMENT, True)]
    assert start(store).record_id == "A"
    assert events(store, "A") == ["recorded", "damaged", "mended", "started"]


def test_without_the_line_the_others_go_on(store: Store, url: str) -> None:
    stock(store)
    in_line(store, "A", "B")
    flip(url, Kept.DOCUMENT, "A")
    claim = store.jobs.claim("card-1", NOON, journal="J-1", documents_since=None)
    assert isinstance(claim, Claim)
    assert claim.attempt.job.record_id == "B"
    job = store.jobs.job("A")
    assert (job.state, job.reason) == (State.WAITING, "try_again: its document was damaged here")
    assert store.records.retry_set_back(NOON + minutes(9), NOON + minutes(9)) == 1


def test_a_card_that_is_made_is_concluded_before_a_damaged_one_is_met(store: Store, url: str) -> None:
    stock(store)
    in_line(store, "A", "B")
    made = conclude(start(store), Verdict.PRINTED, reason=None, at=NOON)
    flip(url, Kept.DOCUMENT, "B")
    claim = store.jobs.conclude_and_claim(made, "card-1", NOON, journal="J-1", documents_since=LONG_AGO)
    assert claim is NoClaim.AWAITS_DOCUMENT
    assert store.jobs.job("A").state is State.PRINTED


def test_a_damaged_person_is_kept_anew_by_the_centres_next_word(store: Store, url: str) -> None:
    in_line(store, "A", "B")
    flip(url, Kept.PERSON, "A")
    changed = replace(record("A", 0), district="STABAT")
    store.records.take_page(page(changed, record("B", 1), following="2"), NOON)
    assert store.records.person("A") == changed.person
    assert damages(store) == [("A", Kept.PERSON, True)]
    assert events(store, "A") == ["recorded", "damaged", "mended"]


def test_a_damaged_person_is_asked_for_by_the_card_and_known_by_it(store: Store, url: str) -> None:
    in_line(store, "A")
    flip(url, Kept.PERSON, "A")
    for _ in range(2):
        with pytest.raises(UnknownRecord, match="is damaged; it is asked for again from the centre"):
            store.records.person("A")
    assert [(each.kept, each.mended_at) for each in store.view.damages(LONG_AGO)] == [(Kept.PERSON, None)]
    assert [job.record_id for job in store.pulled_cards.wanted(1)] == ["A"]
    them = somebody(7, "SITI CONTOH")
    store.pulled_cards.save(replace(card("A"), fields={"nik": them.nik, "name": them.name}))
    assert store.records.person("A") == them
    assert damages(store) == [("A", Kept.PERSON, True)]
    assert events(store, "A") == ["recorded", "damaged", "mended"]


def test_what_was_mended_is_told_for_a_while_and_what_is_damaged_anew_again(store: Store, url: str) -> None:
    stock(store)
    in_line(store, "A")
    for minute in range(2):
        flip(url, Kept.DOCUMENT, "A")
        store.jobs.claim("card-1", NOON + minutes(minute), journal="J-1", documents_since=LONG_AGO)
        store.pulled_cards.save(card("A"))
    [damage] = store.view.damages(NOON)
    assert isinstance(damage, Damage)
    assert damage.found_at == NOON + minutes(1)
    assert store.view.damages(NOON + minutes(2)) == []
