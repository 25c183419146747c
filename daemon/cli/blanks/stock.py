"""`blanks receive|load|unload|spoil`: from the carton into a printer, and what is ruined on the way."""

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli.blanks.booking import (
    Account,
    Batch,
    DocumentDate,
    Note,
    Quantity,
    account,
    happened_on,
    hopper,
    say_known,
    say_moved,
)
from daemon.cli.invocation import Document, Invocation, PrinterName, actor, invocation, now, sentence
from daemon.domain import ledger
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Movement
from daemon.domain.serials import delivered

if TYPE_CHECKING:
    from daemon.settings import Settings

app = typer.Typer()

_CARTONS = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,5})")


@app.command()
def receive(
    context: typer.Context,
    quantity: Quantity,
    batch: Annotated[str, typer.Option(metavar="B", callback=sentence, help="The shipment's batch number.")],
    document: Document = None,
    on: DocumentDate = None,
    note: Note = None,
    cartons: Annotated[
        str | None,
        typer.Option(metavar="NxM", help="As they came: N cartons of M blanks, checked against QTY and kept."),
    ] = None,
    serials: Annotated[
        str | None,
        typer.Option(metavar="S,…", help="Their serials: ranges (A000101-A000600) and single ones, with commas."),
    ] = None,
    serials_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The same from a file: one a line, or the first column of CSV.")
    ] = None,
) -> None:
    """A shipment from the centre comes into the store."""
    asked = invocation(context)
    settings = asked.settings()
    packed = _packed(quantity, cartons)
    if (serials or serials_file) and not settings.blanks.serials:
        raise Rejected("serials are not kept here; set blanks.serials: true in the configuration")
    move(
        asked,
        settings,
        Movement(
            quantity=quantity,
            credit=ledger.CENTRE,
            debit=ledger.STORE,
            reason=ledger.RECEIVED,
            batch=batch,
            document=document,
            note="; ".join(words for words in (packed, note) if words) or None,
            happened_on=happened_on(settings, on),
            serials=_delivered(serials, serials_file, quantity),
        ),
    )


@app.command()
def load(
    context: typer.Context,
    printer: PrinterName,
    quantity: Quantity,
    batch: Batch = None,
    document: Document = None,
    on: DocumentDate = None,
    note: Note = None,
) -> None:
    """From the store into a printer's hopper. A printer that rests for want of blanks goes on."""
    asked = invocation(context)
    settings = asked.settings()
    move(
        asked,
        settings,
        Movement(
            quantity=quantity,
            credit=ledger.STORE,
            debit=hopper(settings, printer),
            reason=ledger.LOADED,
            batch=batch,
            document=document,
            note=note,
            happened_on=happened_on(settings, on),
        ),
    )


@app.command()
def unload(
    context: typer.Context,
    printer: PrinterName,
    quantity: Quantity,
    batch: Batch = None,
    document: Document = None,
    on: DocumentDate = None,
    note: Note = None,
) -> None:
    """From a printer's hopper back into the store. Works for a printer that left the configuration, too."""
    if ledger.PRINTER_NAME.fullmatch(printer) is None:
        raise typer.BadParameter(f"{printer!r} cannot be a printer's name")
    asked = invocation(context)
    settings = asked.settings()
    move(
        asked,
        settings,
        Movement(
            quantity=quantity,
            credit=ledger.hopper(printer),
            debit=ledger.STORE,
            reason=ledger.UNLOADED,
            batch=batch,
            document=document,
            note=note,
            happened_on=happened_on(settings, on),
        ),
    )


@app.command()
def spoil(
    context: typer.Context,
    where: Account,
    quantity: Quantity,
    reason: Annotated[str, typer.Option(metavar="R", help=f"One of {', '.join(ledger.SPOIL_REASONS)}.")],
    batch: Batch = None,
    document: Document = None,
    on: DocumentDate = None,
    note: Note = None,
) -> None:
    """Blanks that can never become a card."""
    if reason not in ledger.SPOIL_REASONS:
        raise typer.BadParameter(f"--reason is one of {', '.join(ledger.SPOIL_REASONS)}")
    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        credit = account(settings, store, where, plain=(ledger.STORE,))
    move(
        asked,
        settings,
        Movement(
            quantity=quantity,
            credit=credit,
            debit=ledger.SPOILED,
            reason=reason,
            batch=batch,
            document=document,
            note=note,
            happened_on=happened_on(settings, on),
        ),
    )


def move(asked: Invocation, settings: "Settings", movement: Movement) -> None:
    """Book it and say so."""
    with asked.store(settings) as store:
        if store.ledger.move(movement, at=now(), actor=actor()):
            say_moved(movement, store)
        else:
            say_known(movement.document)


def _delivered(given: str | None, file: Path | None, quantity: int) -> tuple[str, ...]:
    """The serials of a delivery; none when none are given. Rejected names what is wrong with them."""
    parts = [] if given is None else [part for part in given.split(",") if part.strip()]
    if file is not None:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            parts += [row[0] for row in csv.reader(lines) if row and row[0].strip()]
    return delivered(parts, quantity) if parts else ()


def _packed(quantity: int, cartons: str | None) -> str | None:
    """How the shipment was packed, in words; what does not fill another carton came loose."""
    if cartons is None:
        return None
    fits = _CARTONS.fullmatch(cartons)
    if fits is None:
        raise typer.BadParameter("cartons are written NxM: 6x500 is six cartons of 500 each", param_hint="--cartons")
    number, each = int(fits[1]), int(fits[2])
    loose = quantity - number * each
    if not 0 <= loose < each:
        raise typer.BadParameter(
            f"{number:,} cartons of {each:,} are {number * each:,} blanks, not {quantity:,}", param_hint="--cartons"
        )
    return f"{number} cartons of {each}" + (f" and {loose} loose" if loose else "")
