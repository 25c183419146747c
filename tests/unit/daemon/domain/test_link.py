from collections import Counter
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.link import Cause, Hysteresis, Link, LinkState, Probe, Stage, observe, unknown, until_next_probe
from tests.unit.daemon.domain.build import NOON

PLAIN = Hysteresis(down_after=3, up_after=2)


def watch(outcomes: list[bool], hysteresis: Hysteresis = PLAIN) -> list[Link]:
    link, seen = unknown(NOON), []
    for minute, ok in enumerate(outcomes, start=1):
        at = NOON + timedelta(minutes=minute)
        link = observe(link, Probe(at=at, failed_stage=None if ok else Stage.CONNECT, detail="refused"), hysteresis)
        seen.append(link)
    return seen


def states(outcomes: list[bool]) -> str:
    return " ".join(link.state.value for link in watch(outcomes))


def test_one_success_brings_an_unknown_line_up() -> None:
    assert states([True]) == "up"


def test_a_single_failure_only_degrades() -> None:
    assert states([True, False, True, True]) == "up degraded degraded up"


def test_the_line_goes_down_after_so_many_failures_and_up_after_so_many_successes() -> None:
    assert states([True, False, False, False, True, True]) == "up degraded degraded down down up"


def test_a_line_that_never_answered_goes_down_too() -> None:
    assert states([False, False, False]) == "unknown unknown down"


def test_an_outage_starts_with_its_first_failure_and_has_a_cause() -> None:
    down = watch([True, False, False, False])[-1]
    assert down.since == NOON + timedelta(minutes=2)
    assert down.cause is Cause.CONNECT


def test_the_cause_is_forgotten_when_the_line_is_back() -> None:
    assert watch([False, False, False, True, True])[-1].cause is None


@given(st.lists(st.booleans(), max_size=80), st.integers(1, 5), st.integers(1, 5))
def test_only_a_full_streak_changes_between_up_and_down(outcomes: list[bool], down_after: int, up_after: int) -> None:
    hysteresis = Hysteresis(down_after=down_after, up_after=up_after)
    previous = unknown(NOON)
    for index, link in enumerate(watch(outcomes, hysteresis)):
        if link.state is LinkState.DOWN and previous.state is not LinkState.DOWN:
            assert outcomes[index + 1 - down_after : index + 1] == [False] * down_after
        if link.state is LinkState.UP and previous.state is LinkState.DOWN:
            assert outcomes[index + 1 - up_after : index + 1] == [True] * up_after
        assert (link.failures == 0) == outcomes[index]
        previous = link


def pauses(hysteresis: Hysteresis, outcomes: list[bool], chance: float) -> list[float]:
    """Of an interval, the pause after each probe."""
    return [until_next_probe(link, hysteresis, 1.0, chance) for link in watch(outcomes, hysteresis)]


def test_the_probe_slows_down_while_the_line_is_gone_and_is_not_slower_for_that_than_when_it_is_there() -> None:
    up, *gone = pauses(PLAIN, [True, *[False] * 12], 0.999999)
    assert [round(part, 3) for part in gone[2:7]] == [0.125, 0.25, 0.5, 0.75, 0.75]
    assert max(gone) <= up <= 1


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 40), st.floats(0, 1, exclude_max=True))
def test_a_line_that_returns_is_up_within_one_interval(down: int, up: int, gone_for: int, chance: float) -> None:
    hysteresis = Hysteresis(down_after=down, up_after=up)
    outcomes = [True, *[False] * (down + gone_for), *[True] * up]
    assert watch(outcomes, hysteresis)[-1].state is LinkState.UP
    between = pauses(hysteresis, outcomes, chance)[-1 - up : -1]
    assert sum(between) <= 1, "it returned just after a probe; then come the ones that see it and confirm it"


def test_five_hundred_offices_do_not_come_back_in_step() -> None:
    """All lose the centre in the same second and find it again when it returns hours later."""
    rng = Random(514)
    interval_seconds, returns_at = 15.0, 7200.0
    seen = []
    for _ in range(514):
        at, failures = 0.0, PLAIN.down_after
        while at < returns_at:
            gone = Link(state=LinkState.DOWN, since=NOON, failures=failures)
            at += until_next_probe(gone, PLAIN, interval_seconds, rng.random())
            failures += 1
        seen.append(at - returns_at)
    a_second = Counter(int(seconds) for seconds in seen)
    assert max(seen) < interval_seconds
    assert max(a_second.values()) < 514 / interval_seconds * 3, "spread evenly it would be a fifteenth in each second"
