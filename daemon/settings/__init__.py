"""The configuration: what may stand in giliran.yaml, and how it is read (CONTRACT.md section 3)."""

from daemon.settings.loading import load
from daemon.settings.models import (
    Alerts,
    Blanks,
    Board,
    Central,
    Cups,
    Database,
    Office,
    Outage,
    Printer,
    Probing,
    Queue,
    Settings,
    Syncing,
)
from daemon.settings.notes import no_effect_yet
from daemon.settings.problem import InvalidConfiguration, Problem

__all__ = [
    "Alerts",
    "Blanks",
    "Board",
    "Central",
    "Cups",
    "Database",
    "InvalidConfiguration",
    "Office",
    "Outage",
    "Printer",
    "Probing",
    "Problem",
    "Queue",
    "Settings",
    "Syncing",
    "load",
    "no_effect_yet",
]
