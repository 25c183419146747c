"""`blanks reverse`: a wrong booking is taken back by an entry that names it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.blanks.booking import what_lies
from daemon.cli.digits import number
from daemon.cli.invocation import Reason, actor, invocation, now

if TYPE_CHECKING:
    from daemon.ports import Store

app = typer.Typer()


@app.command()
def reverse(
    context: typer.Context,
    entry: Annotated[
        int,
        typer.Argument(
            metavar="ENTRY",
            parser=number(),
            help="Its number: the first column of giliran blanks ledger.",
            show_default=False,
        ),
    ],
    reason: Reason,
) -> None:
    """Take back what was booked wrongly, once; then book what is right, under the same paper's number if it has one.

    Cards' own movements are not reversed by hand, and nothing is taken from where it does not lie any more.
    """
    with invocation(context).store() as store:
        done = store.ledger.reverse(entry, why=reason, at=now(), actor=actor())
        balances = store.ledger.balances()
        wrong = done.entry
        counted = _counted_since(store, wrong.at, {wrong.debit, wrong.credit})
    output.say(
        f"entry {wrong.id} is reversed by entry {done.by}: {wrong.quantity:,} blanks back from {wrong.debit}"
        f" to {wrong.credit}; now {what_lies(balances, wrong.debit, wrong.credit)}"
    )
    if done.freed is not None:
        output.say(f"document {done.freed} can be booked again")
    for account in counted:
        output.warn(
            f"{account} was counted after that booking, so its figure was right before: count it again:"
            f" giliran blanks count {account} QTY --reason …"
        )


def _counted_since(store: "Store", booked_at: datetime, accounts: set[str]) -> list[str]:
    """Which of these a person counted since: what lay there was found then, whatever had been booked wrongly."""
    counts = store.log.events("blanks_counted", booked_at, now())
    return sorted(accounts & {str(entry.details.get("account")) for entry in counts if entry.at > booked_at})
