"""`blanks`: every movement of blank cards that a person makes, and where they are."""

from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import (
    HELP,
    AsJson,
    Document,
    Invocation,
    Limit,
    PrinterName,
    actor,
    find_printer,
    invocation,
    now,
    sentence,
)
from daemon.cli.status import snapshot_now
from daemon.domain import ledger
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Movement

if TYPE_CHECKING:
    from daemon.ports import LedgerRow
    from daemon.settings import Settings

app = typer.Typer(name="blanks", no_args_is_help=True, help="The ledger of blank cards.")

LISTED = 50

Quantity = Annotated[
    int, typer.Argument(metavar="QTY", min=1, max=ledger.MOST_AT_ONCE, help="How many blanks.", show_default=False)
]


@app.command(context_settings=HELP)
def receive(
    context: typer.Context,
    quantity: Quantity,
    batch: Annotated[str, typer.Option(metavar="B", callback=sentence, help="The shipment's batch number.")],
    document: Document = None,
) -> None:
    """A shipment from the centre comes into the store."""
    _move(
        invocation(context),
        Movement(
            quantity=quantity,
            credit=ledger.CENTRE,
            debit=ledger.STORE,
            reason="received",
            batch=batch,
            document=document,
        ),
    )


@app.command(context_settings=HELP)
def load(context: typer.Context, printer: PrinterName, quantity: Quantity, document: Document = None) -> None:
    """From the store into a printer's hopper. A printer that rests for want of blanks goes on."""
    asked = invocation(context)
    hopper = _hopper(asked.settings(), printer)
    _move(
        asked,
        Movement(quantity=quantity, credit=ledger.STORE, debit=hopper, reason="loaded", document=document),
    )


@app.command(context_settings=HELP)
def unload(context: typer.Context, printer: PrinterName, quantity: Quantity, document: Document = None) -> None:
    """From a printer's hopper back into the store. Works for a printer that left the configuration, too."""
    if ledger.PRINTER_NAME.fullmatch(printer) is None:
        raise typer.BadParameter(f"{printer!r} cannot be a printer's name")
    _move(
        invocation(context),
        Movement(
            quantity=quantity,
            credit=ledger.hopper(printer),
            debit=ledger.STORE,
            reason="unloaded",
            document=document,
        ),
    )


@app.command(context_settings=HELP)
def spoil(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="store, hopper:PRINTER or just PRINTER.")],
    quantity: Quantity,
    reason: Annotated[str, typer.Option(metavar="R", help=f"One of {', '.join(ledger.SPOIL_REASONS)}.")],
    document: Document = None,
) -> None:
    """Blanks that can never become a card."""
    if reason not in ledger.SPOIL_REASONS:
        raise typer.BadParameter(f"--reason is one of {', '.join(ledger.SPOIL_REASONS)}")
    asked = invocation(context)
    credit = _account(asked.settings(), account)
    _move(
        asked,
        Movement(quantity=quantity, credit=credit, debit=ledger.SPOILED, reason=reason, document=document),
    )


@app.command(context_settings=HELP)
def balance(context: typer.Context, as_json: AsJson = False) -> None:
    """Where every blank is."""
    from daemon.status import blanks_to_json

    blanks = blanks_to_json(snapshot_now(invocation(context)))
    if as_json:
        output.say_json(blanks)
        return
    rows: list[tuple[str, object]] = []
    for account, figure in blanks.items():
        if isinstance(figure, dict):
            rows += [(ledger.hopper(printer), blanks_there) for printer, blanks_there in figure.items()]
        else:
            rows.append((account, figure))
    output.say_table(("ACCOUNT", "BLANKS"), rows, empty="No blanks.")


@app.command("ledger", context_settings=HELP)
def ledger_(context: typer.Context, limit: Limit = LISTED, as_json: AsJson = False) -> None:
    """The latest movements, newest first."""
    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        rows = store.ledger.entries(limit or LISTED)
    if as_json:
        output.say_json([_to_json(row) for row in rows])
        return
    output.say_table(
        ("TIME", "QUANTITY", "FROM", "TO", "REASON", "WHO", "RECORD", "BATCH", "DOCUMENT"),
        (
            (
                output.local(row.at, settings.office.timezone),
                row.quantity,
                row.credit,
                row.debit,
                row.reason,
                row.actor,
                row.record_id,
                row.batch,
                row.document,
            )
            for row in rows
        ),
        empty="Nothing was booked yet: giliran blanks receive QTY --batch B",
    )


def _move(asked: Invocation, movement: Movement) -> None:
    with asked.store() as store:
        booked = store.ledger.move(movement, at=now(), actor=actor())
        balances = store.ledger.balances()
    if not booked:
        output.say(f"document {movement.document} was booked before; nothing was booked again")
        return
    after = ", ".join(
        f"{account} {balances.get(account, 0):,}"
        for account in (movement.credit, movement.debit)
        if account != ledger.CENTRE
    )
    output.say(f"{movement.quantity:,} blanks {movement.reason}; now {after}")


def _hopper(settings: "Settings", name: str) -> str:
    printer = find_printer(settings, name)
    if printer.kind != "card":
        raise Rejected(f"{name} prints on paper and takes no blanks; load a card printer")
    return ledger.hopper(name)


def _account(settings: "Settings", text: str) -> str:
    if text == ledger.STORE:
        return ledger.STORE
    name = text.removeprefix("hopper:")
    if text in ledger.PLAIN_ACCOUNTS:
        raise typer.BadParameter(f"blanks are spoiled from store or from a hopper, not from {text}")
    return _hopper(settings, name)


def _to_json(row: "LedgerRow") -> dict[str, object]:
    from daemon.status import rfc3339

    return {
        "id": row.id,
        "at": rfc3339(row.at),
        "quantity": row.quantity,
        "credit": row.credit,
        "debit": row.debit,
        "reason": row.reason,
        "actor": row.actor,
        "record_id": row.record_id,
        "batch": row.batch,
        "document": row.document,
    }
