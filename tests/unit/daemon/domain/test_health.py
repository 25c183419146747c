from datetime import timedelta

from daemon.domain.health import Disk, Ending, Run, crash_loop, jump, of_disks, of_jump, of_runs
from daemon.domain.needs import Kind, Trouble
from tests.unit.daemon.domain.build import NOON

MINUTE = timedelta(minutes=1)
FULL = Trouble(kind=Kind.DISK_FULL, subject="/var", details={"what": "log", "folder": "/var", "megabytes": 1})


def run(number: int, *, started: float, beat: float, ended: float | None = None, **more: object) -> Run:
    """Minutes before noon."""
    return Run(
        id=number,
        machine="counter-1",
        pid=100 + number,
        started_at=NOON - started * MINUTE,
        beat_at=NOON - beat * MINUTE,
        ended_at=None if ended is None else NOON - ended * MINUTE,
        **more,  # type: ignore[arg-type]
    )


def kinds(*runs: Run, daemon_runs: bool = True, unwritable: str | None = None) -> list[Kind]:
    return [trouble.kind for trouble in of_runs(runs, daemon_runs=daemon_runs, unwritable=unwritable, at=NOON)]


def test_a_daemon_that_runs_and_beats_is_well_and_tells_of_its_machine() -> None:
    assert kinds(run(1, started=90, beat=0.1)) == []
    assert kinds(run(1, started=90, beat=0.1, troubles=(FULL,))) == [Kind.DISK_FULL]


def test_a_dead_one_is_dead_since_its_end_or_its_last_beat() -> None:
    (stopped,) = of_runs([run(1, started=90, beat=31, ended=30)], daemon_runs=False, unwritable=None, at=NOON)
    (killed,) = of_runs([run(1, started=90, beat=31)], daemon_runs=False, unwritable=None, at=NOON)
    (never,) = of_runs([], daemon_runs=False, unwritable=None, at=NOON)
    assert [(each.kind, each.since) for each in (stopped, killed, never)] == [
        (Kind.NOT_RUNNING, NOON - 30 * MINUTE),
        (Kind.NOT_RUNNING, NOON - 31 * MINUTE),
        (Kind.NOT_RUNNING, None),
    ]


def test_one_that_runs_and_is_silent_hangs_or_cannot_write() -> None:
    silent = run(1, started=90, beat=2, loops={"recovery": NOON - MINUTE, "alarm": NOON - 9 * MINUTE})
    (trouble,) = of_runs([silent], daemon_runs=True, unwritable=None, at=NOON)
    assert (trouble.kind, trouble.since) == (Kind.SILENT, NOON - 2 * MINUTE)
    assert trouble.details == {"loop": "alarm", "pid": 101}
    assert kinds(silent, unwritable="its disk is full") == [Kind.DATABASE_FAILS]


def test_a_loop_that_hung_is_told_after_the_new_start() -> None:
    hung = run(1, started=90, beat=5, ended=4, ending=Ending.HUNG, loops={"print-queue:card-1": NOON - 5 * MINUTE})
    assert kinds(run(2, started=3, beat=0), hung) == [Kind.LOOP_HUNG]
    (trouble,) = of_runs([run(2, started=3, beat=0), hung], daemon_runs=True, unwritable=None, at=NOON)
    assert trouble.details == {"loop": "print-queue:card-1"}


def test_three_starts_without_an_orderly_end_are_a_crash_loop() -> None:
    crashed = [run(number, started=10 - number, beat=10 - number) for number in range(1, 4)]
    assert [trouble.details for trouble in crash_loop(crashed, NOON)] == [{"starts": 3, "machine": "counter-1"}]
    assert list(crash_loop(crashed[:2], NOON)) == []
    assert list(crash_loop(crashed, NOON + 9 * MINUTE)) == []
    restarted = [run(number, started=5, beat=4, ended=4, ending=Ending.STOP) for number in range(9)]
    assert list(crash_loop(restarted, NOON)) == []


def test_a_disk_is_nearly_full_by_size_and_share_and_full_by_files_too() -> None:
    def disk(free: int, size: int = 100 << 30, files: int | None = None) -> list[Kind]:
        found = Disk(what="log", folder="/var", size=size, free=free, files_left=files)
        return [trouble.kind for trouble in of_disks([found])]

    assert disk(1 << 30) == []
    assert disk(500 << 20) == [Kind.DISK_LOW]
    assert disk(500 << 20, size=1 << 30) == []
    assert disk(1 << 20) == [Kind.DISK_FULL]
    assert disk(50 << 30, files=3) == [Kind.DISK_FULL]


def test_clocks_that_part_by_more_than_a_minute_are_a_jump() -> None:
    assert jump(timedelta(seconds=40), timedelta(seconds=10)) is None
    back = jump(timedelta(hours=-2), timedelta(seconds=10))
    assert back is not None
    assert of_jump(back, NOON).details == {"way": "back", "minutes": 120}
