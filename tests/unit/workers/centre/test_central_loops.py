from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from daemon.domain import job as moves
from daemon.domain.errors import Rejected
from daemon.domain.job import Verdict
from daemon.domain.ledger import Movement
from daemon.domain.link import LinkState, Stage
from daemon.domain.states import State
from daemon.ports import Claim, Issuance, LinkFailure, Page, Receipt, Store
from tests.fakes.central import FakeCentral
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import card, record, situation, take_in
from workers.centre.central_sync import YIELDING_SECONDS, CentralSync
from workers.centre.issuance_report import (
    AFTER_REFUSAL_SECONDS,
    AFTER_SILENCE_SECONDS,
    BATCH,
    REFUSED_ALONE,
    ROUNDS,
    IssuanceReport,
)
from workers.centre.priority import Rank
from workers.runner import pause
from workers.situation import Topic


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
    assert loop.step() == pause(60, Topic.LINK)
    assert len(failures) == 1
    central.broken, central.pages = None, [second]
    assert loop.step() == pause(60, Topic.LINK)
    assert central.asked == [None, "c1"]
    assert store.records.cursor() == "c2"
    assert store.view.counts()[State.READY] == 2


def test_nothing_is_asked_while_the_line_is_down(store: Store, clock: ManualClock) -> None:
    central = FakeCentral(clock=clock)
    loop = sync(store, clock, central, [])
    loop.situation = situation(clock, LinkState.DOWN)
    loop.step()
    assert central.asked == []


def test_a_card_that_was_pulled_before_a_change_is_doubted(store: Store, clock: ManualClock) -> None:
    take_in(store, clock, "R-1", "R-2")
    changed = Page(records=(record("R-1", clock.now(), status="PROCESSING"),), bad=(), next="c1", more=False)
    loop = sync(store, clock, FakeCentral(clock=clock, pages=[changed]), [])
    for job in store.pulled_cards.wanted(2):
        loop.pulls.begin([job])
    loop.step()
    assert [loop.pulls.is_doubted(record_id) for record_id in ("R-1", "R-2")] == [True, False]


def pulls_several_ahead(loop: CentralSync) -> bool:
    with loop.priority.held(Rank.CARDS_AHEAD):
        return not loop.priority.must_wait(Rank.CARDS_AHEAD)


def test_changes_wait_for_what_is_above_them_and_few_cards_are_pulled_ahead_during_a_whole_run_of_pages(
    store: Store, clock: ManualClock
) -> None:
    pages = [Page(records=(record(f"R-{n}", clock.now()),), bad=(), next=f"c{n}", more=n < 3) for n in range(1, 4)]
    central = FakeCentral(clock=clock, pages=pages)
    loop = sync(store, clock, central, [])
    with loop.priority.held(Rank.OUTCOMES):
        assert loop.step() == YIELDING_SECONDS
        assert central.asked == []
    loop.step()
    assert not pulls_several_ahead(loop)
    assert not loop.priority.must_wait(Rank.NEXT_CARDS)
    loop.step()
    loop.step()
    assert pulls_several_ahead(loop)
    assert loop.situation.unsure_before is None, "the last page was taken"


@pytest.mark.parametrize("end", ["a failure", "the link is down", "the loop ends"])
def test_a_run_of_pages_that_breaks_off_keeps_nobody_waiting(store: Store, clock: ManualClock, end: str) -> None:
    first = Page(records=(record("R-1", clock.now()),), bad=(), next="c1", more=True)
    central = FakeCentral(clock=clock, pages=[first])
    loop = sync(store, clock, central, [])
    loop.step()
    assert not pulls_several_ahead(loop)
    match end:
        case "a failure":
            central.broken = Stage.ANSWER
            loop.step()
        case "the link is down":
            loop.situation = situation(clock, LinkState.DOWN)
            loop.step()
        case _:
            loop.close()
    assert pulls_several_ahead(loop)


