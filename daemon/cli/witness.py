"""`audit witness`: who vouches for this log, and for which ones this office does. Requests and answers are files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.digits import number
from daemon.cli.invocation import AsJson, invocation
from daemon.cli.reading import read_text
from daemon.domain.errors import Rejected

if TYPE_CHECKING:
    from adapters.neighbours import Neighbours
    from daemon.ports import Witness
    from daemon.settings import Settings

app = typer.Typer(
    name="witness", no_args_is_help=True, help="Those who vouch that a log only grew: others for ours, we for theirs."
)

Input = Annotated[Path, typer.Argument(metavar="FILE|-", allow_dash=True)]


@app.command(name="list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Who cosigned this log, how far and when; which logs this office cosigns."""
    from daemon.queries.status import rfc3339
    from daemon.queries.tree import cosigned

    settings = invocation(context).settings()
    with invocation(context).store(settings) as store:
        newest = store.tree.newest()
        found = [(each, cosigned(store.tree, each)) for each in _witnesses(settings)]
    heads = _neighbours(settings).heads() if settings.log.neighbours else {}
    evidence = _neighbours(settings).evidence() if settings.log.neighbours else []
    if as_json:
        output.say_json(
            {
                "size": None if newest is None else newest.size,
                "witnesses": [
                    {
                        "name": each.name,
                        "size": None if last is None else last[0],
                        "at": None if last is None else rfc3339(last[1].at),
                    }
                    for each, last in found
                ],
                "neighbours": [
                    {"origin": known_as, "size": None if head is None else head.size}
                    for known_as, head in heads.items()
                ],
                "evidence": [str(file) for file in evidence],
            }
        )
        return
    if not found and not heads:
        output.say("no witness and no neighbour is configured: log.witnesses, log.neighbours")
    for each, last in found:
        how_far = (
            "has cosigned nothing of this log"
            if last is None
            else f"cosigned {last[0]:,} entries, {output.local(last[1].at, settings.office.timezone)}"
        )
        output.say(f"{each.name}: {how_far}")
    for known_as, head in heads.items():
        output.say(f"{known_as}: {'nothing' if head is None else f'{head.size:,} entries'} of it cosigned here")
    for file in evidence:
        output.say(f"evidence of a log that contradicts itself: {file}")


@app.command()
def key(context: typer.Context) -> None:
    """The key that neighbours need for what this office cosigns."""
    from daemon.main import log_key

    output.say(log_key(invocation(context).settings()).witness_key)


@app.command()
def add_checkpoint(context: typer.Context, file: Input) -> None:
    """Cosign a neighbour's log, if it only grew: takes its request, prints the cosignature.

    One that contradicts what was cosigned before is refused, and kept as evidence.
    """
    from daemon.domain.witness import MOST_REQUEST_BYTES
    from daemon.ports import OtherSize

    try:
        line = _neighbours(invocation(context).settings()).add_checkpoint(
            read_text(file, "request", MOST_REQUEST_BYTES)
        )
    except OtherSize as other:
        raise Rejected(f"{other}; there: giliran audit witness request NAME --old {other.size}") from other
    output.write(line)


@app.command()
def request(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of log.witnesses.")],
    old: Annotated[
        int | None, typer.Option(metavar="N", parser=number(0), help="The size that it cosigned last, if it said so.")
    ] = None,
) -> None:
    """Ask a witness to cosign this log: prints a request that can be carried there."""
    from daemon.queries.tree import cosigned, request_to_cosign

    settings = invocation(context).settings()
    asked = next((each for each in _witnesses(settings) if each.name == name), None)
    if asked is None:
        raise Rejected(f"{name} is not among log.witnesses")
    with invocation(context).store(settings) as store:
        head = store.tree.newest()
        if head is None:
            raise Rejected("no head of the log is signed so far: giliran audit export DIR, or start the daemon")
        last = cosigned(store.tree, asked)
        since = old if old is not None else 0 if last is None else last[0]
        if since > head.size:
            raise Rejected(f"the newest head of the log has {head.size:,} entries")
        output.write(request_to_cosign(store.tree, head, since).text)


@app.command()
def add_cosignature(context: typer.Context, file: Input) -> None:
    """Take in what a witness answered."""
    from daemon.domain.note import MOST_BYTES
    from daemon.queries.tree import take_in

    settings = invocation(context).settings()
    lines = read_text(file, "cosignature", MOST_BYTES)
    with invocation(context).store(settings) as store:
        for each in _witnesses(settings):
            size = take_in(store.tree, each, lines)
            if size is not None:
                output.say(f"{each.name} cosigned {size:,} entries")
                return
    raise Rejected(
        "this is no cosignature of a witness in log.witnesses on a head of this log that is kept: each one of the last"
        " week, and the last of each day before"
    )


def _witnesses(settings: "Settings") -> "tuple[Witness, ...]":
    from daemon.main import witnesses

    return witnesses(settings)


def _neighbours(settings: "Settings") -> "Neighbours":
    from daemon.main import neighbours

    return neighbours(settings)
