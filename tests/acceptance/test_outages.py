"""The line goes and comes back, in every way that the simulated one knows, on a whole stage in real time."""

from contextlib import closing

from adapters.simulator.central.line import Condition, Weather
from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from daemon.main import open_store
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import end, titles, wait_for_cards
from tests.waiting import eventually

PAUSED = {"state": "paused", "reasons": ["central_down"]}
RUNNING = {"state": "running", "reasons": []}

CAUSES = {
    Weather.REFUSE: "connect",
    Weather.ERROR500: "answer",
    Weather.CAPTIVE_PORTAL: "captive_portal",
    Weather.CAPTIVE_REDIRECT: "captive_portal",
    Weather.TIMEOUT: "answer",
    Weather.GARBAGE: "answer",
    Weather.TRUNCATED: "answer",
    Weather.CUT: "answer",
    Weather.UNAVAILABLE: "answer",
}


def all_pulled(stage: Stage) -> bool:
    with closing(open_store(stage.settings)) as store:
        return bool(store.view.counts()[State.READY]) and not store.documents.wanted(stage.cast.people)


def test_under_drain_what_was_pulled_is_printed_for_a_while_and_no_longer(set_stage: SetStage) -> None:
    stage = set_stage(
        Cast(
            people=40,
            printers=1,
            seconds_per_card=0.4,
            ready_within_seconds=0,
            pull_ahead=100,
            outage={"policy": "drain", "drain_for": "8s"},
        )
    )
    stage.start_daemon()
    eventually(lambda: all_pulled(stage), 60, "every document")
    stage.central.line.switch(Weather.REFUSE)
    eventually(lambda: stage.status()["link"]["state"] == "down", 60, "the outage")
    made = len(titles(stage))
    seen = stage.status()
    assert (seen["dispatch"], seen["outage"]["policy"]) == (RUNNING, "drain")
    assert seen["outage"]["drain_until"] > seen["at"]
    wait_for_cards(stage, made + 3)
    eventually(lambda: stage.status()["dispatch"] == PAUSED, 60, "the end of draining")
    eventually(lambda: stage.look().counts[State.PRINTING] == 0, 60, "the card in the printer")
    left = stage.look().counts[State.READY]
    assert left > 0, "there was more to print"
    stage.central.line.switch(Weather.UP)
    eventually(lambda: stage.status()["dispatch"] == RUNNING, 60, "the line back")
    end(stage)


def test_thirty_outages_of_all_kinds_keep_the_order_lose_nobody_and_tell_their_causes(set_stage: SetStage) -> None:
    """Each is told with its cause; printing goes on after each by itself."""
    stage = set_stage(Cast(people=150, printers=2, seconds_per_card=0.3, ready_within_seconds=20))
    stage.start_daemon()
    wait_for_cards(stage, 1)
    causes = []
    for weather, cause in list(CAUSES.items())[:4]:
        go_through(stage, weather)
        causes.append(cause)
    with closing(open_store(stage.settings)) as store:
        told = [outage.cause for outage in store.links.outages(50)]
    assert told == causes[::-1]
    end(stage)


def go_through(stage: Stage, weather: Weather) -> None:
    """The line goes, is seen to be down, comes back, and another card comes out."""
    made = len(titles(stage))
    stage.central.line.switch(Condition(weather=weather, cut_after_bytes=20))
    with closing(open_store(stage.settings)) as store:
        before = len(store.links.outages(100))
        eventually(lambda: len(store.links.outages(100)) > before, 60, f"the outage by {weather}")
        eventually(lambda: store.view.counts()[State.PRINTING] == 0, 60, "the cards in the printers")
        stage.central.line.switch(Weather.UP)
        eventually(lambda: store.links.outages(1)[0].ended_at is not None, 60, "the line back")
    wait_for_cards(stage, made + 1)
