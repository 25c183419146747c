from collections.abc import Callable
from dataclasses import replace

import pytest

from daemon.domain.job import PRINT_READY, WaitsFor
from daemon.domain.ledger import Movement
from daemon.domain.link import Link, LinkState, Stage
from daemon.domain.states import State
from daemon.ports import (
    AbsentAtCentre,
    BadCard,
    Card,
    Claim,
    LinkFailure,
    NoClaim,
    NotPrintReady,
    Page,
    RendererFailed,
    Store,
    Withdrawn,
)
from tests.fakes.central import FakeCentral
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import card, record, situation, take_in
from workers.centre.card_documents import AFTER_FAILURE_SECONDS, PASSING_FAILURES, YIELDING, CardDocuments
from workers.centre.priority import Rank
from workers.start_gate import KEPT_FOR, StartGate


class EchoDocuments:
    """Renders everything but what it is told to refuse."""

    def __init__(self) -> None:
        self.refuses: set[str] = set()
        self.fails_over: set[str] = set()

    def admit(self, card: Card) -> Card:
        return card

    def render(self, card: Card, template: str) -> bytes:
        if card.record_id in self.refuses:
            raise BadCard(f"{card.record_id}: photo: is no JPEG")
        if card.record_id in self.fails_over:
            raise RendererFailed(f"{card.record_id}: the typesetter was ended by SIGKILL")
        return b"%PDF-"


def answers(error: Exception) -> Callable[[], Card]:
    def answer() -> Card:
        raise error

    return answer


@pytest.fixture
def loop(store: Store, clock: ManualClock) -> CardDocuments:
    take_in(store, clock, "R-1", "R-2", "R-3")
    central = FakeCentral(clock=clock, cards={key: lambda key=key: card(key) for key in ("R-1", "R-2", "R-3")})  # type: ignore[misc]
    known = situation(clock)
    known.caught_up()
    return CardDocuments(
        central=central,
        renderer=EchoDocuments(),
        store=store.pulled_cards,
        jobs=store.jobs,
        situation=known,
        gate=StartGate(situation=known, clock=clock, drain_for=None),
        clock=clock,
        printers=1,
        templates=("card",),
        depth=2,
        on_failure=lambda failure: None,
    )


def wanted(loop: CardDocuments) -> list[str]:
    return [job.record_id for job in loop.store.wanted(10)]


def test_the_head_of_the_line_is_pulled_first_and_no_deeper_than_asked(loop: CardDocuments) -> None:
    assert wanted(loop) == ["R-1", "R-2", "R-3"]
    loop.step()
    assert wanted(loop) == ["R-2", "R-3"]
    for _ in range(5):
        loop.step()
    assert wanted(loop) == ["R-3"]


def test_nothing_is_pulled_while_the_line_is_down(loop: CardDocuments, clock: ManualClock) -> None:
    loop.situation = situation(clock, LinkState.DOWN)
    loop.step()
    assert wanted(loop) == ["R-1", "R-2", "R-3"]


@pytest.mark.parametrize(
    ("refusal", "state", "reason"),
    [
        (NotPrintReady("R-1"), State.WAITING, "not_print_ready_any_more"),
        (AbsentAtCentre("R-1"), State.WAITING, "absent_at_centre"),
        (BadCard("R-1: fields: no name"), State.WAITING, "bad_card: fields: no name"),
        (Withdrawn("R-1"), State.CANCELLED, "withdrawn_at_centre"),
    ],
)
def test_a_card_that_is_refused_never_blocks_the_others(
    loop: CardDocuments, refusal: Exception, state: State, reason: str
) -> None:
    assert isinstance(loop.central, FakeCentral)
    loop.central.cards["R-1"] = answers(refusal)
    loop.step()
    job = loop.jobs.job("R-1")
    assert (job.state, job.reason) == (state, reason)
    assert wanted(loop) == ["R-2", "R-3"]


def test_a_card_that_cannot_be_rendered_is_found_before_a_blank_is_committed(loop: CardDocuments) -> None:
    assert isinstance(loop.renderer, EchoDocuments)
    loop.renderer.refuses.add("R-1")
    loop.step()
    assert loop.jobs.job("R-1").reason == "bad_card: photo: is no JPEG"


def test_a_renderer_that_fails_blames_nobody_and_keeps_nobody_waiting(
    loop: CardDocuments, store: Store, clock: ManualClock
) -> None:
    assert isinstance(loop.renderer, EchoDocuments)
    loop.renderer.fails_over.add("R-1")
    for _ in range(PASSING_FAILURES):
        assert loop.jobs.job("R-1").state is State.READY
        loop.step()
    job = loop.jobs.job("R-1")
    assert (job.state, job.waits_for, job.fault, job.reason) == (
        State.WAITING,
        WaitsFor.RETRY,
        None,
        "try_again: renderer",
    )
    loop.step()
    assert wanted(loop) == ["R-3"]
    loop.renderer.fails_over.clear()
    clock.advance(600)
    assert store.records.retry_set_back(clock.now(), clock.now()) == 1
    loop.step()
    assert wanted(loop) == ["R-3"]
    assert loop.jobs.job("R-1").state is State.READY


def test_a_renderer_that_fails_once_sets_nobody_back(loop: CardDocuments) -> None:
    assert isinstance(loop.renderer, EchoDocuments)
    loop.renderer.fails_over.add("R-1")
    assert loop.step() == AFTER_FAILURE_SECONDS
    loop.renderer.fails_over.clear()
    assert loop.step() == 0.0
    assert loop.jobs.job("R-1").state is State.READY
    assert wanted(loop) == ["R-2", "R-3"]


