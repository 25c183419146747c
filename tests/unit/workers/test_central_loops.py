import pytest

from daemon.domain import job as moves
from daemon.domain.job import Verdict
from daemon.domain.ledger import Movement
from daemon.domain.link import LinkState, Stage
from daemon.domain.states import State
from daemon.ports import Claim, LinkFailure, Page, Receipt, Store
from tests.fakes.central import FakeCentral
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import card, record, situation, take_in
from workers.central_sync import CentralSync
from workers.issuance_report import IssuanceReport


def sync(store: Store, clock: ManualClock, central: FakeCentral, failures: list[LinkFailure]) -> CentralSync:
    return CentralSync(
        central=central,
        records=store.records,
        situation=situation(clock),
        clock=clock,
        interval_seconds=60,
        page_size=2,
        on_failure=failures.append,
    )


def test_pages_are_taken_one_after_another_and_a_cut_resumes_where_it_was(store: Store, clock: ManualClock) -> None:
    first = Page(records=(record("R-1", clock.now()),), bad=(), next="c1", more=True)
    second = Page(records=(record("R-2", clock.now()),), bad=(), next="c2", more=False)
    central, failures = FakeCentral(clock=clock, pages=[first]), list[LinkFailure]()
    loop = sync(store, clock, central, failures)
    assert loop.step() == 0.0
    central.broken = Stage.ANSWER
    assert loop.step() > 0
    assert len(failures) == 1
    central.broken, central.pages = None, [second]
    assert loop.step() == 60
    assert central.asked == [None, "c1"]
    assert store.records.cursor() == "c2"
    assert store.view.counts()[State.READY] == 2


def test_nothing_is_asked_while_the_line_is_down(store: Store, clock: ManualClock) -> None:
    central = FakeCentral(clock=clock)
    loop = sync(store, clock, central, [])
    loop.situation = situation(clock, LinkState.DOWN)
    loop.step()
    assert central.asked == []


@pytest.fixture
def report(store: Store, clock: ManualClock) -> IssuanceReport:
    take_in(store, clock, "R-1", "R-2")
    store.ledger.move(Movement(quantity=9, credit="centre", debit="store", reason="receive"), at=clock.now(), actor="a")
    load = Movement(quantity=9, credit="store", debit="hopper:card-1", reason="load")
    store.ledger.move(load, at=clock.now(), actor="a")
    for record_id in ("R-1", "R-2"):
        store.documents.keep(card(record_id))
        claim = store.jobs.claim("card-1", clock.now(), guarded=True)
        assert isinstance(claim, Claim)
        store.jobs.apply(moves.conclude(claim.attempt.job, Verdict.PRINTED, reason=None, at=clock.now()))
    return IssuanceReport(
        central=FakeCentral(clock=clock),
        issuances=store.issuances,
        situation=situation(clock),
        clock=clock,
        on_failure=lambda failure: None,
    )


def test_a_batch_keeps_its_key_until_the_centre_has_it(report: IssuanceReport) -> None:
    assert isinstance(report.central, FakeCentral)
    report.central.broken = Stage.ANSWER
    report.step()
    report.step()
    report.central.broken = None
    report.central.receipts = [Receipt(accepted=frozenset({"R-1"}), rejected={"R-2": "unknown record"})]
    report.step()
    assert len(report.central.keys) == 3
    assert len(set(report.central.keys)) == 1
    report.step()
    assert len(report.central.keys) == 3, "nothing is left to tell"


def test_what_the_centre_rejects_becomes_work_for_a_person(report: IssuanceReport, store: Store) -> None:
    assert isinstance(report.central, FakeCentral)
    report.central.receipts = [Receipt(accepted=frozenset({"R-1"}), rejected={"R-2": "unknown record"})]
    report.step()
    assert list(store.issuances.rejected()) == [("R-2", "unknown record")]
    assert store.issuances.undelivered() == 0
