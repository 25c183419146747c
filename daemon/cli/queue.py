"""`queue` and `why`: who is in line, and why somebody stands where they stand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.find import SearchKey, digits_of, is_nik
from daemon.cli.handing_over import Print, sheet
from daemon.cli.invocation import AsJson, Lang, Limit, actor, invocation, language, now, record_id
from daemon.cli.sealing import checkpoint_for_paper
from daemon.cli.whom import initials
from daemon.domain.errors import Rejected, UnknownRecord
from daemon.domain.states import IN_LINE, State

if TYPE_CHECKING:
    from daemon.ports import QueueRow, Store
    from daemon.queries.why import Standing
    from daemon.settings import Settings

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
def why(
    context: typer.Context,
    record: Annotated[str, typer.Argument(metavar="RECORD|NIK", help="The record's id, or a whole NIK.")],
    file: Print = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Why somebody stands where they stand.

    Place in line, state and its reason, who or what moves it next, how many recorded later were started earlier and
    why, expected date, what happened so far. Of a NIK: of every record that has it, and the look-up is logged.
    --print: a receipt for the person, with the log's checkpoint and the proof of the newest decision about the record.
    """
    from daemon.queries.why import find_standing, sentences, to_json

    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        records, by_nik = _records(store, record)
        spoken = language(lang, settings)
        standings = [find_standing(store, settings, each, now(), language=spoken) for each in records]
        if file is not None:
            _print_receipt(store, settings, standings, file)
            return
    if as_json:
        told = [to_json(standing) for standing in standings]
        output.say_json(told if by_nik else told[0])
        return
    for number, standing in enumerate(standings):
        if number:
            output.say("")
        for sentence in sentences(standing):
            output.say(sentence)


def _print_receipt(store: "Store", settings: "Settings", standings: "list[Standing]", file: Path) -> None:
    from daemon.queries.sheets import receipt
    from daemon.queries.tree import newest_proof, stamp

    if len(standings) > 1:
        several = ", ".join(standing.job.record_id for standing in standings)
        raise Rejected(f"several records have this NIK, and a receipt is for one: {several}")
    [standing] = standings
    record_id = standing.job.record_id
    kept, salt = checkpoint_for_paper(settings, store), store.tree.salt(record_id)
    proof = newest_proof(store, record_id, kept) if kept is not None else None
    evidence = None if proof is None or salt is None else (proof, salt)
    seal = stamp(store.tree, kept)
    sheet(receipt(standing, initials(store, record_id), settings.office, seal, evidence), file)


def _records(store: "Store", text: str) -> tuple[list[str], bool]:
    """Whom it is about, and whether by NIK: that may be several. A record whose id looks like one is found, too."""
    if not is_nik(text):
        return [record_id(text)], False
    found = store.people.of_nik(digits_of(text))
    store.log.append("looked_up", at=now(), actor=actor(), by=SearchKey.NIK.value, found=len(found))
    if found:
        return [job.record_id for job in found], True
    try:
        return [store.jobs.job(text).record_id], False
    except UnknownRecord:
        raise UnknownRecord("nobody here has this NIK") from None
