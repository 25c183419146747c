"""The link's state and history."""

from dataclasses import replace

from daemon.domain.link import Hysteresis, Link, LinkState, Probe, Stage, observe, unknown
from daemon.ports import Outage, Store
from tests.contract.office import NOON, events, minutes

HYSTERESIS = Hysteresis(down_after=2, up_after=2)


def probe(minute: int, failed: Stage | None = None) -> Probe:
    return Probe(at=NOON + minutes(minute), failed_stage=failed, detail="timed out" if failed else None)


def watch(store: Store, link: Link, *probes: Probe) -> Link:
    for each in probes:
        now = observe(link, each, HYSTERESIS)
        store.links.save_link(now, link)
        link = now
    return link


def test_nothing_is_known_before_the_first_save(store: Store) -> None:
    assert store.links.link() is None
    assert store.links.outages(5) == []


def test_the_line_is_found_as_it_was_saved(store: Store) -> None:
    store.links.save_link(unknown(NOON), unknown(NOON))
    assert store.links.link() == unknown(NOON)
    link = watch(store, unknown(NOON), probe(1), probe(2, Stage.TLS))
    assert store.links.link() == link
    assert link.state is LinkState.DEGRADED
    assert events(store) == []


def test_an_outage_is_opened_and_closed_and_logged(store: Store) -> None:
    link = watch(store, unknown(NOON), probe(1), probe(2, Stage.CONNECT), probe(3, Stage.CONNECT), probe(4, Stage.TLS))
    assert store.links.outages(5) == [
        Outage(started_at=NOON + minutes(2), ended_at=None, cause="connect", detail="timed out")
    ]
    watch(store, link, probe(5), probe(6), probe(7))
    assert [outage.ended_at for outage in store.links.outages(5)] == [NOON + minutes(6)]
    assert events(store) == ["link_down", "link_up"]


def test_an_outage_that_outlives_the_daemon_is_one_outage(store: Store) -> None:
    down = watch(store, unknown(NOON), probe(1, Stage.ANSWER), probe(2, Stage.ANSWER))
    assert down.state is LinkState.DOWN
    watch(store, unknown(NOON + minutes(3)), probe(4, Stage.ANSWER), probe(5, Stage.ANSWER), probe(6), probe(7))
    assert [(o.started_at, o.ended_at) for o in store.links.outages(5)] == [(NOON + minutes(1), NOON + minutes(7))]


def test_outages_come_newest_first(store: Store) -> None:
    link = unknown(NOON)
    for start in (0, 10, 20):
        link = watch(
            store, link, *(probe(start + 1, Stage.TLS), probe(start + 2, Stage.TLS), probe(start + 3), probe(start + 4))
        )
    assert [outage.started_at for outage in store.links.outages(2)] == [NOON + minutes(21), NOON + minutes(11)]


def test_a_link_that_did_not_change_is_not_written_again(store: Store) -> None:
    link = watch(store, unknown(NOON), probe(1))
    store.links.save_link(link, link)
    assert store.links.link() == link
    store.links.save_link(replace(link, detail="x"), link)
    assert store.links.link() == replace(link, detail="x")


def test_outages_of_a_period_are_those_that_lasted_at_any_moment_of_it(store: Store) -> None:
    link = unknown(NOON)
    for minute in (10, 20, 30):
        link = watch(store, link, probe(minute, Stage.CONNECT), probe(minute + 1, Stage.CONNECT))
        if minute < 30:
            link = watch(store, link, probe(minute + 4), probe(minute + 5))
    every = store.links.outages(5)[::-1]
    assert len(every) == 3
    assert store.links.outages_between(NOON, NOON + minutes(60)) == every
    assert store.links.outages_between(every[0].ended_at or NOON, every[2].started_at) == [every[1]]
    assert store.links.outages_between(NOON + minutes(40), NOON + minutes(60)) == [every[2]]
    assert store.links.outages_between(NOON, every[0].started_at) == []
