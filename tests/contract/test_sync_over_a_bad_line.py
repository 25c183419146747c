"""The loop that syncs, over real HTTP and a line that cuts answers, into a real store."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock
from daemon.demo.centre import CentralSimulator, make_people
from daemon.demo.centre.line import Condition, Weather
from daemon.domain.link import Link, LinkState
from daemon.domain.states import State
from daemon.ports import LinkFailure, Store
from workers.centre.central_sync import CentralSync
from workers.situation import Situation

PEOPLE = 120
PAGE = 10


@pytest.fixture
def centre() -> Iterator[CentralSimulator]:
    people = make_people(PEOPLE, seed=3)
    ready = {person.record_id: 0.0 for person in people}
    with CentralSimulator(people, token=None, ready_schedule=ready, clock=SystemClock()) as simulator:
        yield simulator


def make_loop(centre: CentralSimulator, store: Store, failures: list[LinkFailure]) -> CentralSync:
    clock = SystemClock()
    central = HttpCentralServer(url=centre.url, token=None, timeout_seconds=5.0, probe_timeout_seconds=1.0, clock=clock)
    return CentralSync(
        central=central,
        records=store.records,
        situation=Situation(Link(state=LinkState.UP, since=clock.now())),
        clock=clock,
        interval_seconds=60,
        page_size=PAGE,
        on_failure=failures.append,
    )


def test_a_first_import_that_is_cut_at_every_turn_gets_through_and_asks_for_no_page_twice_that_it_has(
    centre: CentralSimulator, store: Store
) -> None:
    """Each answer is cut at another byte, in its head or its body; now and then one gets through."""
    failures: list[LinkFailure] = []
    loop = make_loop(centre, store, failures)
    with closing(loop.central):
        taken = 0
        for cut_after_bytes in range(1, 1400, 61):
            centre.line.switch(Condition(weather=Weather.CUT, cut_after_bytes=cut_after_bytes))
            before = store.records.cursor()
            loop.step()
            after = store.records.cursor()
            taken += before != after
            intake = store.records.intake()
            assert (intake.records if intake else 0) <= taken * PAGE
        assert len(failures) > 8, "most cuts were in the middle of an answer"
        centre.line.switch(Weather.UP)
        while loop.step() == 0.0:
            pass
    assert store.view.counts()[State.READY] == PEOPLE
    assert sum(entry.event == "recorded" for entry in store.log.entries()) == PEOPLE
