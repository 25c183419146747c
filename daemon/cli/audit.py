"""`audit`: whether the books are as they were written, and the log for whoever wants to see for himself."""

import json
import re
from string import hexdigits
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.digits import number
from daemon.cli.invocation import AsJson, invocation
from daemon.domain.errors import Fatal, Rejected

if TYPE_CHECKING:
    from daemon.queries.audit import AuditResult

app = typer.Typer(name="audit", no_args_is_help=True, help="The tamper-evident log, and the sums of the ledger.")

MOST_FAULTS = 20
HASH = re.compile("[0-9A-Fa-f]{64}")


@app.command()
def verify(
    context: typer.Context,
    entry: Annotated[
        int | None, typer.Option(metavar="N", parser=number(), help="The entry that a paper names, with its --hash.")
    ] = None,
    digest: Annotated[str | None, typer.Option("--hash", metavar="HASH", help="As it stands on that paper.")] = None,
    as_json: AsJson = False,
) -> None:
    """Follow the log's chain from its first entry, and hold the sums of blanks against their entries."""
    from daemon.queries.audit import verify as verify_books

    if (entry is None) != (digest is None):
        raise typer.BadParameter("--entry and --hash go together", param_hint="--entry")
    if digest is not None and HASH.fullmatch(digest) is None:
        raise typer.BadParameter(
            f"a hash is 64 of 0-9 a-f; this one has {len(digest)} characters"
            + ("" if set(digest) <= set(hexdigits) else ", not all of them those"),
            param_hint="--hash",
        )
    known = None if entry is None or digest is None else (entry, digest)
    with invocation(context).store() as store:
        newest = store.log.last()
        with output.progress("audit", newest.sequence if newest else 0) as advance:
            found = verify_books(store, known=known, advance=advance)
    last = found.last
    if as_json:
        output.say_json(
            {
                "entries": found.entries,
                "last": None if last is None else {"sequence": last.sequence, "hash": last.hash},
                "faults": [*found.faults, *([found.paper] if found.paper else [])],
            }
        )
    else:
        _say(found)
    if found.faults:
        raise Fatal(
            f"the books were changed by other hands ({len(found.faults):,} faults); restore a backup, or ask who did"
        )
    if found.paper:
        raise Rejected(
            f"the log itself is whole, but entry #{entry} is not as on the paper; compare number and hash with the"
            " paper once more. If both are typed correctly, this is another log, or the whole of it was rewritten"
        )


@app.command()
def export(context: typer.Context) -> None:
    """The whole log as JSON, one entry a line, as its hashes were made. It holds no name and no NIK."""
    from daemon.queries.fairness import whole_log

    with invocation(context).store() as store:
        for entry in whole_log(store.log):
            line = {
                "sequence": entry.sequence,
                "at": entry.at.isoformat(timespec="microseconds"),
                "actor": entry.actor,
                "event": entry.event,
                "record_id": entry.record_id,
                "details": entry.details,
                "previous": entry.previous,
                "hash": entry.hash,
            }
            output.write(json.dumps(line, ensure_ascii=False) + "\n")


def _say(found: "AuditResult") -> None:
    for fault in found.faults[:MOST_FAULTS]:
        output.say(fault)
    if len(found.faults) > MOST_FAULTS:
        output.say(f"and {len(found.faults) - MOST_FAULTS:,} more")
    if not found.faults:
        until = "" if found.last is None else f", up to #{found.last.sequence} {found.last.hash}"
        output.say(f"{found.entries:,} entries of the log are as they were written{until}")
        output.say("every sum of blanks is that of its entries; all accounts together are zero")
    if found.paper:
        output.say(found.paper)
