"""The main job on a whole stage: the daemon, CUPS, printers and a centre behind a link that drops."""

import signal

import yaml

from daemon.demo.centre.line import Weather
from daemon.demo.cups import Fault
from daemon.demo.stage import Cast
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import end, titles, wait_for_cards
from tests.waiting import eventually

FAST = 0.05


def test_everybody_gets_one_card_in_turn_over_outages(set_stage: SetStage) -> None:
    cast = Cast(
        people=36,
        not_ready=4,
        missing=1,
        printers=3,
        seconds_per_card=FAST,
        ready_within_seconds=4,
        outages="2s refuse 3s; 8s error500 3s",
    )
    stage = set_stage(cast)
    stage.start_daemon()
    stage.weather.start()
    end(stage)


def test_ten_kills_of_the_daemon_lose_nobody_and_print_nobody_twice(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=32, printers=2, seconds_per_card=0.3, ready_within_seconds=2))
    for kill in range(10):
        stage.start_daemon()
        wait_for_cards(stage, 2 * kill + 1)
        stage.kill_daemon()
    stage.start_daemon()
    end(stage)


def test_an_outage_pauses_and_printing_resumes_by_itself(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=16, printers=1, seconds_per_card=0.2, ready_within_seconds=0))
    stage.start_daemon()
    wait_for_cards(stage, 2)
    stage.central.line.switch(Weather.REFUSE)
    paused = {"state": "paused", "reasons": ["central_down"]}
    eventually(lambda: stage.status()["dispatch"] == paused, 60, "a pause")
    eventually(lambda: stage.look().counts[State.PRINTING] == 0, 30, "the card in the printer")
    made = len(titles(stage))
    assert stage.status()["link"]["cause"] == "connect"
    stage.central.line.switch(Weather.UP)
    end(stage)
    assert len(titles(stage)) > made


def test_an_empty_hopper_rests_one_printer_and_the_other_goes_on(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=24, printers=2, seconds_per_card=0.2, ready_within_seconds=0))
    broken = stage.printers["card-2"]
    broken.fault(Fault.MEDIA_EMPTY)
    stage.start_daemon()
    resting = {"state": "stopped", "reasons": ["media-empty"]}
    eventually(lambda: stage.status()["printers"][1].items() >= resting.items(), 60, "the rest of card-2")
    wait_for_cards(stage, 8)
    assert broken.tape() == []
    broken.clear()
    stage.giliran("printer", "resume", "card-2")
    end(stage)
    assert len(broken.tape()) > 0


def test_a_stop_waits_for_the_card_in_the_printer(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=5, printers=1, seconds_per_card=3, ready_within_seconds=0))
    stage.start_daemon()
    eventually(lambda: stage.look().counts[State.PRINTING] == 1, 60, "a card in the printer")
    assert stage.stop_daemon() == 0
    counts = stage.look().counts
    assert (counts[State.PRINTING], counts[State.UNCONFIRMED], counts[State.PRINTED]) == (0, 0, len(titles(stage)))
    assert counts[State.PRINTED] >= 1


def test_a_reload_applies_a_good_file_and_keeps_the_old_one_for_a_bad(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=20, printers=2, seconds_per_card=0.3, ready_within_seconds=0))
    stage.start_daemon()
    wait_for_cards(stage, 1)
    assert stage.daemon is not None
    good = stage.config.read_text(encoding="utf-8")

    stage.config.write_text(good + "colour: blue\n", encoding="utf-8")
    stage.daemon.send_signal(signal.SIGHUP)
    eventually(lambda: "not reloaded" in stage.log.read_text(encoding="utf-8"), 30, "the refusal")
    assert "colour" in stage.log.read_text(encoding="utf-8")

    settings = yaml.safe_load(good)
    settings["printers"] = [printer for printer in settings["printers"] if printer["name"] != "card-2"]
    stage.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    stage.daemon.send_signal(signal.SIGHUP)
    eventually(lambda: "configuration reloaded" in stage.log.read_text(encoding="utf-8"), 30, "the reload")
    end(stage)
