"""CUPS forgets its jobs, does them again, or is another than it was: whole daemon, real CUPS, the tape as witness."""

import signal
import subprocess

import pytest

from adapters.cups import CupsSpooler
from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import (
    MID_CARD,
    PATIENCE_SECONDS,
    CutPoint,
    at_cups,
    attempts_printed,
    confirm_by_the_tape,
    cups_log,
    end,
    jobs_in,
    log,
    print_foreign,
    stop_at,
    titles,
    wait_for,
    wait_for_cards,
    wait_for_log,
)
from tests.waiting import eventually

FAST = 0.1


@pytest.fixture
def stage(set_stage: SetStage) -> Stage:
    return set_stage(Cast(people=4, printers=1, seconds_per_card=FAST, ready_within_seconds=0))


def test_a_number_that_cups_gave_to_another_job_too(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=3, printers=1, seconds_per_card=FAST, ready_within_seconds=0, dirty_clean_seconds=30))
    point = CutPoint(stage)
    point.arm("after spooler.submit_held")
    point.mortal_daemon()
    stage.start_daemon()
    point.reached()
    (ours,) = jobs_in(stage, State.PRINTING)
    (number,) = [job.number for job in CupsSpooler(stage.cups.server).ours()]

    stage.cups.kill(children=True)
    stage.cups.start()
    assert print_foreign(stage, "Card_1", "Test page", "-H", "hold") == number
    point.go_on()

    end(stage)
    assert attempts_printed(stage, ours.record_id) == [2]
    assert f"Card_1-{number} " in at_cups(stage, "lpstat", "-o", "Card_1")
    assert "Test page" not in titles(stage)
    stage.start_daemon()

    def is_over() -> bool:
        """Held again as long as the daemon does not answer; what is finished cannot be released."""
        release = ["lp", "-h", stage.cups.server, "-i", str(number), "-H", "resume"]
        return b"is finished" in subprocess.run(release, capture_output=True, timeout=60, check=False).stderr

    eventually(is_over, PATIENCE_SECONDS, "the end of the foreign job")
    assert "Test page" not in titles(stage)
    end(stage)


def test_a_job_risen_from_the_dead_is_held_by_the_guard(stage: Stage) -> None:
    """CUPS starts it again; the daemon, which would have removed it, does not answer."""
    stop_at(stage, MID_CARD)
    assert stage.daemon is not None

    stage.daemon.send_signal(signal.SIGSTOP)
    stage.cups.kill(children=True)
    stage.cups.start()

    eventually(lambda: "held, nothing was printed: giliran does not run" in cups_log(stage), PATIENCE_SECONDS, "a hold")
    stage.daemon.send_signal(signal.SIGCONT)
    (asked,) = confirm_by_the_tape(stage)
    end(stage)
    assert attempts_printed(stage, asked.record_id) == [2]


def test_a_cups_that_is_stopped_in_order_in_mid_card_makes_no_question(stage: Stage) -> None:
    """It kills its backends with SIGKILL and starts the job again all the same, while the keeper has the card."""
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)

    stage.cups.stop(children=False)
    stage.cups.start()
    point.go_on()

    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]
    assert "did a card come out" not in log(stage)


def test_a_queue_that_is_disabled_in_mid_card_has_that_card_booked(stage: Stage) -> None:
    """CUPS lets the job wait, and the keeper sees the card through."""
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)

    at_cups(stage, "cupsdisable", "Card_1")
    point.go_on()
    wait_for(stage, State.PRINTED, 1)
    assert attempts_printed(stage, ours.record_id) == [1]

    stage.giliran("printer", "resume", "card-1")
    end(stage)
    assert len(titles(stage)) == 4
    assert "did a card come out" not in log(stage)


def test_a_card_that_was_in_the_printer_at_the_start_is_adopted(stage: Stage) -> None:
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)

    stage.kill_daemon()
    stage.start_daemon()
    wait_for_log(stage, f"found {ours.token} open on card-1: still in the printer")
    point.go_on()

    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]


def test_the_spool_is_lost_in_mid_card(stage: Stage) -> None:
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)

    stage.cups.kill()
    for file in (stage.cups.folder / "spool").iterdir():
        if file.is_file():
            file.unlink()
    (stage.cups.folder / "cache" / "job.cache").unlink()
    stage.cups.start()
    point.go_on()

    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]


def test_cups_keeps_no_history_and_takes_no_more_jobs(stage: Stage) -> None:
    stage.cups.directives = {"PreserveJobHistory": "No", "MaxJobs": "3"}
    stage.cups.restart()
    foreign = [print_foreign(stage, "Card_1", f"Held {number}", "-H", "hold") for number in range(3)]
    stage.start_daemon()

    eventually(lambda: stage.status()["printers"][0]["state"] == "stopped", PATIENCE_SECONDS, "card-1 at rest")
    wait_for_log(stage, "Too many active jobs")
    assert titles(stage) == []
    at_cups(stage, "cancel", str(foreign[0]))
    stage.giliran("printer", "resume", "card-1")

    end(stage)
    assert len(at_cups(stage, "lpstat", "-o", "Card_1").splitlines()) == 2


def test_without_a_guard_a_queue_that_is_disabled_in_mid_card_is_a_persons_question(set_stage: SetStage) -> None:
    """CUPS would print it again as soon as the queue is enabled."""
    stage = set_stage(Cast(people=3, printers=1, seconds_per_card=FAST, ready_within_seconds=0, guarded=False))
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)

    at_cups(stage, "cupsdisable", "Card_1")
    wait_for(stage, State.UNCONFIRMED)
    point.go_on()
    stage.giliran("printer", "resume", "card-1")
    wait_for_cards(stage, 2)

    assert ours.record_id in {job.record_id for job in jobs_in(stage, State.UNCONFIRMED)}
    assert len(attempts_printed(stage, ours.record_id)) <= 1
    confirm_by_the_tape(stage)
    end(stage)
    assert attempts_printed(stage, ours.record_id) in ([1], [2])


def test_without_a_guard_a_queue_with_another_error_policy_prints_nothing(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=2, printers=1, seconds_per_card=FAST, ready_within_seconds=0, guarded=False))
    at_cups(stage, "lpadmin", "-p", "Card_1", "-o", "printer-error-policy=retry-current-job")
    stage.start_daemon()
    resting = {"state": "stopped", "reasons": ["error-policy"]}
    eventually(lambda: stage.status()["printers"][0].items() >= resting.items(), PATIENCE_SECONDS, "error-policy")
    assert titles(stage) == []


def test_without_a_guard_a_death_of_the_daemon_in_mid_card_is_a_persons_question(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=3, printers=1, seconds_per_card=FAST, ready_within_seconds=0, guarded=False))
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)

    stage.kill_daemon()
    stage.start_daemon()
    wait_for(stage, State.UNCONFIRMED)
    point.go_on()
    wait_for_cards(stage, 3)

    assert [job.record_id for job in jobs_in(stage, State.UNCONFIRMED)] == [ours.record_id]
    assert attempts_printed(stage, ours.record_id) == [1]
    confirm_by_the_tape(stage)
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]
