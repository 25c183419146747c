"""Every named death: where it strikes, and who dies."""

import itertools
from dataclasses import dataclass
from enum import StrEnum


class Victim(StrEnum):
    """Who dies. The others live on."""

    DAEMON = "daemon"
    CUPSD = "cupsd"
    GUARD = "guard"
    """Its keeper, where there is one by then."""
    FRONT = "front"
    """What CUPS knows of the guard."""
    BACKEND = "backend"
    CUPS_TREE = "cups-tree"
    """cupsd with its filters, guard and backend."""
    ALL = "all"
    """As in a power cut: daemon, cupsd, guard, backend."""
    CUPS_IN_ORDER = "cups-in-order"
    """CUPS is stopped, as every night."""
    JOB_MOVED = "job-moved"
    """Nobody dies: the job is moved to the other printer's queue."""
    DEVICE = "device"
    """Nobody dies: the queue's device is set anew, past the guard, and the guard put back a moment later."""
    PRINTER_OFF = "printer-off"
    """Nobody dies: the printer is off for a moment."""
    TIME_TRAVEL = "time-travel"
    """The daemon dies, and its database is replaced by a copy that has forgotten cards."""


@dataclass(frozen=True, slots=True, order=True)
class Death:
    """One of them."""

    point: str
    victim: Victim
    in_recovery: bool = False
    """The daemon is killed first in mid-card, and this strikes while the next one recovers."""

    def __str__(self) -> str:
        return f"{self.point}{' (in recovery)' if self.in_recovery else ''}: {self.victim}"


_DAEMON_POINTS = (
    "before jobs.claim",
    "after jobs.claim",
    "after create_job",
    "after spooler.submit_held",
    "after jobs.submitted",
    "after spooler.release",
    "before jobs.conclude_and_claim",
    "after jobs.conclude_and_claim",
    "before spooler.purge",
    "after spooler.purge",
)
_DAEMON_VICTIMS = (Victim.DAEMON, Victim.CUPSD, Victim.CUPS_TREE, Victim.ALL, Victim.CUPS_IN_ORDER)
_HANDS = (Victim.JOB_MOVED, Victim.DEVICE, Victim.PRINTER_OFF)
_HANDS_AT = ("after spooler.submit_held", "after spooler.release", "before guard.fetch", "before guard.entry")
_TRAVELS_AT = ("after spooler.submit_held", "before guard.fetch", "after printer.feed", "after jobs.conclude_and_claim")
_FRONT_POINTS = ("before guard.fetch", "after guard.fetch", "after guard.filtered")
_FRONT_VICTIMS = (Victim.GUARD, Victim.CUPSD, Victim.CUPS_IN_ORDER, Victim.CUPS_TREE, Victim.DAEMON, Victim.ALL)
_GUARD_POINTS = (
    "before guard.entry",
    "after guard.link",
    "after guard.entry",
    "before guard.end_mark",
    "after guard.end_mark",
)
_GUARD_VICTIMS = (
    Victim.GUARD,
    Victim.FRONT,
    Victim.CUPSD,
    Victim.CUPS_IN_ORDER,
    Victim.CUPS_TREE,
    Victim.DAEMON,
    Victim.ALL,
)
_PRINTER_POINTS = ("after printer.data", "after printer.feed", "before printer.card", "after printer.card")
_PRINTER_VICTIMS = (Victim.BACKEND, *_GUARD_VICTIMS)
_RECOVERY_POINTS = ("before journal.void", "after journal.void", "before jobs.apply", "after jobs.apply")

DEATHS: tuple[Death, ...] = (
    *itertools.starmap(Death, itertools.product(_DAEMON_POINTS, _DAEMON_VICTIMS)),
    *itertools.starmap(Death, itertools.product(_FRONT_POINTS, _FRONT_VICTIMS)),
    *itertools.starmap(Death, itertools.product(_GUARD_POINTS, _GUARD_VICTIMS)),
    *itertools.starmap(Death, itertools.product(_HANDS_AT, _HANDS)),
    *(Death(point, Victim.TIME_TRAVEL) for point in _TRAVELS_AT),
    *itertools.starmap(Death, itertools.product(_PRINTER_POINTS, _PRINTER_VICTIMS)),
    *(Death(point, victim, True) for point in _RECOVERY_POINTS for victim in (Victim.DAEMON, Victim.ALL)),
)

WITHOUT_GUARD: tuple[Death, ...] = tuple(
    death
    for death in DEATHS
    if death.victim not in (Victim.GUARD, Victim.FRONT, Victim.BACKEND, Victim.TIME_TRAVEL, *_HANDS)
    and not death.in_recovery
    and "guard." not in death.point
)
"""Where no guard is. CUPS calls a job whose backend a signal killed *completed*, and then nobody knows better."""