@pytest.mark.parametrize("cursors", [["a", "b", "a", "b"], [f"c{number}" for number in range(300)]])
def test_a_centre_whose_changes_go_round_is_noticed_told_and_rested_from(
    store: Store, clock: ManualClock, cursors: list[str]
) -> None:
    same = record("R-1", clock.now())
    pages = [Page(records=(same,), bad=(), next=cursor, more=True) for cursor in cursors]
    central = FakeCentral(clock=clock, pages=pages)
    loop = sync(store, clock, central, [])
    asked = 0
    while loop.step() == 0.0:
        asked += 1
        assert asked < len(cursors)
    assert loop.step() == pause(120.0)
    intake = store.records.intake()
    assert intake is not None
    assert intake.round_since is not None
    assert pulls_several_ahead(loop), "the cards go on"
    central.pages = [Page(records=(record("R-2", clock.now()),), bad=(), next="z", more=False)]
    loop.step()
    intake = store.records.intake()
    assert intake is not None
    assert intake.round_since is None
    told = [entry.event for entry in store.log.entries() if entry.event.startswith("changes_")]
    assert told == ["changes_go_round", "changes_end_again"]


def test_pages_that_change_the_same_people_back_and_forth_are_no_news(store: Store, clock: ManualClock) -> None:
    statuses = ["PROCESSING", "PRINT_READY_RECORD"] * 10
    pages = [
        Page(records=(record("R-1", clock.now(), status=status),), bad=(), next=status, more=True)
        for status in statuses
    ]
    central = FakeCentral(clock=clock, pages=pages)
    loop = sync(store, clock, central, [])
    while loop.step() == 0.0:
        assert central.pages


@pytest.fixture
def report(store: Store, clock: ManualClock) -> IssuanceReport:
    take_in(store, clock, "R-1", "R-2")
    store.ledger.move(Movement(quantity=9, credit="centre", debit="store", reason="receive"), at=clock.now(), actor="a")
    load = Movement(quantity=9, credit="store", debit="hopper:card-1", reason="load")
    store.ledger.move(load, at=clock.now(), actor="a")
    for record_id in ("R-1", "R-2"):
        store.pulled_cards.save(card(record_id))
        claim = store.jobs.claim("card-1", clock.now(), journal="J-1")
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


def test_a_card_of_which_nothing_is_said_does_not_hold_up_the_others_and_is_asked_for_again(
    report: IssuanceReport, store: Store, clock: ManualClock
) -> None:
    assert isinstance(report.central, FakeCentral)
    silence, one = Receipt(accepted=frozenset(), rejected={}), Receipt(accepted=frozenset({"R-2"}), rejected={})
    report._most = 1
    report.central.receipts = [silence, one]
    for _ in range(5):
        report.step()
    assert len(report.central.keys) == 2, "nobody is asked for again at once"
    assert store.issuances.undelivered() == 1
    clock.advance(AFTER_SILENCE_SECONDS)
    report.central.receipts = [Receipt(accepted=frozenset({"R-1"}), rejected={})]
    for _ in range(2):
        report.step()
    assert store.issuances.undelivered() == 0


def test_what_the_centre_rejects_becomes_work_for_a_person(report: IssuanceReport, store: Store) -> None:
    assert isinstance(report.central, FakeCentral)
    report.central.receipts = [Receipt(accepted=frozenset({"R-1"}), rejected={"R-2": "unknown record"})]
    report.step()
    assert list(store.issuances.rejected()) == [("R-2", "unknown record")]
    assert store.issuances.undelivered() == 0


@dataclass
class FussyCentre(FakeCentral):
    """Refuses a report as a whole when a card is in it that it does not like."""

    dislikes: frozenset[str] = frozenset()
    sizes: list[int] = field(default_factory=list)
    takes: list[str] = field(default_factory=list)

    def report(self, issuances: Sequence[Issuance], idempotency_key: str) -> Receipt:
        self.sizes.append(len(issuances))
        told = frozenset(issuance.record_id for issuance in issuances)
        if told & self.dislikes:
            raise Rejected("the centre refuses the report (422)")
        self.takes += sorted(told)
        return Receipt(accepted=told, rejected={})


