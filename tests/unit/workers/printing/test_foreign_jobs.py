"""Others' jobs on a card printer's queue, on a real store."""

import pytest

from daemon.domain import ledger
from daemon.ports import ForeignJob, Store
from tests.contract.office import stock
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import situation
from workers.printing.foreign_jobs import ForeignJobs
from workers.situation import Situation

HOPPER = ledger.hopper("card-1")
JOB = ForeignJob(queue="Evolis_1", number=17, user="petugas")


@pytest.fixture
def around(clock: ManualClock) -> Situation:
    return situation(clock)


def foreign_jobs(store: Store, around: Situation, clock: ManualClock, *, may_pass: bool) -> ForeignJobs:
    printers = {"Evolis_1": "card-1"}
    return ForeignJobs(printers=printers, may_pass=may_pass, ledger=store.ledger, situation=around, clock=clock)


def test_by_default_they_get_no_blank(store: Store, around: Situation, clock: ManualClock) -> None:
    stock(store)

    assert not foreign_jobs(store, around, clock, may_pass=False)(JOB)

    assert store.ledger.balances()[HOPPER] == 10
    assert around.foreign_cards == ()


def test_one_that_is_let_pass_takes_a_blank_that_is_booked_and_told(
    store: Store, around: Situation, clock: ManualClock
) -> None:
    stock(store)

    assert foreign_jobs(store, around, clock, may_pass=True)(JOB)

    balances = store.ledger.balances()
    assert (balances[HOPPER], balances[ledger.SPOILED]) == (9, 1)
    assert [(card.printer, card.number) for card in around.foreign_cards] == [("card-1", 17)]


def test_an_empty_hopper_and_a_queue_of_nobody_s_let_none_pass(
    store: Store, around: Situation, clock: ManualClock
) -> None:
    decide = foreign_jobs(store, around, clock, may_pass=True)

    assert not decide(JOB)
    assert not decide(ForeignJob(queue="Laser", number=18, user="petugas"))
