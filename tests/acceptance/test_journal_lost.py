"""The disk of the guard's journal is lost and made again, with cards under way: whole daemon, real CUPS."""

import pytest

from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import (
    MID_CARD,
    PATIENCE_SECONDS,
    attempts_printed,
    confirm_by_the_tape,
    cups_log,
    end,
    jobs_in,
    stop_at,
    titles,
    wait_for_log,
)
from tests.waiting import eventually


@pytest.fixture
def stage(set_stage: SetStage) -> Stage:
    return set_stage(Cast(people=4, printers=1, seconds_per_card=0.1, ready_within_seconds=0))


def lose_the_journal(stage: Stage) -> None:
    """An empty folder stands in its place, as systemd-tmpfiles makes one."""
    for file in stage.cups.journal.iterdir():
        file.unlink()


def is_held_by_its_guard(stage: Stage) -> bool:
    printer = stage.status()["printers"][0]
    return (printer["state"], printer["reasons"]) == ("stopped", ["guard"])


def tell_the_guard(stage: Stage) -> None:
    """What the log asks the administrator for."""
    stage.giliran("printer", "guard", "card-1", "--backend-dir", str(stage.cups.backend_dir))
    stage.giliran("printer", "resume", "card-1")


def vouch_for_the_database(stage: Stage) -> None:
    """It is the newest, which nothing but a person can know now."""
    stage.giliran("restore", "--reconcile", "--rest-not-printed", "--reason", "the journal's disk alone was lost")


def test_a_card_that_the_lost_journal_knew_of_is_a_persons_question(stage: Stage) -> None:
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)
    stage.kill_daemon()
    lose_the_journal(stage)
    point.go_on()
    eventually(lambda: titles(stage) == [str(ours.token)], PATIENCE_SECONDS, "the card, which nobody wrote down")

    stage.start_daemon()
    wait_for_log(stage, "the guard's journal was lost or exchanged: a person has to say")
    wait_for_log(stage, "Nobody is printed until `giliran restore --reconcile`")
    vouch_for_the_database(stage)
    eventually(lambda: is_held_by_its_guard(stage), PATIENCE_SECONDS, "the guard holding every card")
    assert "is another journal; run `giliran printer guard` again" in cups_log(stage)
    assert titles(stage) == [str(ours.token)]

    tell_the_guard(stage)
    (asked,) = confirm_by_the_tape(stage)
    assert asked.record_id == ours.record_id
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]


def test_a_journal_that_is_exchanged_while_the_daemon_runs_ends_it(stage: Stage) -> None:
    point, _ = stop_at(stage, MID_CARD)
    lose_the_journal(stage)

    assert stage.daemon is not None
    assert stage.daemon.wait(PATIENCE_SECONDS) == 1
    wait_for_log(stage, "was lost or exchanged while Giliran ran")
    point.go_on()
    stage.start_daemon()
    wait_for_log(stage, "Nobody is printed until `giliran restore --reconcile`")
    vouch_for_the_database(stage)
    tell_the_guard(stage)
    confirm_by_the_tape(stage)
    end(stage)
