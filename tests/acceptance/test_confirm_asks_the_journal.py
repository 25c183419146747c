"""`job confirm --not-printed` while the daemon is dead: whole daemon, real CUPS."""

import pytest

from daemon.demo.point import CommandFailed
from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import (
    BEFORE_THE_GUARD,
    MID_CARD,
    PATIENCE_SECONDS,
    attempts_printed,
    end,
    jobs_in,
    stop_at,
    titles,
)
from tests.waiting import eventually


@pytest.fixture
def stage(set_stage: SetStage) -> Stage:
    return set_stage(Cast(people=2, printers=1, seconds_per_card=0.1, ready_within_seconds=0))


def deny(stage: Stage, record_id: str) -> str:
    return stage.giliran("job", "confirm", record_id, "--not-printed", "--yes", "--reason", "nothing in the tray")


def test_a_card_that_came_out_by_the_journal_is_not_denied(stage: Stage) -> None:
    point, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)
    stage.kill_daemon()
    with pytest.raises(CommandFailed, match="in the printer now"):
        deny(stage, ours.record_id)
    point.go_on()
    eventually(lambda: titles(stage) == [str(ours.token)], PATIENCE_SECONDS, "the card")

    def is_refused_as_made() -> bool:
        with pytest.raises(CommandFailed) as refused:
            deny(stage, ours.record_id)
        return "made the card" in str(refused.value)

    eventually(is_refused_as_made, PATIENCE_SECONDS, "the end mark")
    assert [job.record_id for job in jobs_in(stage, State.PRINTING)] == [ours.record_id]
    stage.start_daemon()
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]


def test_a_card_that_still_waits_in_cups_is_taken_back_before_the_word_is_taken(stage: Stage) -> None:
    point, _ = stop_at(stage, BEFORE_THE_GUARD)
    (ours,) = jobs_in(stage, State.PRINTING)
    stage.kill_daemon()
    assert "is ready" in deny(stage, ours.record_id)
    point.go_on()
    stage.start_daemon()
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [2]
