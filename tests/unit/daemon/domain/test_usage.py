from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain import ledger
from daemon.domain.errors import Overdrawn
from daemon.domain.ledger import post
from daemon.domain.usage import Flow, usage
from tests.ledger_fold import fold

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
BEFORE, WITHIN, AFTER = START - timedelta(days=3), START + timedelta(days=3), END + timedelta(days=3)
ACCOUNTS = [*sorted(ledger.PLAIN_ACCOUNTS), "hopper:card-1", "hopper:card-2"]
USABLE = (ledger.STORE, ledger.IN_PROCESS, "hopper:card-1", "hopper:card-2")


@dataclass(frozen=True, kw_only=True)
class Booked:
    quantity: int
    credit: str
    debit: str
    reason: str = "test"
    batch: str | None = None
    at: datetime = WITHIN
    id: int = 0
    reverses: int | None = None

    def post_to(self, balances: dict[str, int]) -> dict[str, int]:
        return post(
            balances,
            ledger.Movement(quantity=self.quantity, credit=self.credit, debit=self.debit, reason=self.reason),
        )


def received(quantity: int, batch: str | None, at: datetime = BEFORE) -> Booked:
    return Booked(quantity=quantity, credit="centre", debit="store", reason="received", batch=batch, at=at)


def issued(quantity: int, at: datetime = WITHIN) -> Booked:
    return Booked(quantity=quantity, credit="in_process", debit="issued", reason="printed", at=at)


@st.composite
def entries(draw: st.DrawFn) -> Booked:
    credit, debit = draw(st.permutations(ACCOUNTS).map(lambda accounts: accounts[:2]))
    return Booked(
        quantity=draw(st.integers(1, 300)),
        credit=credit,
        debit=debit,
        reason=draw(st.sampled_from(["test", *ledger.SPOIL_REASONS, "transferred_in", "received"])),
        batch=draw(st.sampled_from([None, "B1", "B2"])),
        at=draw(st.sampled_from([BEFORE, WITHIN, AFTER])),
    )


@given(st.lists(entries(), max_size=60))
def test_opening_and_flows_are_the_fold_of_the_ledger_and_no_batch_goes_below_zero(wanted: list[Booked]) -> None:
    balances: dict[str, int] = {}
    booked = []
    for entry in sorted(wanted, key=lambda entry: entry.at):
        try:
            balances = entry.post_to(balances)
        except Overdrawn:
            continue
        booked.append(entry)
    report = usage(booked, START, END)

    for moment, usable, spoiled in (
        (START, report.usable.opening, report.spoiled.opening),
        (END, report.usable.closing, report.spoiled.closing),
    ):
        at_moment = fold(
            ledger.Movement(quantity=entry.quantity, credit=entry.credit, debit=entry.debit, reason="fold")
            for entry in booked
            if entry.at < moment
        )
        assert usable == sum(at_moment.get(account, 0) for account in USABLE)
        assert spoiled == at_moment.get(ledger.SPOILED, 0)
    for batch in report.batches:
        for stock in (batch.usable, batch.spoiled):
            assert stock.opening >= 0
            assert stock.closing >= 0


def test_what_nobody_named_is_taken_from_the_batch_that_came_first() -> None:
    report = usage([received(100, "B1"), received(100, "B2"), issued(120)], START, END)
    assert [(batch.batch, batch.usable.opening, batch.usable.closing) for batch in report.batches] == [
        ("B1", 100, 0),
        ("B2", 100, 80),
    ]
    assert report.usable.flows == {Flow.ISSUED: -120}


def test_a_movement_that_names_its_batch_takes_from_that_one_first() -> None:
    spoiled = Booked(quantity=30, credit="store", debit="spoiled", reason="factory_defect", batch="B2")
    report = usage([received(100, "B1"), received(20, "B2"), spoiled], START, END)
    assert [(batch.batch, batch.usable.closing, batch.spoiled.closing) for batch in report.batches] == [
        ("B1", 90, 10),
        ("B2", 0, 20),
    ]


