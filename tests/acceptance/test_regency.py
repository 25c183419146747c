"""Several daemons on one PostgreSQL: three machines, each with its CUPS and printers, one queue of people."""

import pytest

from daemon.demo.point import CommandFailed, Point
from daemon.demo.stage import Cast, Stage
from daemon.domain.job import Job
from daemon.domain.states import State
from daemon.domain.token import parse_token
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import MID_CARD, CutPoint, end, jobs_in, titles
from tests.fixtures.postgresql import PrivatePostgresql, new_database
from tests.regency.office import has_begun, leader, made
from tests.waiting import eventually

FAST = 0.1


def regency(set_stage: SetStage, database: str, people: int, printers: int = 1) -> Stage:
    cast = Cast(
        people=people, points=3, printers=printers, seconds_per_card=FAST, ready_within_seconds=2, database=database
    )
    stage = set_stage(cast)
    for point in stage.points:
        point.start_daemon()
    return stage


def stop_in_mid_card(stage: Stage, point: Point) -> tuple[CutPoint, list[Job]]:
    """A card is in the printer there and waits: where it may go on, and whose it is."""
    cut = CutPoint(point)
    cut.arm(MID_CARD)
    cut.reached()
    return cut, [job for job in jobs_in(stage, State.PRINTING) if job.printer in point.printers]


def test_they_share_one_line_and_one_leads(set_stage: SetStage, postgresql: PrivatePostgresql) -> None:
    stage = regency(set_stage, postgresql.url(new_database(postgresql)), people=24, printers=2)
    eventually(lambda: stage.is_over(stage.look()), 180, "everybody's card")
    assert all(made(point) for point in stage.points)
    assert leader(stage) is not None
    assert {line["name"] for line in stage.status()["printers"]} >= {f"card-{number}" for number in range(1, 7)}
    end(stage, 180)


def test_leader_daemons_and_server_die_in_turn(set_stage: SetStage, new_postgresql: PrivatePostgresql) -> None:
    stage = regency(set_stage, new_postgresql.url(), people=30)
    for more in (4, 8, 12):
        eventually(lambda more=more: len(titles(stage)) >= more, 60, "cards")  # type: ignore[misc]
        dies = eventually(lambda: leader(stage), 30, "a leader")
        assert dies is not None
        dies.kill_daemon()
        eventually(lambda: leader(stage) not in (None, dies), 30, "another leader")  # noqa: B023
        dies.start_daemon()
    eventually(lambda: all(has_begun(point) for point in stage.points), 60, "every daemon's start")
    new_postgresql.kill()
    new_postgresql.start()
    end(stage, 180)


def test_a_dead_daemons_card_is_its_own_or_a_persons(set_stage: SetStage, postgresql: PrivatePostgresql) -> None:
    stage = regency(set_stage, postgresql.url(new_database(postgresql)), people=12)
    dies = stage.others[0]
    cut, found = stop_in_mid_card(stage, dies)
    under_way = {job.record_id for job in found}
    (first, *_) = sorted(under_way)
    with pytest.raises(CommandFailed, match="its giliran runs"):
        stage.giliran("job", "confirm", first, "--not-printed", "--yes", "--reason", "too early")
    dies.kill_daemon()
    eventually(lambda: len(jobs_in(stage, State.PRINTED)) >= 12 - len(under_way), 90, "the others' cards")
    assert {job.record_id for job in jobs_in(stage, State.PRINTING)} == under_way
    needs = stage.giliran("status")
    assert "its giliran does not run" in needs
    cut.go_on()
    eventually(lambda: len(made(dies)) and not list((dies.folder / "cut").glob("reached.*")), 30, "the card")
    dies.start_daemon()
    end(stage, 180)


def test_a_person_settles_what_a_dead_daemon_left(set_stage: SetStage, postgresql: PrivatePostgresql) -> None:
    stage = regency(set_stage, postgresql.url(new_database(postgresql)), people=12)
    dies = stage.others[1]
    _, under_way = stop_in_mid_card(stage, dies)
    dies.kill_daemon()
    dies.cups.kill(children=True)
    for job in under_way:
        answer = "--printed" if str(job.token) in made(dies) else "--not-printed"
        stage.giliran("job", "confirm", job.record_id, answer, "--yes", "--reason", "the machine is broken for good")
    eventually(lambda: len(jobs_in(stage, State.PRINTED)) == 12, 90, "everybody's card")
    tokens = [parse_token(title) for title in titles(stage)]
    assert len({token.record_id for token in tokens if token}) == len(tokens) == 12
