"""What a print queue knows of the card that is in its printer, and on what the next one may be started."""

from dataclasses import dataclass
from datetime import datetime

from daemon.ports import Attempt


@dataclass(slots=True, kw_only=True)
class CardInPrinter:
    """The attempt in the printer, and when it was looked at (monotonic)."""

    attempt: Attempt
    since: float
    absences: int
    """Of CUPS, when it was released."""
    stale_reasons: frozenset[str]
    """What CUPS said of the printer before this card and has not taken back since: some drivers never do."""
    asked_cups: float = 0.0
    recovering: bool = False
    """CUPS was gone, or we were: void first."""
    cancelled: bool = False
    was_processing: bool = False
    """CUPS said so."""


@dataclass(frozen=True, slots=True)
class StartConditions:
    """What a card that is started now is started on."""

    journal: str | None
    documents_since: datetime | None
