"""One daemon on PostgreSQL: the same main job, and what only a server on a line can do to it."""

from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import (
    MID_CARD,
    attempts_printed,
    end,
    jobs_in,
    stop_at,
    titles,
    wait_for_cards,
    wait_for_log,
)
from tests.fixtures.postgresql import PrivatePostgresql, new_database
from tests.fixtures.postgresql_line import losing_line

FAST = 0.1


def office(set_stage: SetStage, database: str, people: int = 4) -> Stage:
    return set_stage(Cast(people=people, printers=2, seconds_per_card=FAST, ready_within_seconds=0, database=database))


def test_a_daemon_killed_in_mid_card_finds_it_again(set_stage: SetStage, postgresql: PrivatePostgresql) -> None:
    stage = office(set_stage, postgresql.url(new_database(postgresql)))
    cut, _ = stop_at(stage, MID_CARD)
    stage.kill_daemon()
    under_way = {job.record_id for job in jobs_in(stage, State.PRINTING)}
    cut.go_on()
    stage.start_daemon()
    end(stage)
    assert under_way
    assert all(attempts_printed(stage, record_id) == [1] for record_id in under_way)


def test_a_server_that_is_killed_in_mid_card_is_waited_for(
    set_stage: SetStage, new_postgresql: PrivatePostgresql
) -> None:
    stage = office(set_stage, new_postgresql.url())
    cut, _ = stop_at(stage, MID_CARD)
    new_postgresql.kill()
    cut.go_on()
    wait_for_cards(stage, 1)
    wait_for_log(stage, "the server cannot be reached")
    new_postgresql.start()
    end(stage)
    assert stage.daemon is not None
    assert len(set(titles(stage))) == len(titles(stage))


def test_commits_whose_answer_is_lost_lose_nobody_and_print_nobody_twice(
    set_stage: SetStage, postgresql: PrivatePostgresql
) -> None:
    """Every seventeenth, whatever it was: a claim, CUPS's number, an outcome, a page of changes, a report."""
    with losing_line(postgresql) as line:
        stage = office(set_stage, line.url(new_database(postgresql)), people=10)
        line.lose_every = 17
        stage.start_daemon()
        wait_for_cards(stage, 10)
        line.lose_every = None
        end(stage)
        assert line.lost > 2
