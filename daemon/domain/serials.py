"""Serial numbers of blanks, where the office has them: read from a delivery note, and tied to cards."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from daemon.domain.errors import Rejected

MOST = 100_000
"""In one delivery."""
_SERIAL = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,31}")
_RANGE = re.compile(r"(?P<first>[A-Z0-9./]*[A-Z0-9])-(?P<last>[A-Z0-9./]*[A-Z0-9])")
_NUMBER = re.compile(r"(?P<series>.*?)(?P<number>[0-9]{1,15})")


class SerialTrouble(StrEnum):
    """What is wrong with the serial that somebody read off a card."""

    UNKNOWN = "unknown"
    """It was never received."""
    TWICE = "twice"
    """It stands on another card, too."""


def serial(text: str) -> str:
    """One serial, in capitals and without the spaces around it. Rejected."""
    found = text.strip().upper()
    if _SERIAL.fullmatch(found) is None:
        raise Rejected(f"{text.strip()[:40]!r} is no serial number: 1 to 32 of A-Z 0-9 . / -")
    return found


def delivered(parts: Iterable[str], quantity: int) -> tuple[str, ...]:
    """The serials of a delivery of so many blanks, from single ones and ranges (A000101-A000600). Rejected."""
    found: dict[str, None] = {}
    for part in parts:
        for each in _expanded(part.strip().upper()):
            if each in found:
                raise Rejected(f"serial {each} stands in the list twice")
            found[each] = None
            if len(found) > MOST:
                raise Rejected(f"more than {MOST:,} serials in one delivery; book it as several")
    if len(found) != quantity:
        raise Rejected(f"the list has {len(found):,} serials, the delivery {quantity:,} blanks")
    return tuple(found)


def _expanded(part: str) -> Iterator[str]:
    first, last = _ends(part)
    if first is None or last is None or first["series"] != last["series"] or len(first[0]) != len(last[0]):
        yield serial(part)  # a dash may be a part of it
        return
    begin, end = int(first["number"]), int(last["number"])
    if end < begin:
        raise Rejected(f"{part} is no range: it ends before it begins")
    if end - begin >= MOST:
        raise Rejected(f"{part} is more than {MOST:,} serials; book the delivery as several")
    width = len(first["number"])
    for number in range(begin, end + 1):
        yield serial(f"{first['series']}{number:0{width}}")


def _ends(part: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    bounds = _RANGE.fullmatch(part)
    if bounds is None:
        return None, None
    return _NUMBER.fullmatch(bounds["first"]), _NUMBER.fullmatch(bounds["last"])
