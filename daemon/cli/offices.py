"""`offices`: the province's view of all offices that share the database."""

from typing import TYPE_CHECKING

import typer

from daemon.cli import output
from daemon.cli.invocation import AsJson, invocation
from daemon.domain.states import State

if TYPE_CHECKING:
    from daemon.ports import OfficeRow

app = typer.Typer()


@app.command()
def offices(context: typer.Context, as_json: AsJson = False) -> None:
    """How every office in this database stands: its queue, its blanks, its link. Nobody's data are read."""
    from daemon.main import offices as all_offices

    settings = invocation(context).settings()
    rows = list(all_offices(settings))
    if as_json:
        output.say_json([_to_json(row) for row in rows])
        return
    timezone = settings.office.timezone
    output.say_table(
        ("OFFICE", "WAITING", "READY", "PRINTING", "UNCONFIRMED", "PRINTED", "BLANKS", "LINE", "LAST CARD"),
        (
            (
                row.code,
                *(f"{row.counts.get(state, 0):,}" for state in _SHOWN),
                f"{_made(row):,}",
                f"{row.blanks:,}",
                row.link or "unknown",
                None if row.last_card_at is None else output.local(row.last_card_at, timezone),
            )
            for row in rows
            if row.is_read
        ),
        empty="No office is in this database.",
    )
    for row in rows:
        if not row.is_read:
            output.say(_why_not_read(row))


_SHOWN = (State.WAITING, State.READY, State.PRINTING, State.UNCONFIRMED)


def _why_not_read(row: "OfficeRow") -> str:
    if row.revision is None:
        return f"Office {row.code}: this database user may not look at it; grant it USAGE and SELECT."
    return (
        f"Office {row.code} is at schema revision {row.revision}, which this giliran does not read: look with the one"
        " that serves it, or migrate it there (giliran migrate)."
    )


def _made(row: "OfficeRow") -> int:
    return row.counts.get(State.PRINTED, 0) + row.counts.get(State.HANDED_OVER, 0)


def _to_json(row: "OfficeRow") -> dict[str, object]:
    from daemon.queries.status import STATES, rfc3339

    return {
        "code": row.code,
        "revision": row.revision,
        "queue": {state.value: row.counts.get(state, 0) for state in STATES},
        "blanks": row.blanks,
        "link": {
            "state": "unknown" if row.link is None else row.link.value,
            "since": None if row.link_since is None else rfc3339(row.link_since),
        },
        "last_card_at": None if row.last_card_at is None else rfc3339(row.last_card_at),
    }
