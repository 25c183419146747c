"""The daemon's own runs."""

from datetime import timedelta

from daemon.domain.health import Ending
from daemon.domain.needs import Kind, Trouble
from daemon.ports import Store
from tests.contract.office import NOON

LOW = Trouble(kind=Kind.DISK_LOW, subject="/var", since=NOON, details={"what": "log", "folder": "/var", "megabytes": 9})


def test_a_run_is_told_from_its_start_to_its_end(store: Store) -> None:
    number = store.runs.begin("counter-1", 4711, NOON)
    later = NOON + timedelta(seconds=10)
    store.runs.beat(number, later, {"recovery": NOON}, (LOW,))
    store.runs.reloaded(number, "no such file")
    (run,) = store.runs.newest(5)
    assert (run.id, run.machine, run.pid, run.started_at, run.beat_at) == (number, "counter-1", 4711, NOON, later)
    assert (run.loops, run.troubles) == ({"recovery": NOON}, (LOW,))
    assert (run.ended_at, run.ending, run.reloads, run.reload_error) == (None, None, 1, "no such file")

    store.runs.reloaded(number, None)
    store.runs.end(number, later, Ending.STOP)
    (run,) = store.runs.newest(5)
    assert (run.ended_at, run.ending, run.reloads, run.reload_error) == (later, Ending.STOP, 2, None)
    assert run.loops == {"recovery": NOON}


def test_the_newest_come_first_and_one_that_hung_names_its_loops(store: Store) -> None:
    first = store.runs.begin("counter-1", 1, NOON)
    store.runs.end(first, NOON, Ending.HUNG, {"alarm": NOON})
    second = store.runs.begin("counter-2", 2, NOON)
    newest = store.runs.newest(5)
    assert [run.id for run in newest] == [second, first]
    assert (newest[1].ending, newest[1].loops) == (Ending.HUNG, {"alarm": NOON})
    assert [run.id for run in store.runs.newest(1)] == [second]
