from random import Random

from daemon.domain.link import Cause, Hysteresis, LinkState, Stage
from daemon.ports import LinkFailure, Store
from tests.fakes.central import FakeCentral
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import situation
from workers.centre.link_watch import LinkWatch
from workers.leadership import as_saved


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


def test_the_cause_of_an_outage_is_what_the_next_probe_finds_and_not_where_a_call_was_cut(
    store: Store, clock: ManualClock
) -> None:
    loop, central = watch(store, clock)
    step(loop, clock)
    for _ in range(3):
        loop.failed(LinkFailure(Stage.ANSWER, "the connection was cut"))
    assert store.links.outages(1)[0].cause == "answer"
    for stage in (Stage.RESOLVE, Stage.CONNECT):
        central.broken = stage
        step(loop, clock)
    assert store.links.outages(1)[0].cause == "resolve"
    now = store.links.link()
    assert now is not None
    assert now.cause is Cause.CONNECT, "what people see is what fails now"


def test_a_line_that_is_long_gone_is_up_within_one_interval_of_its_return(store: Store, clock: ManualClock) -> None:
    loop, central = watch(store, clock)
    step(loop, clock)
    central.broken = Stage.CONNECT
    for _ in range(100):
        step(loop, clock)
    central.broken, back_at = None, clock.monotonic()
    while step(loop, clock) is not LinkState.UP:
        pass
    assert clock.monotonic() - back_at <= 2 * loop.interval_seconds, "the last step is the pause after it was seen"
    outage = store.links.outages(1)[0]
    assert outage.ended_at is not None
