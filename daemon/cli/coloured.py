"""Lines with colours in them, for whoever looks at a terminal."""

import os
import sys
from enum import StrEnum
from typing import NamedTuple


class Colour(StrEnum):
    """By what it says; its value is the terminal's code for it (ECMA-48, SGR)."""

    GOOD = "32"
    MIDDLING = "33"
    BAD = "1;31"
    HEADING = "1"


class Span(NamedTuple):
    """From here to there in this colour."""

    start: int
    end: int
    colour: Colour


class Line(NamedTuple):
    """One line of a screen."""

    plain: str
    spans: tuple[Span, ...] = ()
    """In their order, none over another."""

    def painted(self) -> str:
        """For a terminal."""
        parts, done = [], 0
        for start, end, colour in self.spans:
            parts.append(f"{self.plain[done:start]}\x1b[{colour}m{self.plain[start:end]}\x1b[0m")
            done = end
        return "".join(parts) + self.plain[done:]


def line(text: str, colour: Colour | None = None, start: int = 0) -> Line:
    """In one colour, from `start` on."""
    return Line(text, () if colour is None or start >= len(text) else (Span(start, len(text), colour),))


def shows_colours() -> bool:
    """Whether stdout is a terminal that has them, and whose person wants them (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", "unknown")
