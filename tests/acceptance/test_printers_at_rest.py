"""When a printer waits for a person: whole daemon, real CUPS."""

import pytest

from daemon.demo.cups import Fault
from daemon.demo.point import CommandFailed
from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import (
    PATIENCE_SECONDS,
    at_cups,
    confirm_by_the_tape,
    end,
    jobs_in,
    titles,
    wait_for,
    wait_for_cards,
)
from tests.waiting import eventually


@pytest.fixture
def stage(set_stage: SetStage) -> Stage:
    return set_stage(Cast(people=6, printers=1, seconds_per_card=0.1, ready_within_seconds=0))


def rests_with(stage: Stage, reason: str) -> None:
    resting = {"state": "stopped", "reasons": [reason]}
    eventually(lambda: stage.status()["printers"][0].items() >= resting.items(), PATIENCE_SECONDS, reason)


def test_two_doubts_in_a_row_and_a_printer_waits_for_somebody_who_has_looked(stage: Stage) -> None:
    stage.printers["card-1"].fault(Fault.POWER_CUT)
    stage.start_daemon()
    wait_for(stage, State.UNCONFIRMED, 2)
    rests_with(stage, "in-doubt")
    stage.stop_daemon()
    stage.start_daemon()
    rests_with(stage, "in-doubt")
    assert len(jobs_in(stage, State.UNCONFIRMED)) == 2

    stage.printers["card-1"].clear()
    confirm_by_the_tape(stage)
    end(stage)
    assert len(titles(stage)) == 6


def test_a_queue_that_lost_its_guard_prints_nothing_until_it_is_put_back(stage: Stage) -> None:
    stage.start_daemon()
    wait_for_cards(stage, 1)
    at_cups(stage, "lpadmin", "-p", "Card_1", "-v", stage.printers["card-1"].device_uri)
    rests_with(stage, "guard")
    made = titles(stage)
    assert "printer guard card-1" in stage.giliran("status")
    with pytest.raises(CommandFailed, match="its guard was taken away, so it prints nothing"):
        stage.giliran("check")

    stage.guard()
    stage.giliran("printer", "resume", "card-1")
    end(stage)
    assert len(titles(stage)) == 6
    assert titles(stage)[: len(made)] == made


def test_a_queue_that_lost_its_driver_prints_nothing_until_it_is_put_back(stage: Stage) -> None:
    """Without one it would send what no card printer makes a card of, and call that a success."""
    stage.start_daemon()
    wait_for_cards(stage, 1)
    at_cups(stage, "lpadmin", "-p", "Card_1", "-m", "raw")
    rests_with(stage, "driver")
    made = titles(stage)

    at_cups(stage, "lpadmin", "-p", "Card_1", "-P", str(stage.cups.card_ppd))
    stage.giliran("printer", "resume", "card-1")
    end(stage)
    assert len(titles(stage)) == 6
    assert titles(stage)[: len(made)] == made


def test_an_unfit_queue_is_given_no_card(stage: Stage) -> None:
    at_cups(stage, "lpadmin", "-p", "Card_1", "-o", "printer-error-policy=retry-job")
    stage.start_daemon()
    rests_with(stage, "error-policy")
    assert titles(stage) == []

    at_cups(stage, "lpadmin", "-p", "Card_1", "-o", "printer-error-policy=abort-job")
    stage.giliran("printer", "resume", "card-1")
    end(stage)
    assert len(titles(stage)) == 6
