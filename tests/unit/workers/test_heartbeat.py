"""The heartbeat on a real database: what `status` finds, and what is known while it cannot be written."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from adapters.database import open_store
from daemon.domain.errors import Retryable
from daemon.domain.health import Disk, Ending
from daemon.domain.needs import Kind
from daemon.ports import Store
from tests.fakes.clock import ManualClock
from tests.fixtures.sqlite import NewFile
from tests.unit.workers.office import situation
from workers.heartbeat import Heartbeat
from workers.situation import Situation


@pytest.fixture
def file(tmp_path: Path, new_file: NewFile) -> Path:
    return new_file(tmp_path)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(file: Path, clock: ManualClock) -> Iterable[Store]:
    opened = open_store(f"sqlite:///{file}", "1205", clock)
    yield opened
    opened.close()


def heartbeat(store: Store, clock: ManualClock, *disks: Disk) -> tuple[Heartbeat, Situation]:
    number = store.runs.begin("counter-1", 4711, clock.now())
    known = situation(clock)
    return (
        Heartbeat(
            runs=store.runs,
            run=lambda: number,
            situation=known,
            clock=clock,
            disks=lambda: disks,
            stepped=lambda: {"recovery": clock.now()},
            tell=lambda troubles: None,
        ),
        known,
    )


def test_a_beat_says_that_it_lives_what_the_loops_did_and_what_is_wrong(store: Store, clock: ManualClock) -> None:
    full = Disk(what="log", folder="/var/log", size=1 << 40, free=0)
    beat, known = heartbeat(store, clock, full)
    clock.advance(10)

    beat.step()

    (run,) = store.runs.newest(5)
    assert (run.machine, run.pid, run.beat_at, run.ended_at) == ("counter-1", 4711, clock.now(), None)
    assert run.loops == {"recovery": clock.now()}
    assert [trouble.kind for trouble in run.troubles] == [Kind.DISK_FULL]
    assert known.machine == run.troubles


def test_a_clock_that_is_set_is_told_for_an_hour(store: Store, clock: ManualClock) -> None:
    beat, known = heartbeat(store, clock)
    beat.step()
    clock.jump_wall(2 * 3600)
    beat.step()
    assert [trouble.kind for trouble in known.machine] == [Kind.CLOCK_JUMP]
    clock.advance(3601)
    beat.step()
    assert known.machine == ()


def test_a_clock_that_went_back_between_two_runs_is_told_too(store: Store, clock: ManualClock) -> None:
    heartbeat(store, clock)[0].step()
    clock.jump_wall(-300 * 86400)
    beat, known = heartbeat(store, clock)
    beat.step()
    assert [trouble.kind for trouble in known.machine] == [Kind.CLOCK_JUMP]


def test_a_database_that_another_program_has_locked_is_known_here(store: Store, clock: ManualClock, file: Path) -> None:
    beat, known = heartbeat(store, clock)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Retryable):
        beat.step()
    clock.advance(40)
    with pytest.raises(Retryable):
        beat.step()
    assert [trouble.kind for trouble in known.machine] == [Kind.DATABASE_FAILS]
    other.close()
    beat.step()
    clock.advance(10)
    beat.step()
    assert known.machine == ()


def test_a_new_start_tells_of_the_loop_that_hung_before_it(store: Store, clock: ManualClock) -> None:
    before = store.runs.begin("counter-1", 1, clock.now())
    store.runs.end(before, clock.now(), Ending.HUNG, {"print-queue:card-1": clock.now()})
    beat, known = heartbeat(store, clock)
    beat.step()
    assert [(trouble.kind, trouble.details) for trouble in known.machine] == [
        (Kind.LOOP_HUNG, {"loop": "print-queue:card-1"})
    ]
