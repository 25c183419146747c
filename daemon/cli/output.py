"""How commands speak: JSON that is JSON alone, and tables that are never cut."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo


def say(text: str) -> None:
    """A line on stdout."""
    print(visible(text))


def warn(text: str) -> None:
    """A line on stderr."""
    print(visible(text), file=sys.stderr)


def say_json(value: object) -> None:
    """UTF-8 JSON on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1 if sys.stdout.isatty() else None)
    print()


def say_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Aligned columns, numbers to the right; `empty` is said when there are no rows."""
    shown = [[_cell(cell) for cell in row] for row in rows]
    if not shown:
        say(empty)
        return
    table = [list(headings), *[[text for text, _ in row] for row in shown]]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    right = [all(is_number for _, is_number in column) for column in zip(*shown, strict=True)]
    for row in table:
        cells = (
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        )
        print("  ".join(cells).rstrip())


def local(at: datetime | None, timezone: ZoneInfo) -> str:
    """Date and time in the office's time zone, for people."""
    return "" if at is None else f"{at.astimezone(timezone):%Y-%m-%d %H:%M:%S}"


def visible(text: str) -> str:
    """Text of unknown origin, unable to steer the terminal."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in text)


def _cell(cell: object) -> tuple[str, bool]:
    if isinstance(cell, int):
        return f"{cell:,}", True
    return ("", False) if cell is None else (visible(str(cell)).replace("\n", " "), False)
