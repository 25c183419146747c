"""One language that people read: its messages by gettext, its figures, days and lengths of time by Babel.

English is written in the source. What it is in another language stands in that language's catalog beside this file
(`id.po`): `make fmt` puts new messages in, and a test fails while one of them is not translated. Babel is imported when
the first message of another language, or the first date, is asked for: most commands need neither.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

CATALOGS = Path(__file__).parent


class LanguageCode(StrEnum):
    """What can be asked for."""

    ID = "id"
    EN = "en"


SOURCE = LanguageCode.EN
"""Needs no catalog."""


class Plural(NamedTuple):
    """A message that depends on how many there are."""

    one: str
    many: str
    by: str
    """The value that says how many."""


Message = str | Plural


class _Patterns(NamedTuple):
    """How days are written, as CLDR writes patterns."""

    day: str
    """In a sentence."""
    moment: str
    """In a table."""


_PATTERNS: Mapping[str, _Patterns] = {
    LanguageCode.ID: _Patterns(day="d MMMM y", moment="dd/MM/y HH.mm"),
    LanguageCode.EN: _Patterns(day="d MMM y", moment="y-MM-dd HH:mm"),
}
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class Language:
    """Says things in one language."""

    code: str

    def say(self, message: Message, /, **values: object) -> str:
        """A message that was marked (N_, Plural), with its values."""
        if isinstance(message, Plural):
            return self.ngettext(message.one, message.many, int(str(values[message.by])), **values)
        return self.gettext(message, **values)

    def gettext(self, message: str, /, **values: object) -> str:
        """The message with its values put in: `{left:,}` has its thousands grouped as the language groups them."""
        return _Formatter(self).vformat(self.known(message), (), values)

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The message for so many."""
        return _Formatter(self).vformat(_translations(self.code).ngettext(one, many, number), (), values)

    def known(self, text: str) -> str:
        """What one of our own texts is in this language; any other as it is. Nothing is put in."""
        return _translations(self.code).gettext(text) if text else text

    def number(self, of: int) -> str:
        """1,234."""
        if self.code == SOURCE:
            return f"{of:,}"  # as Babel has it, without loading it for `status`
        from babel.numbers import format_decimal

        return format_decimal(of, locale=self.code)

    def share(self, of: float) -> str:
        """12.5 %, of 0.125."""
        from babel.numbers import format_percent

        return format_percent(of, "#,##0.0 %", locale=self.code)

    def day(self, on: date) -> str:
        """15 Jan 2026, in a sentence."""
        return self._date(on, _PATTERNS[self.code].day)

    def short_day(self, on: date) -> str:
        """15 Jan 2026, in a table."""
        return self._date(on, "d MMM y")

    def moment(self, at: datetime, timezone: "ZoneInfo") -> str:
        """2026-01-15 09:12, in a table."""
        from babel.dates import format_datetime

        return format_datetime(at, _PATTERNS[self.code].moment, tzinfo=timezone, locale=self.code)

    def length(self, of: timedelta) -> str:
        """2 hours 5 minutes: the two largest units."""
        from babel.units import format_unit

        left, named = round(of.total_seconds()), []
        for unit, seconds in _UNITS:
            number, left = divmod(left, seconds)
            if number:
                named.append(format_unit(number, f"duration-{unit}", locale=self.code))
        return " ".join(named[:2]) or format_unit(0, "duration-second", locale=self.code)

    def _date(self, on: date, pattern: str) -> str:
        from babel.dates import format_date

        return format_date(on, pattern, locale=self.code)


def in_language(code: str) -> Language:
    """The language of that code, one of LanguageCode."""
    return Language(LanguageCode(code))


class _Formatter(string.Formatter):
    """str.format, but for how thousands are grouped."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._language.number(value) if format_spec == "," else str(super().format_field(value, format_spec))


@lru_cache
def _translations(code: str) -> NullTranslations:
    """Read once for each language, some hundredths of a second."""
    if code == SOURCE:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (CATALOGS / f"{code}.po").open("rb") as catalog:
        write_mo(compiled, read_po(catalog, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)
