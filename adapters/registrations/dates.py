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
NO_DMY_TIME = "must be a time like 31/01/2026 or 31/01/2026 09:11, as the rest of the file (--dates dmy)"

NO_DATE = "names a week or a day of the year, not a date like 2026-01-31"
NO_MINUTES = "has a part of an hour or of a minute, not a time like 09:11 or 09.11"

_HOUR = (
    r"(?:[ T,]+(?P<hour>[0-9]{1,2})"
    r"(?::(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"|\.(?P<dotted_minute>[0-9]{2})(?:\.(?P<dotted_second>[0-9]{2}))?)"
    r" ?(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
"""With a point between them, as Indonesian has it, minutes have two digits: 9.5 might be half past nine."""
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})" + _HOUR)
_SLASHED = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<between>[/.\-])(?P<month>[0-9]{1,2})(?P=between)(?P<year>[0-9]{4})" + _HOUR
)
_WEEK_OR_DAY_OF_YEAR = re.compile(r"[0-9]{4}-?(?:[Ww][0-9]{1,2}(?:-?[0-9])?|[0-9]{3})(?:[ T,].*)?")
_FRACTION = re.compile(r"[0-9/.\-]{8,10}[ T,]+[0-9]{1,2}(?:[.,][0-9]+|[:.][0-9]{1,2}[.,][0-9]+)(?:[Zz+\-].*)?")


class NotThatOrder(Exception):
    """A date whose day and month can only be the other way round."""


def looks_slashed(text: str) -> bool:
    """Whether it would be a time if only it were known which part is the day."""
    return _SLASHED.fullmatch(text) is not None


def has_month_first(text: str) -> bool:
    """Whether that is certain: 1/31/2026."""
    found = _SLASHED.fullmatch(text)
    return found is not None and _has_month_first(found)


def moment(text: str, dates: Dates, timezone: tzinfo) -> datetime:
    """In UTC; a time without an offset is the office's. ValueError; NotThatOrder."""
    try:
        found = (_ISO if dates is Dates.ISO else _SLASHED).fullmatch(text)
        if found is None:
            raise ValueError(text)
        if dates is Dates.DMY and _has_month_first(found):
            raise NotThatOrder
        read = _read(found)
        return (read if read.tzinfo else read.replace(tzinfo=timezone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def problem(text: str, dates: Dates) -> str:
    """Of a text that is no moment: what is wrong with it."""
    if _WEEK_OR_DAY_OF_YEAR.fullmatch(text):
        return NO_DATE
    if _FRACTION.fullmatch(text) and not _ISO.fullmatch(text) and not _SLASHED.fullmatch(text):
        return NO_MINUTES
    return NO_TIME if dates is Dates.ISO else NO_DMY_TIME


def _has_month_first(found: re.Match[str]) -> bool:
    return int(found["month"]) > 12 >= int(found["day"])


def _read(found: re.Match[str]) -> datetime:
    """In ISO's own form, so that the library checks whether there is such a time."""
    hour, minute, second = (
        int(found[name] or found[other] or 0)
        for name, other in (("hour", "hour"), ("minute", "dotted_minute"), ("second", "dotted_second"))
    )
    day = f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    fraction = (found["fraction"] or "0")[:6]
    return datetime.fromisoformat(
        f"{day}T{hour:02}:{minute:02}:{second:02}.{fraction}{(found['offset'] or '').upper()}"
    )