def test_one_record_that_the_centre_cannot_serve_is_set_back_for_a_while(
    loop: CardDocuments, store: Store, clock: ManualClock
) -> None:
    assert isinstance(loop.central, FakeCentral)
    loop.central.cards["R-1"] = answers(LinkFailure(Stage.ANSWER, "HTTP 500"))
    reported: list[LinkFailure] = []
    loop.on_failure = reported.append
    for _ in range(PASSING_FAILURES):
        assert loop.jobs.job("R-1").state is State.READY
        loop.step()
    assert (loop.jobs.job("R-1").state, loop.jobs.job("R-1").reason) == (State.WAITING, "try_again: answer")
    assert len(reported) == PASSING_FAILURES - 1, "the last one is the record's fault, since the probe succeeds"
    clock.advance(600)
    assert store.records.retry_set_back(clock.now(), clock.now()) == 1
    assert loop.jobs.job("R-1").state is State.READY


def test_a_line_that_fails_sets_nobody_back(loop: CardDocuments) -> None:
    assert isinstance(loop.central, FakeCentral)
    loop.central.broken = Stage.CONNECT
    for _ in range(10):
        loop.step()
    assert loop.jobs.job("R-1").state is State.READY


def test_a_refusal_that_is_older_than_the_centre_s_latest_word_sets_nobody_back(
    loop: CardDocuments, store: Store, clock: ManualClock
) -> None:
    """The record went and came back while its card was asked for: the refusal is about the time between."""
    assert isinstance(loop.central, FakeCentral)

    def refuse_late() -> Card:
        for minutes, status in enumerate(("DUPLICATE_RECORD", PRINT_READY), 1):
            clock.advance(minutes)
            changed = record("R-1", clock.now(), status=status)
            store.records.take_page(Page(records=(changed,), bad=(), next=str(minutes), more=False), clock.now())
        raise NotPrintReady("R-1")

    loop.central.cards["R-1"] = refuse_late
    loop.step()
    assert loop.jobs.job("R-1").state is State.READY


def test_several_loops_never_pull_the_same_card(loop: CardDocuments) -> None:
    assert isinstance(loop.central, FakeCentral)
    sibling = replace(loop, name="another")
    pulled: list[str] = []

    def meanwhile() -> Card:
        pulled.append("R-1")
        sibling.step()
        return card("R-1")

    def other() -> Card:
        pulled.append("R-2")
        return card("R-2")

    loop.central.cards |= {"R-1": meanwhile, "R-2": other}
    loop.step()
    assert pulled == ["R-1", "R-2"]
    assert wanted(loop) == ["R-3"]


def test_a_card_that_changed_while_it_was_pulled_is_pulled_again(loop: CardDocuments) -> None:
    assert isinstance(loop.central, FakeCentral)

    def changes_meanwhile() -> Card:
        loop.pulls.doubt(["R-1"])
        return card("R-1")

    loop.central.cards["R-1"] = changes_meanwhile
    loop.step()
    assert wanted(loop) == ["R-1", "R-2", "R-3"]
    loop.central.cards["R-1"] = lambda: card("R-1")
    loop.step()
    assert wanted(loop) == ["R-2", "R-3"]


def test_what_a_printer_needs_next_goes_before_changes_and_the_rest_one_at_a_time_beside_them(
    loop: CardDocuments,
) -> None:
    with loop.priority.held(Rank.CHANGES):
        assert loop.step() == 0.0
        assert wanted(loop) == ["R-2", "R-3"]
        with loop.priority.held(Rank.CARDS_AHEAD):
            assert loop.step() == YIELDING
        assert wanted(loop) == ["R-2", "R-3"]
        assert loop.step() == 0.0
    assert wanted(loop) == ["R-3"]


def test_a_document_that_has_grown_old_is_pulled_again_and_never_printed(
    loop: CardDocuments, store: Store, clock: ManualClock
) -> None:
    move = Movement(quantity=9, credit="centre", debit="hopper:card-1", reason="receive")
    store.ledger.move(move, at=clock.now(), actor="a")
    loop.step()
    clock.advance(KEPT_FOR.total_seconds() + 1)
    since = loop.gate.documents_since()
    claim = store.jobs.claim("card-1", clock.now(), journal="J-1", documents_since=since)
    assert claim is NoClaim.AWAITS_DOCUMENT
    assert [job.record_id for job in store.pulled_cards.wanted(1, since)] == ["R-1"]
    loop.step()
    assert store.pulled_cards.wanted(1, since) == []
    assert isinstance(store.jobs.claim("card-1", clock.now(), journal="J-1", documents_since=since), Claim)


def test_a_clock_that_is_set_back_makes_nobody_pull_the_same_card_for_ever(
    loop: CardDocuments, store: Store, clock: ManualClock
) -> None:
    """Just after an outage, when what lies here is in doubt by the moment at which the link came back."""
    loop.situation.set_link(Link(state=LinkState.DOWN, since=clock.now()))
    loop.situation.set_link(Link(state=LinkState.UP, since=clock.now()))
    clock.jump_wall(-3600)
    loop.step()
    assert [job.record_id for job in store.pulled_cards.wanted(1, loop.gate.documents_since())] == []
