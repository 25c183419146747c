"""How the daemon and its machine do, by what it left in the database: rules, and what people are told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from daemon.domain.needs import Kind, Trouble

BEAT_SECONDS = 10.0
SILENT_AFTER = timedelta(seconds=60)
"""A daemon that runs and has not written for so long hangs, or cannot write."""
RECENTLY = timedelta(minutes=10)
MOST_STARTS = 3
"""So many starts within that time, none of them after an orderly end, are a crash loop."""
JUMP = timedelta(seconds=60)
"""By so much wall clock and monotonic clock may part from one beat to the next."""
JUMP_LASTS = timedelta(hours=1)
FAILING_AFTER = timedelta(seconds=30)
"""The database could not be written for so long: somebody has locked it, or worse."""

_LOW_BYTES = 512 << 20
_FULL_BYTES = 8 << 20
_FEW_FILES = 100


class Ending(StrEnum):
    """Why a run of the daemon ended, as far as it could say so."""

    STOP = "stop"
    """It was told to."""
    FATAL = "fatal"
    HUNG = "hung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What is left where one of our folders lies."""

    what: str
    """database, journal, log, CUPS's spool."""
    folder: str
    size: int
    free: int
    """Bytes."""
    files_left: int | None = None
    """None: the file system does not count them."""

    @property
    def is_full(self) -> bool:
        """Next to nothing can be written."""
        return self.free < _FULL_BYTES or (self.files_left is not None and self.files_left < _FEW_FILES)

    @property
    def is_low(self) -> bool:
        """Under half a gigabyte and under a tenth."""
        return self.is_full or (self.free < _LOW_BYTES and self.free * 10 < self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a daemon, from its start to its end."""

    id: int
    machine: str
    pid: int
    started_at: datetime
    beat_at: datetime
    """When it last said that it lives."""
    ended_at: datetime | None = None
    ending: Ending | None = None
    loops: Mapping[str, datetime] = field(default_factory=dict)
    """When each loop finished its latest step; where it ended hung, those that hung alone."""
    troubles: tuple[Trouble, ...] = ()
    """Of its machine, as of its last beat."""
    reloads: int = 0
    """How often it was told to reload."""
    reload_error: str | None = None
    """Of the last time."""


def of_runs(runs: Sequence[Run], *, daemon_runs: bool, unwritable: str | None, at: datetime) -> Iterator[Trouble]:
    """By the runs of all daemons, newest first. `unwritable`: why nobody can write to the database now.

    That explains a missing heartbeat: a daemon that waits for its disk goes on by itself, and is not to be restarted.
    """
    newest = runs[0] if runs else None
    if not daemon_runs:
        since = None if newest is None else newest.ended_at or newest.beat_at
        yield Trouble(kind=Kind.NOT_RUNNING, since=since)
    elif newest is not None and unwritable is not None:
        yield Trouble(kind=Kind.DATABASE_FAILS, since=newest.beat_at, details={"error": unwritable})
    elif newest is not None and at - newest.beat_at > SILENT_AFTER:
        loops = min(newest.loops, key=lambda name: newest.loops[name], default="its start")
        yield Trouble(kind=Kind.SILENT, since=newest.beat_at, details={"loop": loops, "pid": newest.pid})
    elif newest is not None:
        yield from newest.troubles
    yield from crash_loop(runs, at)
    yield from hung_lately(runs, at)


def hung_lately(runs: Iterable[Run], at: datetime) -> Iterator[Trouble]:
    """One for each run that a loop ended a short while ago."""
    for run in runs:
        if run.ending is Ending.HUNG and run.ended_at is not None and at - run.ended_at < RECENTLY:
            details: dict[str, str | int] = {"loop": ", ".join(sorted(run.loops)) or "?"}
            yield Trouble(kind=Kind.LOOP_HUNG, subject=str(run.id), since=run.ended_at, details=details)


def crash_loop(runs: Iterable[Run], at: datetime) -> Iterator[Trouble]:
    """One for each machine on which the daemon is started again and again."""
    starts: dict[str, list[datetime]] = {}
    for run in runs:
        if run.ending is not Ending.STOP and at - run.started_at < RECENTLY:
            starts.setdefault(run.machine, []).append(run.started_at)
    for machine, those in starts.items():
        if len(those) >= MOST_STARTS:
            details: dict[str, str | int] = {"starts": len(those), "machine": machine}
            yield Trouble(kind=Kind.CRASH_LOOP, subject=machine, since=min(those), details=details)


def of_disks(disks: Iterable[Disk]) -> Iterator[Trouble]:
    """Of those that have little left."""
    for disk in disks:
        if disk.is_low:
            details: dict[str, str | int] = {"what": disk.what, "folder": disk.folder, "megabytes": disk.free >> 20}
            kind = Kind.DISK_FULL if disk.is_full else Kind.DISK_LOW
            yield Trouble(kind=kind, subject=disk.folder, details=details)


def jump(wall: timedelta, monotonic: timedelta) -> timedelta | None:
    """How far the wall clock was set between two looks, if it was."""
    apart = wall - monotonic
    return apart if abs(apart) > JUMP else None


def of_jump(apart: timedelta, since: datetime) -> Trouble:
    """The wall clock was set."""
    minutes = round(abs(apart).total_seconds() / 60)
    way = "forward" if apart > timedelta() else "back"
    return Trouble(kind=Kind.CLOCK_JUMP, since=since, details={"way": way, "minutes": minutes})
