"""The order of turns: by recording time, then by record id; and which time counts."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Whose word on when somebody was recorded counts for the order."""

    OFFICE = "office"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingTimes:
    """When somebody was recorded, as each side says.

    The earlier one counts. But the office's word alone moves nobody ahead of what the centre says, unless it names the
    paper that it comes from. Until the centre has spoken the office's counts.
    """

    office: datetime | None = None
    document: str | None = None
    """The paper that the office's time comes from."""
    centre: datetime | None = None

    @property
    def source(self) -> Source | None:
        """None while nobody has said anything."""
        if self.office is None or self.centre is None:
            return Source.CENTRE if self.centre is not None else Source.OFFICE if self.office is not None else None
        return Source.OFFICE if self.office < self.centre and self.document is not None else Source.CENTRE

    @property
    def counting(self) -> datetime | None:
        """The time that counts."""
        return self.office if self.source is Source.OFFICE else self.centre

    @property
    def is_by_paper(self) -> bool:
        """Whether the office's time counts, and has a paper that it comes from."""
        return self.document is not None and self.source is Source.OFFICE

    @property
    def is_moved_ahead(self) -> bool:
        """Whether a paper of the office puts this person before the time that the centre says."""
        return self.centre is not None and self.source is Source.OFFICE

    def heard(self, centre: datetime) -> "RecordingTimes":
        """The centre says so. Of several the earliest stays, in whatever order they come."""
        return self if self.centre is not None and self.centre <= centre else replace(self, centre=centre)

    def registered(self, office: datetime, document: str | None) -> "RecordingTimes":
        """The office says so. What it said before stays, unless this is the first that names a paper."""
        known = self.office is not None and (self.document is not None or document is None)
        return self if known else replace(self, office=office, document=document)

    def without_paper(self, before: datetime | None) -> "RecordingTimes":
        """The paper is taken back; `before`: what the office had said until then, which can have named none."""
        return replace(self, office=before, document=None)


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A place in line. Smaller is earlier."""

    recorded_at: datetime
    record_id: str
