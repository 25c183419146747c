"""`queue` and `why`: who is in line, and why somebody stands where they stand."""

from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import AsJson, Lang, Limit, RecordId, invocation, language, now
from daemon.domain.states import IN_LINE, State

if TYPE_CHECKING:
    from daemon.ports import QueueRow

app = typer.Typer()


@app.command()
def queue(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Who is served next.

    Jobs in the order in which they will be served.
    """
    asked = invocation(context)
    settings = asked.settings()
    fits = None if as_json or limit is not None else _that_fit()
    with asked.store(settings) as store:
        rows = store.view.queue(state, limit or fits)
        counts = store.view.counts()
    if as_json:
        output.say_json([_to_json(row) for row in rows])
        return
    timezone = settings.office.timezone
    more = sum(counts[each] for each in ((state,) if state else IN_LINE)) - len(rows)
    output.say_table(
        ("PLACE", "RECORD", "STATE", "RECORDED", "SINCE", "REASON"),
        (
            (
                row.place,
                row.job.record_id,
                row.job.state,
                output.local(row.job.recorded_at, timezone),
                output.local(row.job.since, timezone),
                row.held_back or row.job.reason,
            )
            for row in rows
        ),
        empty="Nobody is in line." if state is None else f"No job is {state.value}.",
    )
    if fits is not None and more > 0:
        output.say(f"… and {more:,} more: --limit N")


def _that_fit() -> int | None:
    """Rows on one screen, beside the heading, what is said of the others, and the next prompt; None: no terminal."""
    _, lines = output.screen()
    return None if lines is None else max(1, lines - 3)


def _to_json(row: "QueueRow") -> dict[str, object]:
    from daemon.queries.status import rfc3339

    return {
        "record_id": row.job.record_id,
        "state": row.job.state.value,
        "recorded_at": rfc3339(row.job.recorded_at),
        "place": row.place,
        "reason": row.held_back or row.job.reason,
        "since": rfc3339(row.job.since),
    }


@app.command()
def why(context: typer.Context, record: RecordId, lang: Lang = None, as_json: AsJson = False) -> None:
    """Why somebody stands where they stand.

    Place in line, state and its reason, who was recorded later and served earlier and why, expected date.
    """
    from daemon.queries.why import find_standing, sentences, to_json

    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        standing = find_standing(store, settings, record, now(), language=language(lang, settings))
    if as_json:
        output.say_json(to_json(standing))
        return
    for sentence in sentences(standing):
        output.say(sentence)
