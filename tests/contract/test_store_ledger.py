"""The ledger of blanks."""

from datetime import timedelta

import pytest

from daemon.domain import ledger
from daemon.domain.errors import Overdrawn, Rejected
from daemon.domain.ledger import Movement
from daemon.ports import Controls, Store
from tests.contract.office import CLERK, NOON, events, in_line, minutes, print_next, stock


def receive(store: Store, quantity: int, batch: str | None = None, document: str | None = None) -> bool:
    movement = Movement(
        quantity=quantity, credit=ledger.CENTRE, debit=ledger.STORE, reason="receive", batch=batch, document=document
    )
    return store.ledger.move(movement, at=NOON, actor=CLERK)


def test_every_account_starts_at_zero(store: Store) -> None:
    assert store.ledger.balances() == dict.fromkeys(ledger.PLAIN_ACCOUNTS, 0)


def test_a_movement_moves_both_balances_and_is_logged(store: Store) -> None:
    assert receive(store, 500, batch="B-1", document="D-1")
    balances = store.ledger.balances()
    assert (balances["centre"], balances["store"], sum(balances.values())) == (-500, 500, 0)
    (entry,) = store.log.entries()
    assert (entry.event, entry.actor) == ("blanks_moved", CLERK)
    assert entry.details == {
        "quantity": 500,
        "credit": "centre",
        "debit": "store",
        "reason": "receive",
        "batch": "B-1",
        "document": "D-1",
    }


def test_a_document_number_is_booked_once(store: Store) -> None:
    assert receive(store, 500, document="D-1")
    assert not receive(store, 500, document="D-1")
    with pytest.raises(Rejected, match="d-1 was booked as D-1; write it so"):
        receive(store, 500, document="d-1")
    assert receive(store, 500, document="D-2")
    assert receive(store, 1)
    assert receive(store, 1)
    assert store.ledger.balances()["store"] == 1002
    assert events(store) == ["blanks_moved"] * 4


def test_more_than_there_is_cannot_be_moved(store: Store) -> None:
    receive(store, 5)
    before = store.ledger.balances(), store.ledger.entries(10), events(store)
    with pytest.raises(Overdrawn, match="store holds 5"):
        store.ledger.move(
            Movement(quantity=6, credit=ledger.STORE, debit=ledger.hopper("card-1"), reason="load"),
            at=NOON,
            actor=CLERK,
        )
    assert (store.ledger.balances(), store.ledger.entries(10), events(store)) == before


def test_variance_may_go_below_zero(store: Store) -> None:
    found = Movement(quantity=3, credit=ledger.VARIANCE, debit=ledger.STORE, reason="count")
    assert store.ledger.move(found, at=NOON, actor=CLERK)
    assert store.ledger.balances()["variance"] == -3


def test_entries_come_newest_first_and_by_account(store: Store) -> None:
    stock(store, "card-1", 7)
    stock(store, "card-2", 9)
    newest, *older = store.ledger.entries(10)
    assert (newest.debit, newest.credit, newest.quantity, newest.actor) == ("hopper:card-2", "store", 9, CLERK)
    assert newest.at == NOON
    assert len(older) == 3
    assert len(store.ledger.entries(2)) == 2
    assert [entry.quantity for entry in store.ledger.entries(10, "hopper:card-1")] == [7]
    assert [entry.quantity for entry in store.ledger.entries(10, "centre")] == [9, 7]


def test_batches_tell_what_was_received(store: Store) -> None:
    receive(store, 500, batch="B-1", document="D-1")
    receive(store, 20, batch="B-1", document="D-2")
    receive(store, 6000, batch="B-2")
    receive(store, 3)
    assert store.ledger.known_batches() == {"B-1": 520, "B-2": 6000}


def test_loading_a_hopper_nudges_its_printer(store: Store) -> None:
    assert store.printers.controls("card-1") == Controls()
    stock(store, "card-1")
    assert store.printers.controls("card-1") == Controls(nudges=1)
    stock(store, "card-1")
    assert store.printers.controls("card-1") == Controls(nudges=2)
    assert store.printers.controls("card-2") == Controls()
    assert store.printers.reports() == {}


def test_what_printers_used_up_by_day_in_the_offices_time_zone(store: Store) -> None:
    stock(store, quantity=10)
    late, next_day = NOON + minutes(4 * 60 + 59), NOON + minutes(5 * 60)
    for quantity, credit, debit, at in (
        (5, "hopper:card-1", "in_process", NOON),
        (2, "in_process", "issued", late),
        (1, "in_process", "spoiled", late),
        (1, "in_process", "hopper:card-1", late),
        (1, "store", "spoiled", late),
        (1, "in_process", "issued", next_day),
    ):
        if credit == "store":
            store.ledger.move(Movement(quantity=1, credit="centre", debit="store", reason="x"), at=at, actor=CLERK)
        store.ledger.move(Movement(quantity=quantity, credit=credit, debit=debit, reason="x"), at=at, actor=CLERK)
    jakarta, tomorrow = timedelta(hours=7), NOON.date() + timedelta(days=1)
    assert store.ledger.used(NOON, jakarta) == {NOON.date(): 3, tomorrow: 1}
    assert store.ledger.used(next_day, jakarta) == {tomorrow: 1}
    assert store.ledger.used(NOON, timedelta()) == {NOON.date(): 4}


