"""What every movement of blanks has on its paper, and how what was booked is told."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.digits import number
from daemon.cli.invocation import day, find_printer, now, sentence
from daemon.domain import ledger
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Movement

if TYPE_CHECKING:
    from daemon.ports import Store
    from daemon.settings import Settings

OLDEST = timedelta(days=31)
"""A paper older than this belongs into a month that was reported long ago: it is a variance, found by a count."""


Quantity = Annotated[
    int,
    typer.Argument(metavar="QTY", parser=number(1, ledger.MOST_AT_ONCE), help="How many blanks.", show_default=False),
]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="store, hopper:PRINTER or just PRINTER.")]
Batch = Annotated[
    str | None,
    typer.Option("--batch", metavar="B", callback=sentence, help="Their batch, which must have been received."),
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", callback=sentence, help="Kept with the entry.")]
DocumentDate = Annotated[
    str | None,
    typer.Option(
        "--date", metavar="YYYY-MM-DD", help=f"The paper's date, if not today; at most {OLDEST.days} days ago."
    ),
]


def happened_on(settings: "Settings", given: str | None) -> date | None:
    """The date of yesterday's paper; None for today's. BadParameter (status 2)."""
    on = day(given)
    today = now().astimezone(settings.office.timezone).date()
    if on is None or on == today:
        return None
    if on > today:
        raise typer.BadParameter(f"{on} lies in the future; today is {today}", param_hint="--date")
    if today - on > OLDEST:
        raise typer.BadParameter(
            f"{on} is more than {OLDEST.days} days ago; count the account instead: giliran blanks count",
            param_hint="--date",
        )
    return on


def hopper(settings: "Settings", name: str) -> str:
    """The account of a card printer of the configuration. Rejected."""
    printer = find_printer(settings, name)
    if printer.kind != "card":
        raise Rejected(f"{name} prints on paper and takes no blanks; load a card printer")
    return ledger.hopper(name)


def account(settings: "Settings", store: "Store", text: str, *, plain: Sequence[str]) -> str:
    """One of the `plain` accounts, or a hopper: of a card printer, or of one gone that has blanks still. Rejected."""
    if text in plain:
        return text
    if text in ledger.PLAIN_ACCOUNTS:
        raise typer.BadParameter(f"this is done in {', '.join(plain)} or a hopper, not in {text}", param_hint="ACCOUNT")
    name = text.removeprefix("hopper:")
    if store.ledger.balances().get(ledger.hopper(name)):
        return ledger.hopper(name)
    return hopper(settings, name)


def say_known(document: str | None) -> None:
    """Nothing was done, as asked."""
    output.say(f"document {document} was booked before; nothing was booked again")


def say_moved(movement: Movement, store: "Store") -> None:
    """How many, and what lies where now."""
    after = what_lies(store.ledger.balances(), movement.credit, movement.debit)
    output.say(f"{movement.quantity:,} blanks {movement.reason.replace('_', ' ')}; now {after}")


def what_lies(balances: Mapping[str, int], *accounts: str) -> str:
    """What lies in these, the centre aside."""
    return ", ".join(f"{account} {balances.get(account, 0):,}" for account in accounts if account != ledger.CENTRE)
