"""`blanks transfer`: what other offices borrow from us, give back, and lend us (pinjam blangko)."""

from typing import Annotated

import typer

from daemon.cli import output
from daemon.cli.blanks.booking import DocumentDate, Note, Quantity, happened_on, say_known
from daemon.cli.blanks.stock import move
from daemon.cli.invocation import Document, actor, invocation, now, sentence
from daemon.domain import ledger
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Arrival, Movement

app = typer.Typer()


@app.command()
def transfer(
    context: typer.Context,
    quantity: Quantity,
    to: Annotated[
        str | None, typer.Option(metavar="OFFICE", callback=sentence, help="They leave the store for this office.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="OFFICE", callback=sentence, help="They come from this office.")
    ] = None,
    batch: Annotated[str | None, typer.Option(metavar="B", callback=sentence, help="Their batch.")] = None,
    document: Document = None,
    on: DocumentDate = None,
    note: Note = None,
) -> None:
    """To another office, or from one: what it has of ours comes back first, the rest is new here."""
    asked = invocation(context)
    settings = asked.settings()
    day = happened_on(settings, on)
    other = to or from_ or ""
    if other.casefold() in (settings.office.code.casefold(), settings.office.name.casefold()):
        raise Rejected(f"{other} is this office itself; nothing was booked")
    if to is not None and from_ is None:
        move(
            asked,
            settings,
            Movement(
                quantity=quantity,
                credit=ledger.STORE,
                debit=ledger.TRANSFERRED,
                reason=ledger.TRANSFERRED_OUT,
                office=to,
                batch=batch,
                document=document,
                note=note,
                happened_on=day,
            ),
        )
        return
    if from_ is None or to is not None:
        raise typer.BadParameter("say either --to OFFICE or --from OFFICE")
    arrival = Arrival(quantity=quantity, office=from_, batch=batch, document=document, note=note, happened_on=day)
    with asked.store(settings) as store:
        entries = store.ledger.arrive(arrival, at=now(), actor=actor())
        if entries is None:
            say_known(document)
            return
        balances = store.ledger.balances()
    ours, new = (
        sum(e.quantity for e in entries if e.credit == credit) for credit in (ledger.TRANSFERRED, ledger.CENTRE)
    )
    output.say(
        f"{quantity:,} blanks transferred in from {entries[0].office} ({ours:,} of ours, {new:,} new here);"
        f" now store {balances.get(ledger.STORE, 0):,}, transferred {balances.get(ledger.TRANSFERRED, 0):,}"
    )
