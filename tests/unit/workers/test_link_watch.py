from random import Random

from daemon.domain.link import Cause, Hysteresis, LinkState, Stage
from daemon.ports import LinkFailure, Store
from tests.fakes.central import FakeCentral
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import situation
from workers.link_watch import LinkWatch, as_saved


def watch(store: Store, clock: ManualClock) -> tuple[LinkWatch, FakeCentral]:
    central = FakeCentral(clock=clock)
    loop = LinkWatch(
        central=central,
        links=store.links,
        situation=situation(clock, LinkState.UNKNOWN),
        clock=clock,
        hysteresis=Hysteresis(down_after=3, up_after=2),
        chance=Random(1),
        interval_seconds=15,
    )
    return loop, central


def step(loop: LinkWatch, clock: ManualClock) -> LinkState:
    clock.advance(loop.step())
    return loop.situation.link.state


def test_an_outage_is_kept_with_its_start_its_end_and_its_cause(store: Store, clock: ManualClock) -> None:
    loop, central = watch(store, clock)
    step(loop, clock)
    went = clock.now()
    central.broken = Stage.TLS
    assert [step(loop, clock) for _ in range(3)] == [LinkState.DEGRADED, LinkState.DEGRADED, LinkState.DOWN]
    central.broken = None
    assert [step(loop, clock) for _ in range(2)] == [LinkState.DOWN, LinkState.UP]
    (outage,) = store.links.outages(10)
    assert (outage.started_at, outage.cause) == (went, "tls")
    assert outage.ended_at is not None
    assert outage.ended_at > went


def test_a_failed_call_counts_as_a_failed_probe_at_once(store: Store, clock: ManualClock) -> None:
    loop, _ = watch(store, clock)
    step(loop, clock)
    for _ in range(3):
        loop.failed(LinkFailure(Stage.ANSWER, "HTTP 502"))
    assert loop.situation.link.state is LinkState.DOWN


def test_an_outage_outlives_a_restart_and_anything_else_is_unknown(store: Store, clock: ManualClock) -> None:
    assert as_saved(store.links, clock).state is LinkState.UNKNOWN
    loop, central = watch(store, clock)
    step(loop, clock)
    assert as_saved(store.links, clock).state is LinkState.UNKNOWN
    central.broken = Stage.CONNECT
    while step(loop, clock) is not LinkState.DOWN:
        pass
    saved = as_saved(store.links, clock)
    assert (saved.state, saved.cause) == (LinkState.DOWN, Cause.CONNECT)
