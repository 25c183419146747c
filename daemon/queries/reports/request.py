"""What every report is made from."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.domain.errors import Rejected
from daemon.domain.report import Column, LogStamp, Period, Signature
from daemon.locale.language import Language
from daemon.queries.tree import stamp

if TYPE_CHECKING:
    from daemon.ports import KeptCheckpoint, Store
    from daemon.settings import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """Which period, of which office, now, for whom to read."""

    store: "Store"
    office: "Office"
    period: Period
    at: datetime
    words: Language
    checkpoint: "KeptCheckpoint | None" = None
    """The log's newest, where there is a key to sign it with."""

    @property
    def seal(self) -> LogStamp | None:
        """The log as it stands."""
        return stamp(self.store.tree, self.checkpoint)

    def day(self, booked_at: datetime, happened_on: date | None) -> date:
        """The paper's date, where it has one of its own; else the day of booking."""
        return happened_on or booked_at.astimezone(self.office.timezone).date()

    def columns(self, labels: Iterable[tuple[str, str]], wide: Collection[str] = ()) -> tuple[Column, ...]:
        """From (key, message)."""
        return tuple(
            Column(key=str(key), label=self.words.gettext(label), is_wide=key in wide) for key, label in labels
        )

    @property
    def head(self) -> Signature:
        """The head of office signs."""
        return Signature(role=self.words.gettext("Head of office"), name=self.office.head, nip=self.office.head_nip)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of the period."""
        if self.at < self.period.end:
            return (self.words.gettext("Made before this period has ended: its figures can still change."),)
        return ()


def period(first: date | None, last: date | None, now: datetime, timezone: ZoneInfo) -> Period:
    """From the first day to the last, both included; this month so far if nothing is said. Rejected."""
    today = now.astimezone(timezone).date()
    last = last or max(today, first or today)
    first = first or last.replace(day=1)
    if first > last:
        raise Rejected(f"a period goes from an earlier day to a later one, not from {first} to {last}")
    if first > today:
        raise Rejected(f"{first} lies in the future; today is {today}")
    return Period(first=first, last=last, start=_midnight(first, timezone), end=_midnight(_next(last), timezone))


def _next(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise Rejected(f"there is no day after {day}") from None


def _midnight(day: date, timezone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone)
