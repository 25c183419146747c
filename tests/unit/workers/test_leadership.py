"""Who leads, and what the others go by."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from daemon.domain.errors import Fatal, Retryable
from daemon.domain.link import Link, LinkState
from daemon.ports import LEAD, Page, Store
from tests.fakes.clock import ManualClock
from tests.fakes.lease import LoneLease
from tests.unit.workers.office import situation
from workers.leadership import FOLLOWING, KEEP_SECONDS, NOT_LEADING, Leadership, Led
from workers.situation import Situation

CARD = "printer card-1"


@dataclass
class SharedLease(LoneLease):
    """One daemon's view of what several have."""

    others: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    is_away: bool = False

    def acquire(self, *names: str) -> frozenset[str]:
        return frozenset(self.others.intersection(names))

    def renew(self) -> frozenset[str]:
        if self.is_away:
            raise Retryable("the server cannot be reached")
        lost, self.lost = frozenset(self.lost), set()
        return lost


@dataclass
class Counting:
    """A loop that counts its steps."""

    name: str = "counting"
    patience_seconds: float = 1.0
    steps: int = 0

    def step(self) -> float:
        self.steps += 1
        return 0.5

    def close(self) -> None:
        pass


@pytest.fixture
def here(clock: ManualClock) -> Situation:
    return situation(clock, LinkState.UNKNOWN)


@pytest.fixture
def lease() -> SharedLease:
    return SharedLease()


@pytest.fixture
def leadership(store: Store, clock: ManualClock, here: Situation, lease: SharedLease) -> Leadership:
    return Leadership(lease=lease, links=store.links, records=store.records, situation=here, clock=clock)


def save(store: Store, link: Link) -> Link:
    store.links.save_link(link, link)
    return link


def test_the_first_to_come_leads_and_believes_nothing_that_it_did_not_see(
    store: Store, clock: ManualClock, here: Situation, leadership: Leadership
) -> None:
    save(store, Link(state=LinkState.UP, since=clock.now()))
    leadership.step()
    assert here.leads
    assert here.link.state is LinkState.UNKNOWN


def test_an_outage_goes_on_whoever_leads(
    store: Store, clock: ManualClock, here: Situation, leadership: Leadership
) -> None:
    outage = save(store, Link(state=LinkState.DOWN, since=clock.now()))
    leadership.step()
    assert here.link == outage


def test_the_others_go_by_what_the_leader_saved(
    store: Store, clock: ManualClock, here: Situation, leadership: Leadership, lease: SharedLease
) -> None:
    lease.others = {LEAD}
    assert leadership.step() is FOLLOWING
    assert not here.leads
    up = save(store, Link(state=LinkState.UP, since=clock.now()))
    leadership.step()
    assert here.link == up
    assert here.unsure_before == up.since  # nothing was pulled since then
    clock.advance(5)
    store.records.take_page(Page(records=(), bad=(), next="1", more=False), clock.now())
    leadership.step()
    assert here.unsure_before is None


def test_a_leader_that_is_gone_is_followed_by_the_next(
    here: Situation, leadership: Leadership, lease: SharedLease
) -> None:
    lease.others = {LEAD}
    leadership.step()
    lease.others = set()
    leadership.step()
    assert here.leads


def test_who_cannot_reach_the_store_leads_no_more(here: Situation, leadership: Leadership, lease: SharedLease) -> None:
    leadership.step()
    lease.is_away = True
    assert leadership.step() == KEEP_SECONDS
    assert not here.leads
    lease.is_away, lease.lost, lease.others = False, {LEAD}, {LEAD}
    leadership.step()
    assert not here.leads


def test_a_printer_that_another_took_meanwhile_ends_this_daemon(leadership: Leadership, lease: SharedLease) -> None:
    lease.lost = {CARD}
    with pytest.raises(Fatal, match="another giliran took printer card-1"):
        leadership.step()


def test_a_led_loop_rests_until_this_daemon_leads(here: Situation) -> None:
    loop = Counting()
    led = Led(loop, here)
    assert led.step() is NOT_LEADING
    here.set_leads(True)
    assert led.step() == 0.5
    assert loop.steps == 1
    assert timedelta(seconds=led.patience_seconds) == timedelta(seconds=1)
