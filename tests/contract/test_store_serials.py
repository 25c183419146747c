"""The register of serial numbers."""

import pytest

from daemon.domain import ledger
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Movement
from daemon.domain.serials import SerialTrouble
from daemon.ports import Store
from tests.contract.office import CLERK, NOON, events, in_line, minutes, print_next, stock


def receive(store: Store, *serials: str, batch: str = "B1", document: str | None = None) -> bool:
    delivery = Movement(
        quantity=len(serials),
        credit=ledger.CENTRE,
        debit=ledger.STORE,
        reason=ledger.RECEIVED,
        batch=batch,
        document=document,
        serials=serials,
    )
    return store.ledger.move(delivery, at=NOON, actor=CLERK)


def tie(store: Store, record_id: str, serial: str) -> SerialTrouble | None:
    return store.serials.tie(record_id, serial, at=NOON, actor=CLERK).trouble


@pytest.fixture
def printed(store: Store) -> Store:
    """The cards of A and B are made."""
    stock(store)
    in_line(store, "A", "B", "C")
    for minute in (1, 2):
        print_next(store, at=NOON + minutes(minute))
    return store


def test_a_delivery_is_booked_with_its_serials_or_not_at_all(store: Store) -> None:
    assert receive(store, "S1", "S2")
    with pytest.raises(Rejected, match="serial S2 was received before, in batch B1"):
        receive(store, "S9", "S2", batch="B2")
    assert store.ledger.balances()[ledger.STORE] == 2
    assert store.serials.registered() == {"B1": 2}
    assert store.serials.find("S9").batch is None
    assert store.serials.find("S1").batch == "B1"


def test_the_same_paper_again_registers_nothing_again(store: Store) -> None:
    assert receive(store, "S1", "S2", document="SJ/1")
    assert not receive(store, "S1", "S2", document="SJ/1")
    with pytest.raises(Rejected, match="serials S3 to S4"):
        receive(store, "S3", "S4", document="SJ/1")


def test_thousands_at_once(store: Store) -> None:
    assert receive(store, *(f"S{number:05}" for number in range(2500)))
    assert store.serials.registered() == {"B1": 2500}


def test_a_serial_is_tied_to_the_latest_card_and_goes_to_the_centre_with_it(printed: Store) -> None:
    receive(printed, "S1", "S2")
    assert tie(printed, "A", "S1") is None
    assert printed.serials.find("S1").cards == (("A", 1),)
    due = printed.issuances.due(10)
    assert due is not None
    assert {issuance.record_id: issuance.card_serial for issuance in due[1]} == {"A": "S1", "B": None}
    assert "card_serial" in events(printed, "A")


def test_one_that_was_never_received_is_trouble_until_it_comes(printed: Store) -> None:
    assert tie(printed, "A", "S1") is SerialTrouble.UNKNOWN
    assert printed.serials.troubles(5) == [("A", "S1", SerialTrouble.UNKNOWN)]
    receive(printed, "S1")
    assert printed.serials.troubles(5) == []


def test_one_that_comes_up_twice_is_trouble_of_both_cards_until_one_is_put_right(printed: Store) -> None:
    receive(printed, "S1", "S2")
    assert tie(printed, "A", "S1") is None
    assert tie(printed, "B", "S1") is SerialTrouble.TWICE
    assert printed.serials.troubles(5) == [("A", "S1", SerialTrouble.TWICE), ("B", "S1", SerialTrouble.TWICE)]
    assert tie(printed, "B", "S2") is None
    assert printed.serials.troubles(5) == []
    assert printed.serials.find("S1").cards == (("A", 1),)


def test_who_has_no_card_gets_no_serial(printed: Store) -> None:
    for record_id in ("C", "nobody"):
        with pytest.raises(Rejected, match="no card was made"):
            tie(printed, record_id, "S1")


def test_the_serials_of_a_delivery_go_with_its_reversal(store: Store) -> None:
    assert receive(store, "A1", "A2", document="SJ/1")
    store.ledger.reverse(1, why="another list", at=NOON, actor=CLERK)
    assert store.serials.registered() == {}
    assert receive(store, "A2", "A3", document="SJ/1")
    assert store.serials.find("A1").batch is None


def test_a_delivery_of_which_a_blank_became_a_card_is_not_reversed(printed: Store) -> None:
    receive(printed, "A1", "A2")
    (delivery, *_) = printed.ledger.entries(1)
    tie(printed, "A", "A2")
    with pytest.raises(Rejected, match="serial A2 of this delivery stands on the card of A"):
        printed.ledger.reverse(delivery.id, why="x", at=NOON, actor=CLERK)
    assert printed.serials.registered() == {"B1": 2}
