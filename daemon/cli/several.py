"""Commands on several records at once: which ones, whether they are really meant, and what became of each."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.failure import COULD_NOT, lines_about
from daemon.cli.invocation import is_record_id
from daemon.cli.whom import whom
from daemon.domain.errors import GiliranError, Rejected, UnknownRecord

if TYPE_CHECKING:
    from daemon.ports import Store

MOST = 10_000
MOST_SHOWN = 20
"""So many people are shown one by one before somebody says yes; of the others their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sure:
    """How a person is asked about what cannot be taken back."""

    what: str
    yes: bool
    """It is not asked."""


def _record_ids(texts: list[str] | None) -> list[str] | None:
    for text in texts or ():
        if not is_record_id(text):
            raise typer.BadParameter(f"{text!r}: a record id is 1 to 64 of A-Z a-z 0-9 . _ -")
    return texts


Records = Annotated[
    list[str] | None,
    typer.Argument(metavar="RECORD", callback=_record_ids, help="The record's id, or several.", show_default=False),
]
FromFile = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="Records from a file, one a line; - reads standard input.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether these people are meant.")]


def named(records: Sequence[str] | None, file: Path | None) -> tuple[str, ...]:
    """All that were named, each once. BadParameter (status 2) when there are none, or a line of the file is no id."""
    found = dict.fromkeys(records or ())
    if file is not None:
        found.update(dict.fromkeys(_in_file(file)))
    if not found:
        raise typer.BadParameter("name at least one record, or a file of them: --file FILE", param_hint="RECORD")
    if len(found) > MOST:
        raise typer.BadParameter(f"{len(found):,} records; at most {MOST:,} at once", param_hint="RECORD")
    return tuple(found)


def each(records: Sequence[str], do: Callable[[str], str | None]) -> None:
    """Do it for one after the other, and say what became of it. What fails is told and the others go on: status 1."""
    failed = 0
    for record in records:
        try:
            said = do(record)
        except GiliranError as error:
            failed += 1
            _, lines = lines_about(error, record)
            for line in lines:
                output.warn(line)
        else:
            if said is not None:
                output.say(said)
    if failed and len(records) > 1:
        others = "; the others were" if failed < len(records) else ""
        output.warn(f"giliran: {failed:,} of {len(records):,} were not done{others}")
    if failed:
        raise typer.Exit(COULD_NOT)


def be_sure(store: "Store", records: Sequence[str], what: str, *, yes: bool) -> None:
    """At a terminal, say whom it will concern and ask. Rejected when the answer is no."""
    if yes or not sys.stdin.isatty():
        return
    output.warn(f"{what}:")
    for record in records[:MOST_SHOWN]:
        output.warn(f"  {_line(store, record)}")
    if len(records) > MOST_SHOWN:
        output.warn(f"  and {len(records) - MOST_SHOWN:,} more")
    if not typer.confirm(f"{len(records):,} of them. Go on?" if len(records) > 1 else "Go on?", err=True):
        raise Rejected("nothing was done; --yes does it without asking")


def _line(store: "Store", record: str) -> str:
    try:
        job = store.jobs.job(record)
    except UnknownRecord:
        return f"{record}: not known here"
    return f"{record}: {whom(store, job)}, {job.state.value.replace('_', ' ')}"


def _in_file(file: Path) -> list[str]:
    """The ids in it; empty lines are passed over."""
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    text = content.decode("utf-8-sig", errors="replace")
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        record = line.strip()
        if record and not is_record_id(record):
            raise typer.BadParameter(
                f"{file}:{number}: a record id is 1 to 64 of A-Z a-z 0-9 . _ -; nothing was done", param_hint="--file"
            )
        if record:
            found.append(record)
    return found
