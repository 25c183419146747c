"""The link goes and comes back, on a whole stage in real time."""

from contextlib import closing

from daemon.demo.centre.line import Weather
from daemon.demo.stage import Cast, Stage
from daemon.domain.dispatch import DispatchState
from daemon.domain.link import LinkState
from daemon.domain.states import State
from daemon.main import open_store
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import end, titles, wait_for_cards
from tests.soak.outages import CAUSES, go_through
from tests.waiting import eventually


def all_pulled(stage: Stage) -> bool:
    with closing(open_store(stage.settings)) as store:
        return bool(store.view.counts()[State.READY]) and not store.pulled_cards.wanted(stage.cast.people)


def test_under_drain_what_was_pulled_is_printed_for_a_while_and_no_longer(set_stage: SetStage) -> None:
    stage = set_stage(
        Cast(
            people=20,
            printers=1,
            seconds_per_card=0.6,
            ready_within_seconds=0,
            pull_ahead=100,
            outage={"policy": "drain", "drain_for": "8s"},
        )
    )
    stage.start_daemon()
    eventually(lambda: all_pulled(stage), 60, "every document")
    stage.central.line.switch(Weather.REFUSE)
    eventually(lambda: stage.look().link.state is LinkState.DOWN, 60, "the outage")
    made = len(titles(stage))
    seen = stage.status()
    assert (seen["dispatch"], seen["outage"]["policy"]) == ({"state": "running", "reasons": []}, "drain")
    assert seen["outage"]["drain_until"] >= seen["at"]
    wait_for_cards(stage, made + 2)
    eventually(lambda: stage.look().dispatch.state is DispatchState.PAUSED, 60, "the end of draining")
    assert stage.status()["dispatch"] == {"state": "paused", "reasons": ["central_down"]}
    eventually(lambda: stage.look().counts[State.PRINTING] == 0, 60, "the card in the printer")
    left = stage.look().counts[State.READY]
    assert left > 0, "there was more to print"
    stage.central.line.switch(Weather.UP)
    end(stage)


def test_outages_are_told_by_their_cause_and_printing_goes_on_after_each(set_stage: SetStage) -> None:
    """`make soak` is the long one."""
    stage = set_stage(Cast(people=24, printers=2, seconds_per_card=0.3, ready_within_seconds=12))
    stage.start_daemon()
    wait_for_cards(stage, 1)
    weathers = (Weather.CAPTIVE_PORTAL, Weather.REFUSE)
    for weather in weathers:
        go_through(stage, weather)
    with closing(open_store(stage.settings)) as store:
        told = [outage.cause for outage in store.links.outages(50)]
    assert told == [CAUSES[weather] for weather in reversed(weathers)]
    end(stage)
