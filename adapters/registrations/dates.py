"""Times as registrations have them."""

import re
from datetime import UTC, datetime, tzinfo
from enum import StrEnum


class Dates(StrEnum):
    """How the dates of a file are written. It is said by whoever knows the file, never guessed: 03/04 is two days."""

    ISO = "iso"
    DMY = "dmy"
    """Day, month, year, as in 31/01/2026."""


NO_TIME = "must be a time like 2026-01-05T09:11:00 or 2026-01-05T09:11:00+07:00"
NO_DMY_TIME = "must be a time like 31/01/2026 or 31/01/2026 09:11, as all of the file (--dates dmy)"

_SLASHED = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<between>[/.\-])(?P<month>[0-9]{1,2})(?P=between)(?P<year>[0-9]{4})"
    r"(?:[ T,]+(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2}))?)?"
)


class NotThatOrder(Exception):
    """A date whose day and month can only be the other way round."""


def looks_slashed(text: str) -> bool:
    """Whether it would be a time if only it were known which part is the day."""
    return _SLASHED.fullmatch(text) is not None


def moment(text: str, dates: Dates, timezone: tzinfo) -> datetime:
    """In UTC; a time without an offset is the office's. ValueError; NotThatOrder."""
    try:
        read = datetime.fromisoformat(text) if dates is Dates.ISO else _day_first(text)
        return (read if read.tzinfo else read.replace(tzinfo=timezone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _day_first(text: str) -> datetime:
    found = _SLASHED.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, month = int(found["day"]), int(found["month"])
    if month > 12 >= day:
        raise NotThatOrder
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    return datetime(int(found["year"]), month, day, hour, minute, second)  # noqa: DTZ001  the caller knows whose it is
