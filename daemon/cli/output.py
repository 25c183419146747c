"""How commands speak: JSON that is JSON alone, and tables that are never cut."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from daemon.cli.failure import ReaderLeft
from daemon.cli.table import fitted

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def write(text: str) -> None:
    """Text on stdout as it is. ReaderLeft."""
    try:
        sys.stdout.write(text)
    except BrokenPipeError as error:
        raise ReaderLeft from error


def say(text: str) -> None:
    """A line on stdout."""
    write(visible(text) + "\n")


def warn(text: str) -> None:
    """A line on stderr."""
    sys.stderr.write(visible(text) + "\n")


def complain(text: str) -> None:
    """An error on stderr; where that leads to the journal, it stands there as one (sd-daemon(3): priority 3)."""
    prefix = ""
    if "JOURNAL_STREAM" in os.environ:
        from adapters.systemd import leads_to_journal

        prefix = "<3>" if leads_to_journal(sys.stderr, os.environ) else ""
    warn(prefix + text)


def log_in_plain_words() -> None:
    """What the program logs while it does a command is for whoever gave it: the sentence, not where in the code."""
    from loguru import logger

    with suppress(ValueError):  # whoever has set it up before, as the demo has, knows where it is to go
        logger.remove(0)
        logger.add(lambda message: complain(str(message).rstrip()), level="WARNING", format="{message}")


def say_json(value: object) -> None:
    """UTF-8 JSON on stdout."""
    import json

    write(json.dumps(value, ensure_ascii=False, indent=1 if sys.stdout.isatty() else None) + "\n")


def say_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Aligned columns, whole numbers to the right; `empty` is said when there are no rows."""
    shown = [[_cell(cell) for cell in row] for row in rows]
    if not shown:
        say(empty)
        return
    numeric = [any(number for _, number in column) for column in zip(*shown, strict=True)]
    lines = fitted(headings, [[text for text, _ in row] for row in shown], numeric, screen()[0])
    _page("".join(f"{line}\n" for line in lines), len(lines))


def screen() -> tuple[int | None, int | None]:
    """Columns and lines of the terminal; None: nobody looks at one."""
    if not sys.stdout.isatty():
        return None, None
    size = shutil.get_terminal_size()
    return size.columns, size.lines


def _page(text: str, lines: int) -> None:
    """Through the person's pager, where it is longer than the screen."""
    _, most = screen()
    if most is None or lines < most:
        write(text)
        return
    import pydoc

    os.environ.setdefault("LESS", "FRX")
    pydoc.pager(text)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr, to be advanced by one: at a terminal, and when there is something to wait for."""
    if not sys.stderr.isatty() or not total:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def local(at: "datetime | None", timezone: "ZoneInfo") -> str:
    """Date and time in the office's time zone, for people."""
    return "" if at is None else f"{at.astimezone(timezone):%Y-%m-%d %H:%M:%S}"


def length(seconds: int) -> str:
    """3 h 12 min; the two largest units, and seconds alone below a minute."""
    minutes, of_minute = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    named = [(days, "d"), (hours, "h"), (minutes, "min"), (of_minute, "s")]
    first = next((place for place, (number, _) in enumerate(named) if number), len(named) - 1)
    return " ".join(f"{number} {unit}" for number, unit in named[first : first + 2] if number) or "0 s"


def visible(text: str) -> str:
    """Text of unknown origin, in one line and unable to steer the terminal."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else "�" for sign in text)


def _cell(cell: object) -> tuple[str, bool]:
    if cell is None:
        return "", False
    return (f"{cell:,}", True) if isinstance(cell, int) else (visible(str(cell)), False)
