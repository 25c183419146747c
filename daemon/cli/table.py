"""Tables as wide as the terminal: cells are wrapped between words, never cut; what still does not fit is stacked."""

import textwrap
from collections.abc import Sequence

GAP = "  "
NARROWEST = 8
"""A column of text is made no narrower than that, or than its longest word."""


def fitted(
    headings: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], columns: int | None
) -> list[str]:
    """The lines. `columns`: of the terminal; None: as wide as it comes, for whoever reads it by program."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    if columns is None or _width(widths) <= columns:
        return [_line(row, widths, numeric) for row in (headings, *rows)]
    kept = [place for place in range(len(headings)) if any(row[place] for row in rows)]
    headings, numeric = [headings[place] for place in kept], [numeric[place] for place in kept]
    rows, widths = [[row[place] for place in kept] for row in rows], [widths[place] for place in kept]
    least = [
        max(_longest_word(heading), *(len(row[place]) for row in rows))
        if number
        else min(width, max(NARROWEST, _longest_word(heading), *(_longest_word(row[place]) for row in rows)))
        for place, (width, number, heading) in enumerate(zip(widths, numeric, headings, strict=True))
    ]
    while _width(widths) > columns:
        spare = [width - floor for width, floor in zip(widths, least, strict=True)]
        widest = max(range(len(widths)), key=lambda place: (spare[place] > 0, widths[place]))
        if spare[widest] <= 0:
            return _stacked(headings, rows, columns)
        widths[widest] -= 1
    return [line for row in (headings, *rows) for line in _wrapped(row, widths, numeric)]


def wrapped(text: str, columns: int | None, *, first: str = "", then: str = "") -> list[str]:
    """Lines between words, with what stands before the first and before those that hang below it."""
    if columns is None:
        return [first + text]
    return textwrap.wrap(
        text,
        max(columns, len(then) + NARROWEST),
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def _width(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _line(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = zip(row, widths, numeric, strict=True)
    return GAP.join(text.rjust(width) if number else text.ljust(width) for text, width, number in cells).rstrip()


def _wrapped(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> list[str]:
    cells = [_broken(text, width) or [""] for text, width in zip(row, widths, strict=True)]
    deepest = max(map(len, cells))
    return [
        _line([cell[depth] if depth < len(cell) else "" for cell in cells], widths, numeric) for depth in range(deepest)
    ]


def _stacked(headings: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """Each row as a block of `HEADING  value` lines."""
    label = max(map(len, headings))
    lines: list[str] = []
    for row in rows:
        lines += [""] if lines else []
        for heading, text in zip(headings, row, strict=True):
            for depth, part in enumerate(_broken(text, max(NARROWEST, columns - label - len(GAP)))):
                lines.append(f"{(heading if depth == 0 else '').ljust(label)}{GAP}{part}".rstrip())
    return lines


def _broken(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
