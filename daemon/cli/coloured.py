"""Lines with colours in them, for whoever looks at a terminal."""

import os
import sys
from enum import Enum
from typing import NamedTuple

import typer


class Colour(Enum):
    """By what it says; its value is the colour of the terminal, if any, and whether it is bold."""

    GOOD = (typer.colors.GREEN, False)
    MIDDLING = (typer.colors.YELLOW, False)
    BAD = (typer.colors.RED, True)
    HEADING = (None, True)

    def paint(self, text: str) -> str:
        """For a terminal."""
        foreground, bold = self.value
        return typer.style(text, fg=foreground, bold=bold or None)


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
            parts.append(self.plain[done:start] + colour.paint(self.plain[start:end]))
            done = end
        return "".join(parts) + self.plain[done:]


def line(text: str, colour: Colour | None = None, start: int = 0) -> Line:
    """In one colour, from `start` on."""
    return Line(text, () if colour is None or start >= len(text) else (Span(start, len(text), colour),))


def shows_colours() -> bool:
    """Whether stdout is a terminal that has them, and whose person wants them (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", "unknown")
