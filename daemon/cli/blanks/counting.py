"""`blanks count|destroy`: what a person found (stock opname), and what was destroyed before witnesses (pemusnahan)."""

from typing import Annotated

import typer

from daemon.cli import output
from daemon.cli.blanks.booking import Batch, DocumentDate, Note, Quantity, account, happened_on, say_known
from daemon.cli.blanks.stock import move
from daemon.cli.digits import number
from daemon.cli.invocation import Document, Reason, actor, invocation, now, sentence
from daemon.domain import ledger
from daemon.domain.ledger import Count, Movement

app = typer.Typer()


@app.command()
def count(
    context: typer.Context,
    where: Annotated[str, typer.Argument(metavar="ACCOUNT", help="store, spoiled, hopper:PRINTER or just PRINTER.")],
    quantity: Annotated[
        int,
        typer.Argument(
            metavar="QTY", parser=number(0, ledger.MOST_AT_ONCE), help="How many lie there.", show_default=False
        ),
    ],
    reason: Reason,
    batch: Batch = None,
    document: Document = None,
    on: DocumentDate = None,
) -> None:
    """What was counted: a difference becomes a variance. A card in the printer is not in its hopper any more."""
    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        counted = Count(
            account=account(settings, store, where, plain=(ledger.STORE, ledger.SPOILED)),
            quantity=quantity,
            note=reason,
            batch=batch,
            document=document,
            happened_on=happened_on(settings, on),
        )
        off = store.ledger.count(counted, at=now(), actor=actor())
        variance = store.ledger.balances().get(ledger.VARIANCE, 0)
    if off is None:
        say_known(document)
    elif off == 0:
        output.say(f"{counted.account}: {quantity:,} counted, as the ledger says")
    else:
        output.say(
            f"{counted.account}: {quantity:,} counted, the ledger said {quantity - off:,}:"
            f" {abs(off):,} {'too many' if off > 0 else 'missing'}; now variance {variance:,}"
        )


@app.command()
def destroy(
    context: typer.Context,
    quantity: Quantity,
    witness: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME…", help="Who saw it; one or more, all go into the record.", show_default=False),
    ] = None,
    more_witnesses: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="More witnesses.", show_default=False)
    ] = None,
    where: Annotated[
        str,
        typer.Option("--account", metavar="A", help="spoiled; or issued, for invalid cards that came back."),
    ] = ledger.SPOILED,
    batch: Batch = None,
    document: Document = None,
    on: DocumentDate = None,
    note: Note = None,
) -> None:
    """Spoiled blanks are destroyed before witnesses."""
    if not witness:
        raise typer.BadParameter("who saw it? At least one: --witness NAME", param_hint="--witness")
    if where not in (ledger.SPOILED, ledger.ISSUED):
        raise typer.BadParameter(
            f"what is destroyed is spoiled or issued, not {where}; a blank is spoiled first: giliran blanks spoil",
            param_hint="--account",
        )
    asked = invocation(context)
    settings = asked.settings()
    move(
        asked,
        settings,
        Movement(
            quantity=quantity,
            credit=where,
            debit=ledger.DESTROYED,
            reason=ledger.WRITTEN_OFF,
            witnesses=_names([*witness, *(more_witnesses or ())]),
            batch=batch,
            document=document,
            note=note,
            happened_on=happened_on(settings, on),
        ),
    )


def _names(given: list[str]) -> tuple[str, ...]:
    """Each once, as they were named."""
    names = [name for text in given if (name := sentence(text))]
    return tuple(dict.fromkeys(names))
