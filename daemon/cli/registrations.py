"""`import`: the office's own registrations."""

import os
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.digits import number as plain_number
from daemon.cli.failure import COULD_NOT
from daemon.cli.invocation import Invocation, actor, invocation, now, sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from daemon.ports import Record

app = typer.Typer()

UNDO = "undo"

_BIG_BYTES = 1 << 20
"""From this size a person at a terminal sees how far it is."""


def _spelling(typed: str) -> str:
    """BadParameter (status 2)."""
    if typed not in {"iso", "dmy"}:
        raise typer.BadParameter(f"{typed!r} is neither iso (2026-01-31) nor dmy (31/01/2026)")
    return typed


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV; - reads standard input; or the word undo.")],
    number: Annotated[
        str | None, typer.Argument(metavar="N", help="After undo: the number of the import.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    dates: Annotated[
        str,
        typer.Option(
            metavar="iso|dmy",
            parser=_spelling,
            help="How the dates of the whole file are written: 2026-01-31 or 31/01/2026. Never guessed.",
        ),
    ] = "iso",
    document: Annotated[
        str | None,
        typer.Option(
            metavar="NO",
            callback=sentence,
            help="The paper they come from: with it a time earlier than the centre's counts, and is counted in public.",
        ),
    ] = None,
) -> None:
    """Take in the office's own registrations.

    CSV: record_id,nik,name,recorded_at,district,village,request_class,lane, in any order, by these names or the
    Indonesian ones (nama, waktu_rekam, kecamatan, jalur …), with comma, semicolon or tab, in UTF-8, UTF-16 or
    Windows-1252. Other columns are passed over and named. A bad row is reported with its line number, and the good ones
    go in; the exit status is 1 when a row was bad.
    """
    asked = invocation(context)
    if str(file) == UNDO and number is not None:
        _undo(asked, plain_number()(number))
        return
    if number is not None:
        raise typer.BadParameter("one file at a time; nothing was taken in", param_hint="FILE")
    if str(file) == UNDO:
        raise typer.BadParameter("an import is taken back with: giliran import undo N", param_hint="FILE")
    settings = asked.settings()
    rows = _Rows(file, dates, settings.office.timezone, [lane.name for lane in settings.queue.lanes])
    with asked.store(settings) as store, output.progress("import", _lines(rows.source)) as advance:
        if dry_run:
            taken = store.records.foresee(rows.good(advance), document)
        else:
            taken = store.records.register(rows.good(advance), now(), actor(), document)
    ahead = f", {taken.moved_ahead:,} moved ahead of the centre's time" if taken.moved_ahead else ""
    output.say(f"{taken.new:,} new, {rows.good_rows - taken.new:,} already known, {rows.bad_rows:,} bad{ahead}")
    if dry_run:
        output.say("a dry run: nothing was written")
    elif taken.number is not None:
        output.say(f"import {taken.number}; taken back with: giliran import undo {taken.number}")
    for record_id in taken.others:
        output.warn(
            f"{record_id} is another person here (the NIK ends in other digits), who stays; is its record id right?"
        )
    if taken.too_early:
        output.warn(
            f"{taken.too_early:,} say an earlier time than the centre, which does not count; "
            "with the paper that it comes from it does: --document NO"
        )
    for hint in rows.hints:
        output.warn(hint)
    if rows.bad_rows:
        raise typer.Exit(COULD_NOT)


def _undo(asked: Invocation, number: int) -> None:
    """Those of whom nothing has come go, as if they had never been there, or have their time of before back; of the
    others it is said why they stay."""
    with asked.store() as store:
        undone = store.records.undo_import(number, at=now(), actor=actor())
    for record_id, why in undone.staying:
        output.warn(f"{record_id} stays: {why}")
    back = f", {undone.moved_back:,} moved back" if undone.moved_back else ""
    output.say(f"import {number} is taken back: {undone.gone:,} gone{back}, {len(undone.staying):,} stay")
    if undone.staying:
        raise typer.Exit(COULD_NOT)


class _Rows:
    """The file's rows on their way in: the good ones are counted and given on, the bad ones counted and told."""

    def __init__(self, file: Path, dates: str, timezone: "ZoneInfo", lanes: Collection[str]) -> None:
        self.source = Path("/dev/stdin") if str(file) == "-" else file
        self.good_rows = self.bad_rows = 0
        self._hints: list[str] = []
        self._file = file
        self._dates = dates
        self._timezone = timezone
        self._lanes = lanes

    @property
    def hints(self) -> list[str]:
        """What helps the bad ones and what was passed over, each once, in the order in which it was met."""
        from adapters.registrations import hints_that_hold

        return hints_that_hold(self._hints)

    def good(self, advance: Callable[[], None]) -> "Iterator[Record]":
        """As a stream; `advance` for every row."""
        from adapters.registrations import BadRow, Dates, read_registrations

        dates, hints = Dates(self._dates), self._hints
        read = read_registrations(
            self.source, timezone=self._timezone, now=now(), dates=dates, lanes=self._lanes, tell=hints.append
        )
        for row in read:
            advance()
            if isinstance(row, BadRow):
                self.bad_rows += 1
                output.warn(f"{self._file}:{row.line}: {row.problem}")
                if row.hint is not None and row.hint not in self._hints:
                    self._hints.append(row.hint)
            else:
                self.good_rows += 1
                yield row


def _lines(source: Path) -> int:
    """Of a big file that a person at a terminal waits for; 0 for any other: it is read once more to count them."""
    if not sys.stderr.isatty() or not source.is_file() or os.path.getsize(source) < _BIG_BYTES:
        return 0
    with source.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
