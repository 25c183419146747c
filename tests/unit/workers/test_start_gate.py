from datetime import timedelta

import pytest

from daemon.domain.link import Link, LinkState
from tests.fakes.clock import ManualClock
from workers.situation import Situation
from workers.start_gate import KEPT_FOR, StartGate


def gate(state: LinkState, drain_for: timedelta | None = None) -> tuple[StartGate, ManualClock]:
    clock = ManualClock()
    return StartGate(situation=Situation(Link(state=state, since=clock.now())), clock=clock, drain_for=drain_for), clock


@pytest.mark.parametrize(
    ("state", "is_open"),
    [(LinkState.UP, True), (LinkState.DEGRADED, True), (LinkState.DOWN, False), (LinkState.UNKNOWN, False)],
)
def test_under_pause_a_card_starts_only_with_the_line(state: LinkState, is_open: bool) -> None:
    assert gate(state)[0].is_open() is is_open


def test_under_drain_cards_go_on_for_a_while() -> None:
    draining, clock = gate(LinkState.DOWN, timedelta(hours=1))
    assert draining.is_open()
    clock.advance(3601)
    assert not draining.is_open()


def test_draining_goes_by_a_clock_that_nobody_sets() -> None:
    draining, clock = gate(LinkState.DOWN, timedelta(hours=1))
    assert draining.is_open()
    clock.jump_wall(-86400)
    clock.advance(1800)
    assert draining.is_open()
    clock.jump_wall(2 * 86400)
    assert draining.is_open()
    clock.advance(1801)
    assert not draining.is_open()


def test_an_outage_that_went_on_while_the_daemon_was_stopped_drains_for_what_is_left() -> None:
    draining, clock = gate(LinkState.DOWN, timedelta(hours=1))
    clock.advance(3000)  # the daemon starts
    assert draining.is_open()
    clock.advance(601)
    assert not draining.is_open()


def test_every_outage_drains_anew() -> None:
    draining, clock = gate(LinkState.DOWN, timedelta(hours=1))
    assert draining.is_open()
    clock.advance(3601)
    assert not draining.is_open()
    draining.situation.set_link(Link(state=LinkState.UP, since=clock.now()))
    clock.advance(60)
    draining.situation.set_link(Link(state=LinkState.DOWN, since=clock.now()))
    assert draining.is_open()


def test_a_document_from_before_the_outage_will_do_once_the_changes_of_that_time_are_known() -> None:
    up, clock = gate(LinkState.UP)
    up.situation.caught_up()
    assert up.documents_since() == clock.now() - KEPT_FOR
    up.situation.set_link(Link(state=LinkState.DOWN, since=clock.now()))
    assert up.documents_since() is None, "what lies here is all there is"
    clock.advance(3600)
    up.situation.set_link(Link(state=LinkState.UP, since=clock.now()))
    back_at = clock.now()
    clock.advance(5)
    up.situation.set_link(Link(state=LinkState.DEGRADED, since=clock.now()))
    assert up.documents_since() == back_at
    up.situation.caught_up()
    assert up.documents_since() == clock.now() - KEPT_FOR


def test_under_drain_a_line_that_was_never_seen_starts_nothing() -> None:
    assert not gate(LinkState.UNKNOWN, timedelta(hours=1))[0].is_open()
