"""Numbers as they are typed: plain digits, whatever else another country or a program would take for a number.

In Indonesia 1.000 is a thousand and 1,5 is one and a half; Python takes 1_000, +5 and ٣ for numbers as well. Blanks
are counted by people who sign for them, so anything but plain digits is refused, with the number that was meant.
"""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import typer

_PLAIN = re.compile(r"0|[1-9][0-9]*")
_GROUPED = re.compile(r"[0-9]{1,3}(?P<mark>[., _'’])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?:(?!(?P=mark))[.,]0{1,2})?")
_SECONDS = re.compile(r"(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,3})?")
_MOST_DIGITS = 18


def number(least: int = 1, most: int = 10**9) -> Callable[[str | int], int]:
    """What parses a whole number between these, both included. BadParameter (status 2)."""

    def parse(typed: str | int) -> int:
        if isinstance(typed, int):
            return typed  # a default
        if _PLAIN.fullmatch(typed) is None:
            raise typer.BadParameter(_not_plain(typed))
        if len(typed) > _MOST_DIGITS or int(typed) > most:
            raise typer.BadParameter(f"must be at most {most}")
        if int(typed) < least:
            raise typer.BadParameter(f"must be at least {least}")
        return int(typed)

    return parse


def seconds(least: float = 0.0, most: float = 999_999.0) -> Callable[[str | float], float]:
    """What parses a length of time, where fractions of a second make sense. BadParameter (status 2)."""

    def parse(typed: str | float) -> float:
        if isinstance(typed, float):
            return typed
        if _SECONDS.fullmatch(typed) is None or not least <= float(typed) <= most:
            raise typer.BadParameter(f"must be seconds, such as 2 or 0.5, from {least:g} to {most:g}")
        return float(typed)

    return parse


def _not_plain(typed: str) -> str:
    meant = _meant(typed)
    if meant is None:
        return "must be a whole number in plain digits, such as 1000"
    return f"must be plain digits; did you mean {meant}?"


def _meant(typed: str) -> int | None:
    """The whole number that a person who writes so has in mind; None when it can be none."""
    text = "".join(sign if (digit := unicodedata.decimal(sign, None)) is None else str(digit) for sign in typed)
    text = " ".join(text.split()).removeprefix("+")
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        text = text.replace(grouped["mark"], "")
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or value.is_signed() or value.adjusted() >= _MOST_DIGITS or value != int(value):
        return None
    return int(value)
