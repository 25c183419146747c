"""Rules for single values that come from outside. Each returns the value or raises a rule broken, never its content."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import NoReturn

from pydantic_core import PydanticCustomError

from daemon.domain import records as rules
from daemon.domain.flaw import Flaw
from daemon.domain.token import RECORD_ID

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of surrogate pairs (no database takes them), line and paragraph separators."""
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make a line read otherwise than it is stored."""


def is_clean(text: str) -> bool:
    """Whether it is one line that can be stored, printed and logged as it is."""
    return not any(unicodedata.category(sign) in _UNPRINTABLE or sign in _OVERRIDES for sign in text)


def text(value: object, longest: int) -> str:
    """One clean line of 1 to `longest` characters, without blanks around it."""
    if not isinstance(value, str):
        broken(Flaw.NOT_TEXT)
    stripped = value.strip()
    if not stripped:
        broken(Flaw.EMPTY)
    if len(stripped) > longest:
        broken(Flaw.TOO_LONG.format(most=longest))
    if not is_clean(stripped):
        broken(Flaw.CONTROL_CHARACTERS)
    _heed(rules.text_fault(stripped))
    return stripped


def name(value: object) -> str:
    """A person's."""
    stripped = text(value, longest=200)
    _heed(rules.name_fault(stripped))
    return stripped


def record_id(value: object) -> str:
    """A record's id at the centre."""
    if not isinstance(value, str) or not RECORD_ID.fullmatch(value):
        broken(Flaw.NOT_AN_ID)
    return value


def nik(value: object) -> str:
    """A citizen's number."""
    fault = rules.nik_fault(value) if isinstance(value, str) else ""
    if fault == Flaw.NO_SERIAL:
        broken(fault)
    if fault is not None or not isinstance(value, str):
        broken(Flaw.NOT_A_NIK_AS_TEXT)
    return value


def moment(value: object) -> datetime:
    """RFC 3339 with an offset, as aware UTC."""
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        broken(Flaw.NOT_A_TIME)
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        broken(Flaw.NO_SUCH_TIME)


def recorded_at(value: object, latest: datetime | None) -> datetime:
    """When somebody was recorded; the place in line goes by it. `latest`: now, and as far as clocks differ."""
    at = moment(value)
    _heed(rules.recorded_at_fault(at, latest))
    return at


def day(value: object) -> date:
    """A calendar day, YYYY-MM-DD."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        broken(Flaw.NOT_A_DATE)
    try:
        return date.fromisoformat(value)
    except ValueError:
        broken(Flaw.NO_SUCH_DATE)


def broken(rule: str) -> NoReturn:
    """Say which rule a value breaks."""
    raise PydanticCustomError("rule", "{rule}", {"rule": rule})


def _heed(fault: str | None) -> None:
    if fault is not None:
        broken(fault)