def many_cards(store: Store, clock: ManualClock, count: int) -> list[str]:
    record_ids = [f"R-{number:03}" for number in range(count)]
    take_in(store, clock, *record_ids)
    store.ledger.move(
        Movement(quantity=count, credit="centre", debit="hopper:card-1", reason="receive"), at=clock.now(), actor="a"
    )
    for record_id in record_ids:
        store.pulled_cards.save(card(record_id))
        claim = store.jobs.claim("card-1", clock.now(), journal="J-1")
        assert isinstance(claim, Claim)
        clock.advance(1)
        store.jobs.apply(moves.conclude(claim.attempt.job, Verdict.PRINTED, reason=None, at=clock.now()))
    return record_ids


def fussy_report(store: Store, clock: ManualClock, *dislikes: str) -> tuple[IssuanceReport, FussyCentre]:
    centre = FussyCentre(clock=clock, dislikes=frozenset(dislikes))
    loop = IssuanceReport(
        central=centre,
        issuances=store.issuances,
        situation=situation(clock),
        clock=clock,
        on_failure=lambda failure: None,
    )
    return loop, centre


def run_until_idle(loop: IssuanceReport, most: int = 500) -> int:
    """Steps that follow one another at once."""
    for steps in range(most):
        if loop.step() != 0.0:
            return steps
    raise AssertionError("it goes on and on")


@pytest.mark.parametrize("dislikes", [("R-000",), ("R-150",), ("R-149",), ("R-000", "R-001", "R-077")])
def test_a_card_for_which_the_centre_refuses_all_is_found_and_the_others_are_told(
    store: Store, clock: ManualClock, dislikes: tuple[str, ...]
) -> None:
    record_ids = many_cards(store, clock, 151)
    loop, centre = fussy_report(store, clock, *dislikes)
    calls = run_until_idle(loop)
    if store.issuances.undelivered():  # the last one stood alone: it is asked for again before it is given up
        for _ in range(ROUNDS):
            run_until_idle(loop)
    assert [record_id for record_id, _ in store.issuances.rejected()] == sorted(dislikes)
    assert store.issuances.undelivered() == 0
    assert sorted(centre.takes) == [record_id for record_id in record_ids if record_id not in dislikes]
    assert max(centre.sizes) == BATCH
    assert calls <= 12 * (len(dislikes) + 1), "halved, not tried one by one"


def test_a_centre_that_takes_nothing_is_asked_seldom_and_nobody_is_given_up(store: Store, clock: ManualClock) -> None:
    record_ids = many_cards(store, clock, 30)
    loop, centre = fussy_report(store, clock, *record_ids)
    waits = []
    for _ in range(3):
        run_until_idle(loop)
        waits.append(len(centre.sizes))
        clock.advance(AFTER_REFUSAL_SECONDS)
    assert waits[0] <= REFUSED_ALONE + 6
    assert waits[2] - waits[1] <= REFUSED_ALONE
    assert store.issuances.rejected() == []
    centre.dislikes = frozenset()
    run_until_idle(loop)
    run_until_idle(loop)
    assert sorted(centre.takes) == record_ids


def test_a_refusal_is_not_repeated_because_a_card_was_printed(store: Store, clock: ManualClock) -> None:
    (only,) = many_cards(store, clock, 1)
    loop, centre = fussy_report(store, clock, only)
    assert loop.step() == 0.0
    assert loop.step() == AFTER_REFUSAL_SECONDS, "time alone ends this"
    assert centre.sizes == [1]
    for _ in range(2 * ROUNDS):
        run_until_idle(loop)
    assert [record_id for record_id, _ in store.issuances.rejected()] == [only]
    assert len(centre.sizes) == ROUNDS


def test_what_a_person_has_cleared_up_is_reported_again_or_not_any_more(store: Store, clock: ManualClock) -> None:
    many_cards(store, clock, 3)
    loop, centre = fussy_report(store, clock, "R-000", "R-001")
    for _ in range(ROUNDS + 1):
        run_until_idle(loop)
    assert len(store.issuances.rejected()) == 2
    centre.dislikes = frozenset()
    for record_id, again in (("R-000", True), ("R-001", False)):
        settled = store.issuances.resolve_rejection(
            record_id, again=again, reason="cleared up", at=clock.now(), actor="siti"
        )
        assert settled == 1
    run_until_idle(loop)
    assert centre.takes == ["R-002", "R-000"]
    assert store.issuances.rejected() == []
    assert store.log.entries("R-001")[-1].event == "issuance_settled"
