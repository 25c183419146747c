"""`blanks balance|ledger|serial`: where they are, and how they came there."""

from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import AsJson, Limit, invocation
from daemon.cli.status import snapshot_now
from daemon.domain import ledger, serials

if TYPE_CHECKING:
    from daemon.ports import LedgerRow

app = typer.Typer()

LISTED = 50


@app.command()
def balance(context: typer.Context, as_json: AsJson = False) -> None:
    """Where every blank is."""
    from daemon.queries.status import blanks_to_json

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


@app.command()
def serial(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="SERIAL", help="As it stands on the blank.")],
    as_json: AsJson = False,
) -> None:
    """What is known of one blank: its batch, and the card that it became."""
    from daemon.queries.status import rfc3339

    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        row = store.serials.find(serials.serial(number))
    if as_json:
        output.say_json(
            {
                "serial": row.serial,
                "batch": row.batch,
                "received_at": None if row.received_at is None else rfc3339(row.received_at),
                "cards": [{"record_id": record_id, "attempt": attempt} for record_id, attempt in row.cards],
            }
        )
        return
    came = f"came in batch {row.batch} on {output.local(row.received_at, settings.office.timezone)[:10]}"
    output.say(f"{row.serial}: {came if row.batch else 'was never received here'}")
    for record_id, attempt in row.cards:
        output.say(f"{row.serial}: the card of {record_id} (attempt {attempt})")


@app.command("ledger")
def ledger_(context: typer.Context, limit: Limit = LISTED, as_json: AsJson = False) -> None:
    """The latest movements, newest first; their numbers are what `blanks reverse` takes."""
    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        rows = store.ledger.entries(limit or LISTED)
        reversals = store.ledger.reversals()
    if as_json:
        output.say_json([_to_json(row, reversals.get(row.id)) for row in rows])
        return
    output.say_table(
        ("ENTRY", "TIME", "QUANTITY", "FROM", "TO", "REASON", "WHO", "RECORD", "BATCH", "DOCUMENT", "DETAILS"),
        (
            (
                row.id,
                output.local(row.at, settings.office.timezone),
                row.quantity,
                row.credit,
                row.debit,
                row.reason,
                row.actor,
                row.record_id,
                row.batch,
                row.document,
                _details(row, reversals.get(row.id)),
            )
            for row in rows
        ),
        empty="Nothing was booked yet: giliran blanks receive QTY --batch B",
    )


def _details(row: "LedgerRow", reversal: "LedgerRow | None") -> str:
    reverses = None if row.reverses is None else f"reverses {row.reverses}"
    taken_back = None if reversal is None else f"reversed by {reversal.id}"
    of_date = None if row.happened_on is None else f"of {row.happened_on}"
    witnesses = f"witnesses {', '.join(row.witnesses)}" if row.witnesses else None
    return "; ".join(words for words in (reverses, taken_back, row.office, of_date, witnesses, row.note) if words)


def _to_json(row: "LedgerRow", reversal: "LedgerRow | None") -> dict[str, object]:
    from daemon.queries.status import rfc3339

    return {
        "id": row.id,
        "at": rfc3339(row.at),
        "quantity": row.quantity,
        "credit": row.credit,
        "debit": row.debit,
        "reason": row.reason,
        "actor": row.actor,
        "record_id": row.record_id,
        "attempt": row.attempt,
        "batch": row.batch,
        "document": row.document,
        "office": row.office,
        "witnesses": list(row.witnesses),
        "note": row.note,
        "reverses": row.reverses,
        "reversed_by": None if reversal is None else reversal.id,
        "date": None if row.happened_on is None else row.happened_on.isoformat(),
    }
