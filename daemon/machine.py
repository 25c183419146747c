"""What is wrong with the daemon and its machine, as seen from outside: it may be dead, or unable to say so."""

from daemon import main
from daemon.domain.alarm import Kind, Trouble
from daemon.domain.health import SILENT_AFTER, of_disks, of_runs
from daemon.life import machine
from daemon.ports import Store
from daemon.settings import Settings

_MOST_RUNS = 50


def machine_troubles(settings: Settings, store: Store, *, daemon_runs: bool) -> tuple[Trouble, ...]:
    """Each once. Whether the database is locked is tried only where the daemon has long written nothing."""
    from adapters.database import is_locked, sqlite_file_of
    from adapters.disk import disks

    at, runs = main.clock().now(), store.runs.newest(_MOST_RUNS)
    here = [run for run in runs if run.machine == machine()] or runs
    file = sqlite_file_of(settings.database.url)
    is_silent = daemon_runs and bool(here) and at - here[0].beat_at > SILENT_AFTER / 2
    locked = str(file) if is_silent and file is not None and is_locked(file) else None
    found: dict[tuple[Kind, str], Trouble] = {}
    for trouble in (
        *of_runs(here, daemon_runs=daemon_runs, locked=locked, at=at),
        *of_disks(disks(main.folders_of(settings))),
    ):
        found.setdefault((trouble.kind, trouble.subject), trouble)
    return tuple(found.values())