@pytest.mark.parametrize(
    ("entry", "flow", "quantity"),
    [
        (received(7, "B9", WITHIN), Flow.RECEIVED, 7),
        (Booked(quantity=7, credit="centre", debit="store", reason="transferred_in"), Flow.TRANSFERRED_IN, 7),
        (Booked(quantity=7, credit="transferred", debit="store", reason="transferred_in"), Flow.TRANSFERRED_IN, 7),
        (issued(7), Flow.ISSUED, -7),
        (Booked(quantity=7, credit="store", debit="spoiled", reason="lost"), Flow.LOST, -7),
        (Booked(quantity=7, credit="in_process", debit="spoiled", reason="print_spoiled"), Flow.PRINT_SPOILED, -7),
        (Booked(quantity=7, credit="store", debit="transferred", reason="transferred_out"), Flow.TRANSFERRED_OUT, -7),
        (Booked(quantity=7, credit="store", debit="variance", reason="counted"), Flow.VARIANCE, -7),
        (Booked(quantity=7, credit="variance", debit="store", reason="counted"), Flow.VARIANCE, 7),
    ],
)
def test_every_flow_has_its_line(entry: Booked, flow: Flow, quantity: int) -> None:
    report = usage([received(100, "B1"), entry], START, END)
    assert report.usable.flows == {flow: quantity}
    assert report.usable.closing == 100 + quantity


def test_what_moves_within_the_office_is_no_flow() -> None:
    inside = [
        Booked(quantity=50, credit="store", debit="hopper:card-1", reason="loaded"),
        Booked(quantity=1, credit="hopper:card-1", debit="in_process", reason="print"),
        Booked(quantity=1, credit="in_process", debit="hopper:card-1", reason="no_card"),
    ]
    assert usage([received(100, "B1"), *inside], START, END).usable.flows == {}


def test_cards_that_came_back_and_were_destroyed_are_told_beside_the_stocks() -> None:
    destroyed = Booked(quantity=3, credit="issued", debit="destroyed", reason="destroyed")
    report = usage([received(100, "B1"), issued(10), destroyed], START, END)
    assert report.cards_destroyed == 3
    assert report.usable.closing == 90


BOOKINGS = [
    (Booked(quantity=7, credit="centre", debit="store", reason="received", batch="B9", id=5), "B9"),
    (Booked(quantity=7, credit="centre", debit="store", reason="transferred_in", id=5), None),
    (Booked(quantity=7, credit="transferred", debit="store", reason="transferred_in", id=5), None),
    (Booked(quantity=7, credit="store", debit="spoiled", reason="lost", id=5), "B1"),
    (Booked(quantity=7, credit="store", debit="transferred", reason="transferred_out", id=5), "B1"),
    (Booked(quantity=7, credit="store", debit="variance", reason="counted", id=5), "B1"),
    (Booked(quantity=7, credit="variance", debit="store", reason="counted", id=5), None),
]


def reversed_(entry: Booked, at: datetime = WITHIN) -> Booked:
    return Booked(
        quantity=entry.quantity,
        credit=entry.debit,
        debit=entry.credit,
        reason=entry.reason,
        batch=entry.batch,
        at=at,
        id=6,
        reverses=entry.id,
    )


@pytest.mark.parametrize(("entry", "batch"), BOOKINGS)
def test_an_entry_and_its_reversal_in_one_period_are_nothing_in_any_batch(entry: Booked, batch: str | None) -> None:
    stock = [received(100, "B1"), received(100, "B2")]
    report = usage([*stock, entry, reversed_(entry)], START, END, {entry.id})
    for of_batch in report.batches:
        assert not any(of_batch.usable.flows.values()), batch
        assert not any(of_batch.spoiled.flows.values())
        assert of_batch.usable.opening == of_batch.usable.closing


@pytest.mark.parametrize(("entry", "batch"), BOOKINGS)
def test_a_reversal_in_a_later_period_stands_in_the_same_column_with_the_other_sign(
    entry: Booked, batch: str | None
) -> None:
    stock = [received(100, "B1"), received(100, "B2")]
    later = reversed_(entry, END + timedelta(days=1))
    first = usage([*stock, entry, later], START, END, {entry.id})
    then = usage([*stock, entry, later], END, END + timedelta(days=30), {entry.id})
    assert then.usable.flows == {flow: -quantity for flow, quantity in first.usable.flows.items()}
    assert then.usable.opening == first.usable.closing
    assert then.usable.closing == 200
    assert [of_batch.batch for of_batch in then.batches if any(of_batch.usable.flows.values())] == [batch]


def test_cards_whose_destruction_is_reversed_were_not_destroyed() -> None:
    destroyed = Booked(quantity=3, credit="issued", debit="destroyed", reason="destroyed", id=5)
    report = usage([received(100, "B1"), issued(10), destroyed, reversed_(destroyed)], START, END, {5})
    assert report.cards_destroyed == 0
