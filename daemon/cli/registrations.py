"""`import`: the office's own registrations."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.failure import COULD_NOT
from daemon.cli.invocation import HELP, actor, invocation, now

if TYPE_CHECKING:
    from daemon.ports import Record

app = typer.Typer()

_BIG_BYTES = 1 << 20
"""From this size a person at a terminal sees how far it is."""


@app.command("import", context_settings=HELP)
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV; - reads standard input.")],
) -> None:
    """Take in the office's own registrations.

    CSV: record_id,nik,name,recorded_at,district,village,request_class. A bad row is reported with its line number,
    and the good ones go in; the exit status is 1 when a row was bad.
    """
    from adapters.registrations import BadRow, read_registrations

    asked = invocation(context)
    settings = asked.settings()
    source = Path("/dev/stdin") if str(file) == "-" else file
    good_rows = bad_rows = 0

    def good(advance: Callable[[], None]) -> "Iterator[Record]":
        nonlocal good_rows, bad_rows
        for row in read_registrations(source, timezone=settings.office.timezone, now=now()):
            advance()
            if isinstance(row, BadRow):
                bad_rows += 1
                output.warn(f"{file}:{row.line}: {row.problem}")
            else:
                good_rows += 1
                yield row

    with asked.store(settings) as store, output.progress("import", _lines(source)) as advance:
        taken = store.records.register(good(advance), now(), actor())
    output.say(f"{taken.new:,} new, {good_rows - taken.new:,} already known, {bad_rows:,} bad")
    if bad_rows:
        raise typer.Exit(COULD_NOT)


def _lines(source: Path) -> int:
    """Of a big file that a person at a terminal waits for; 0 for any other: it is read once more to count them."""
    if not sys.stderr.isatty() or not source.is_file() or os.path.getsize(source) < _BIG_BYTES:
        return 0
    with source.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
