from datetime import timedelta

import pytest

from daemon.domain.link import Link, LinkState
from tests.fakes.clock import ManualClock
from workers.situation import Situation
from workers.start_gate import StartGate


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


def test_under_drain_a_line_that_was_never_seen_starts_nothing() -> None:
    assert not gate(LinkState.UNKNOWN, timedelta(hours=1))[0].is_open()
