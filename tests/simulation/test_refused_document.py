"""A document that CUPS never takes: the head of the queue is nobody's to pass, and one must not hold up everybody."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from loguru import logger

from daemon.domain.job import PRINT_READY
from daemon.domain.states import State
from daemon.ports import Person, Record
from tests.simulation.bugs import NO_BUG
from tests.simulation.clock import START
from tests.simulation.database import database
from tests.simulation.run import Simulation
from workers.printing.refusals import MOST_IN_A_ROW, TRIES, Refusals

PEOPLE = tuple(f"R{number}" for number in range(1, 7))


class Refusing(Simulation):
    """An office without a fault but this one, for so long."""

    refused: Iterable[str] = ()
    seconds: float = 0.0
    withdrawn_with: str | None = None
    """The centre's status for the first one, as soon as CUPS's refusal has set it aside."""

    def _play(self) -> None:
        timeline, world = self._timeline, self.world
        world.operator.whims = 0.0
        world.operator.open_the_office()
        world.spooler.refused_records |= set(self.refused)
        for number, record_id in enumerate(PEOPLE):
            record = Record(
                record_id=record_id,
                recorded_at=START - timedelta(days=30 - number),
                person=Person(nik=f"12050101019{number:05}", name="SITI CONTOH"),
            )
            world.centre.records[record_id] = replace(record)
            world.centre.change(record_id, PRINT_READY)
        until = timeline.monotonic() + self.seconds
        while timeline.monotonic() < until:
            timeline.run_until(min(timeline.next_at, world.process.due_at))
            if world.process.due_at <= timeline.monotonic():
                world.process.go_on()
            if self.withdrawn_with is not None and self.in_state(State.WAITING) == [PEOPLE[0]]:
                world.centre.change(PEOPLE[0], self.withdrawn_with)
                self.withdrawn_with = None
        self.invariants.after_step()

    def in_state(self, state: State) -> list[str]:
        return [row.job.record_id for row in self._store.view.queue(state, None)]

    def reasons(self) -> set[str | None]:
        return {row.job.reason for row in self._store.view.queue(State.WAITING, None)}


@pytest.mark.parametrize(
    ("refused", "seconds", "printed"),
    [
        pytest.param({"R1", "R3"}, 400.0, ["R2", "R4", "R5", "R6"], id="the-others-go-on"),
        pytest.param(set(PEOPLE), 500.0, [], id="a-queue-that-takes-nobody"),
    ],
)
def test_one_whose_document_is_never_taken_waits_and_the_others_go_on(
    refused: set[str], seconds: float, printed: list[str]
) -> None:
    logger.disable("workers")
    try:
        with database() as disk:
            simulation = Refusing(3, disk, NO_BUG)
            simulation.refused, simulation.seconds = refused, seconds
            assert simulation.play() is None
            assert sorted(simulation.in_state(State.PRINTED)) == printed
            assert simulation.in_state(State.UNCONFIRMED) == []
            if printed:
                assert sorted(simulation.in_state(State.WAITING)) == sorted(refused)
                assert simulation.reasons() == {"try_again: document-format-error"}
    finally:
        logger.enable("workers")


def test_who_is_not_print_ready_any_more_gets_no_place_back_whatever_the_status_reads_like() -> None:
    logger.disable("workers")
    try:
        with database() as disk:
            simulation = Refusing(3, disk, NO_BUG)
            simulation.refused, simulation.seconds = set(PEOPLE), 500.0
            simulation.withdrawn_with = "try_again_after_enrolment"
            assert simulation.play() is None
            assert simulation.withdrawn_with is None, "the centre has said it"
            assert simulation.in_state(State.WAITING) == ["R1"]
            assert simulation.reasons() == {"try_again_after_enrolment"}
    finally:
        logger.enable("workers")


def test_after_a_few_people_in_a_row_it_is_the_queue_that_refuses() -> None:
    refusals = Refusals()
    set_aside = [refusals.count(record_id) for record_id in PEOPLE for _ in range(TRIES)]
    assert set_aside.count(True) == MOST_IN_A_ROW


def test_when_it_is_the_queue_those_set_aside_get_their_places_back_once() -> None:
    refusals = Refusals()
    suspects = [f"R{number}" for number in range(MOST_IN_A_ROW)]
    for record_id in suspects:
        assert [refusals.count(record_id) for _ in range(TRIES)][-1]
        assert refusals.given_back() == ()

    assert not any(refusals.count("next") for _ in range(TRIES))
    assert refusals.given_back() == tuple(suspects)
    assert refusals.given_back() == ()
    refusals.accepted("next")
    assert [refusals.count("R0") for _ in range(TRIES)][-1]


def test_one_that_comes_back_and_is_refused_again_is_set_aside_at_once() -> None:
    refusals = Refusals()
    assert [refusals.count("R1") for _ in range(TRIES)] == [False] * (TRIES - 1) + [True]
    refusals.accepted("R2")
    assert refusals.count("R1")
    refusals.accepted("R1")
    assert not refusals.count("R1")
