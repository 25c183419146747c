"""What is wrong with the daemon and its machine, as seen from outside: it may be dead, or unable to say so."""

from dataclasses import replace

from daemon import main
from daemon.domain.dispatch import Dispatch, DispatchState, PauseReason, PrinterState
from daemon.domain.health import SILENT_AFTER, of_disks, of_runs
from daemon.domain.needs import Kind, Trouble
from daemon.ports import Store
from daemon.queries.status import PrinterLine, Snapshot
from daemon.settings import Settings
from workers.life import machine

DAEMON_SILENT = "daemon_silent"
"""The reason of a printer whose daemon runs and gives no sign of life."""

_MOST_RUNS = 50


def seen_from_outside(settings: Settings, store: Store, found: Snapshot) -> Snapshot:
    """With what is wrong with the machine; what the daemon said last is not taken for what goes on."""
    daemon_runs = found.dispatch.state is not DispatchState.STOPPED
    troubles = machine_troubles(settings, store, daemon_runs=daemon_runs)
    kinds = {trouble.kind for trouble in troubles}
    if Kind.SILENT in kinds:
        return replace(
            found,
            machine=troubles,
            dispatch=Dispatch(state=DispatchState.STOPPED),
            printers=tuple(map(_silent, found.printers)),
        )
    if Kind.DATABASE_FAILS in kinds and daemon_runs:
        reasons = (*found.dispatch.reasons, PauseReason.DATABASE)
        return replace(found, machine=troubles, dispatch=Dispatch(state=DispatchState.PAUSED, reasons=reasons))
    return replace(found, machine=troubles)


def _silent(line: PrinterLine) -> PrinterLine:
    if not line.configured or line.state not in (PrinterState.IDLE, PrinterState.PRINTING):
        return line
    return replace(line, state=PrinterState.STOPPED, reasons=(DAEMON_SILENT,))


def machine_troubles(settings: Settings, store: Store, *, daemon_runs: bool) -> tuple[Trouble, ...]:
    """Each once. Whether the database can be written is tried only where the daemon has long written nothing."""
    from adapters.database import sqlite_file_of, why_unwritable
    from adapters.disk import disks

    at, runs = main.clock().now(), store.runs.newest(_MOST_RUNS)
    here = [run for run in runs if run.machine == machine()] or runs
    file = sqlite_file_of(settings.database.url)
    is_silent = daemon_runs and bool(here) and at - here[0].beat_at > SILENT_AFTER / 2
    seen = tuple(disks(main.folders_of(settings)))
    unwritable = None
    if is_silent and file is not None:
        is_full = any(disk.is_full and disk.what == "database" for disk in seen)
        unwritable = "its disk is full; it goes on by itself when there is room" if is_full else why_unwritable(file)
    found: dict[tuple[Kind, str], Trouble] = {}
    for trouble in (*of_runs(here, daemon_runs=daemon_runs, unwritable=unwritable, at=at), *of_disks(seen)):
        found.setdefault((trouble.kind, trouble.subject), trouble)
    return tuple(found.values())