def test_entries_are_numbered_from_one_without_gaps(store: Store) -> None:
    """Each office its own: on PostgreSQL there is a neighbour in the same tables."""
    receive(store, 500)
    stock(store)
    with pytest.raises(Overdrawn):
        store.ledger.move(
            Movement(quantity=10_000, credit=ledger.STORE, debit=ledger.DESTROYED, reason="destroy"),
            at=NOON,
            actor=CLERK,
        )
    receive(store, 5)
    numbers = [entry.id for entry in store.ledger.between(None, None)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_wrong_booking_is_reversed_by_an_entry_that_names_it(store: Store) -> None:
    receive(store, 5000, batch="B-1", document="SJ/17")
    done = store.ledger.reverse(1, why="it was five hundred", at=NOON + minutes(1), actor="head")
    assert (done.entry.id, done.by, done.freed) == (1, 2, "SJ/17")
    newest = store.ledger.entries(1)[0]
    assert (newest.reverses, newest.quantity, newest.credit, newest.debit) == (1, 5000, "store", "centre")
    assert (newest.reason, newest.batch, newest.note) == ("receive", "B-1", "it was five hundred")
    assert store.ledger.reversals() == {1: newest}
    assert store.ledger.balances()["store"] == 0
    assert store.ledger.known_batches() == {}
    assert events(store)[-1] == "blanks_reversed"
    assert store.ledger.differences() == {}


def test_an_entry_is_reversed_once_and_who_did_it_is_told(store: Store) -> None:
    receive(store, 50)
    store.ledger.reverse(1, why="typed twice", at=NOON, actor="head")
    receive(store, 50)
    before = store.ledger.balances(), events(store)
    with pytest.raises(
        Rejected, match=r"entry 1 was reversed on 2026-01-05 12:00 UTC by head \(entry 2: typed twice\)"
    ):
        store.ledger.reverse(1, why="again", at=NOON, actor=CLERK)
    with pytest.raises(Rejected, match="entry 2 is the reversal of entry 1"):
        store.ledger.reverse(2, why="back again", at=NOON, actor=CLERK)
    with pytest.raises(Rejected, match="no entry 99"):
        store.ledger.reverse(99, why="x", at=NOON, actor=CLERK)
    assert (store.ledger.balances(), events(store)) == before


def test_what_does_not_lie_there_any_more_is_not_taken_back(store: Store) -> None:
    receive(store, 50)
    store.ledger.move(Movement(quantity=20, credit="store", debit="hopper:card-1", reason="load"), at=NOON, actor=CLERK)
    with pytest.raises(Overdrawn, match="store holds 30 blanks, 50 were to be taken"):
        store.ledger.reverse(1, why="x", at=NOON, actor=CLERK)
    store.ledger.reverse(2, why="x", at=NOON, actor=CLERK)
    store.ledger.reverse(1, why="x", at=NOON, actor=CLERK)
    assert not any(store.ledger.balances().values())


def test_a_cards_own_entries_are_not_reversed_by_hand(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    print_next(store)
    printed, started = store.ledger.entries(2)
    with pytest.raises(Rejected, match="giliran job reprint A --reason"):
        store.ledger.reverse(printed.id, why="x", at=NOON, actor=CLERK)
    with pytest.raises(Rejected, match="giliran job confirm A --printed"):
        store.ledger.reverse(started.id, why="x", at=NOON, actor=CLERK)


def test_a_papers_number_is_free_once_all_of_its_entries_are_reversed(store: Store) -> None:
    receive(store, 50)
    lend = Movement(quantity=10, credit="store", debit="transferred", reason="transferred_out", office="Medan")
    store.ledger.move(lend, at=NOON, actor=CLERK)
    store.ledger.arrive(ledger.Arrival(quantity=15, office="Medan", document="BA/1"), at=NOON, actor=CLERK)
    assert store.ledger.reverse(3, why="x", at=NOON, actor=CLERK).freed is None
    with pytest.raises(Rejected, match="BA/1 was booked"):
        receive(store, 1, document="BA/1")
    assert store.ledger.reverse(4, why="x", at=NOON, actor=CLERK).freed == "BA/1"
    assert receive(store, 1, document="BA/1")
    assert not receive(store, 1, document="BA/1")
    with pytest.raises(Rejected, match="BA/1 was booked"):
        receive(store, 2, document="BA/1")


def test_no_other_offices_blanks_are_taken_back(store: Store) -> None:
    receive(store, 50)
    for office in ("Medan", "Binjai"):
        lend = Movement(quantity=10, credit="store", debit="transferred", reason="transferred_out", office=office)
        store.ledger.move(lend, at=NOON, actor=CLERK)
    store.ledger.arrive(ledger.Arrival(quantity=10, office="Medan"), at=NOON, actor=CLERK)
    with pytest.raises(Overdrawn, match="Medan has 0 blanks of ours"):
        store.ledger.reverse(2, why="x", at=NOON, actor=CLERK)
    assert store.ledger.lent() == {"Binjai": 10}


def test_a_batch_whose_only_delivery_was_reversed_never_came(store: Store) -> None:
    receive(store, 50, batch="B-1")
    receive(store, 50)
    store.ledger.reverse(1, why="it was B-2", at=NOON, actor=CLERK)
    load = Movement(quantity=1, credit="store", debit="hopper:card-1", reason="load", batch="B-1")
    with pytest.raises(Rejected, match="batch B-1 was never received"):
        store.ledger.move(load, at=NOON, actor=CLERK)


def test_filling_a_hopper_by_a_reversal_tells_its_printer(store: Store) -> None:
    stock(store, "card-1", 10)
    unload = Movement(quantity=10, credit="hopper:card-1", debit="store", reason="unloaded")
    store.ledger.move(unload, at=NOON, actor=CLERK)
    nudges = store.printers.controls("card-1").nudges
    store.ledger.reverse(3, why="x", at=NOON, actor=CLERK)
    assert store.printers.controls("card-1") == Controls(nudges=nudges + 1)
