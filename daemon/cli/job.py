"""`job`: what an operator does with one person's card."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import HELP, AsJson, Invocation, Reason, RecordId, actor, invocation, now
from daemon.domain import job as moves
from daemon.domain import serials
from daemon.domain.errors import LostRace, Rejected, UnknownRecord
from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.log import Entry
from daemon.domain.serials import SerialTrouble
from daemon.domain.states import State
from daemon.ports import serving

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from daemon.ports import AttemptRow, IssuanceRow, Store

app = typer.Typer(name="job", no_args_is_help=True, help="One person's card: show, hold, settle …")

Move = Callable[[Job, datetime, str], Transition]

_TROUBLES = {
    SerialTrouble.UNKNOWN: "was never received here; look at the card and at the delivery notes",
    SerialTrouble.TWICE: "stands on another card, too; look at both",
}


@app.command(context_settings=HELP)
def hold(context: typer.Context, record: RecordId, reason: Reason) -> None:
    """Set a job aside; it keeps its place in line."""
    _change(invocation(context), record, lambda job, at, who: moves.hold(job, reason=reason, at=at, actor=who))


@app.command(context_settings=HELP)
def release(context: typer.Context, record: RecordId) -> None:
    """Put a held job back in its old place."""
    _change(invocation(context), record, lambda job, at, who: moves.release(job, at=at, actor=who))


@app.command(context_settings=HELP)
def cancel(context: typer.Context, record: RecordId, reason: Reason) -> None:
    """Withdraw a job for good."""
    _change(invocation(context), record, lambda job, at, who: moves.cancel(job, reason=reason, at=at, actor=who))


@app.command(context_settings=HELP)
def reprint(context: typer.Context, record: RecordId, reason: Reason) -> None:
    """Authorise another card for a person whose card was printed."""
    _change(invocation(context), record, lambda job, at, who: moves.reprint(job, reason=reason, at=at, actor=who))


@app.command(context_settings=HELP)
def handover(context: typer.Context, record: RecordId) -> None:
    """Record that the citizen has the card."""
    _change(invocation(context), record, lambda job, at, who: moves.hand_over(job, at=at, actor=who))


@app.command(context_settings=HELP)
def confirm(
    context: typer.Context,
    record: RecordId,
    reason: Reason,
    printed: Annotated[bool, typer.Option("--printed", help="A good card came out.")] = False,
    not_printed: Annotated[bool, typer.Option("--not-printed", help="No good card: it is printed again.")] = False,
    spoiled: Annotated[
        bool, typer.Option("--spoiled", help="With --not-printed: the blank is ruined; else it is in the hopper again.")
    ] = False,
) -> None:
    """Settle an unconfirmed job: did a card come out of the printer?

    So is one that is printing on a printer whose giliran does not run any more and will not come back. A card that
    lies in its CUPS queue could come out after all, when the machine is started again.
    """
    if printed == not_printed:
        raise typer.BadParameter("say either --printed or --not-printed")
    if spoiled and printed:
        raise typer.BadParameter("--spoiled goes with --not-printed; a good card is not spoiled")
    verdict = Verdict.PRINTED if printed else Verdict.SPOILED if spoiled else Verdict.NO_CARD
    asked = invocation(context)
    _give_up_on_its_daemon(asked, record)
    _change(
        asked,
        record,
        lambda job, at, who: moves.confirm(job, verdict, reason=reason, at=at, actor=who),
    )


@app.command(context_settings=HELP)
def serial(
    context: typer.Context,
    record: RecordId,
    number: Annotated[str, typer.Argument(metavar="SERIAL", help="As it stands on the card.")],
) -> None:
    """Tie the serial number that stands on a card to its person; told again, it replaces the one before."""
    asked = invocation(context)
    settings = asked.settings()
    if not settings.blanks.serials:
        raise Rejected("serials are not kept here; set blanks.serials: true in the configuration")
    with asked.store(settings) as store:
        tied = store.serials.tie(record, serials.serial(number), at=now(), actor=actor())
    output.say(f"{record}: serial {tied.serial}")
    if tied.trouble is not None:
        output.warn(
            f"{tied.serial} {_TROUBLES[tied.trouble]}; it is kept all the same: giliran blanks serial {tied.serial}"
        )
    if tied.told_without:
        output.warn("the central server was told of this card before, without the serial")


@app.command(context_settings=HELP)
def report(
    context: typer.Context,
    record: RecordId,
    reason: Reason,
    again: Annotated[bool, typer.Option("--again", help="Tell the central server of the card once more.")] = False,
    settled: Annotated[bool, typer.Option("--settled", help="It is settled there: do not report it any more.")] = False,
) -> None:
    """Settle a card that was printed and that the central server would not book."""
    if again == settled:
        raise typer.BadParameter("say either --again or --settled")
    with invocation(context).store() as store:
        cards = store.issuances.settle(record, again=again, reason=reason, at=now(), actor=actor())
    if not cards:
        raise Rejected(f"{record}: the central server has rejected no card of this record; giliran job show {record}")
    output.say(f"{record}: {'to be reported again' if again else 'settled'}")


def _give_up_on_its_daemon(asked: Invocation, record_id: str) -> None:
    """A printing job becomes a question when nobody is there who could still settle it. Rejected when somebody is."""
    from daemon.main import open_lease

    settings = asked.settings()
    with asked.store(settings) as store, closing(open_lease(settings)) as lease:
        job = store.jobs.job(record_id)
        if job.state is not State.PRINTING or job.printer is None:
            return
        if lease.taken(serving(job.printer)):
            raise Rejected(f"{record_id} is printing on {job.printer}, and its giliran runs: it will settle it itself")
        reason = f"no giliran serves {job.printer}"
        store.jobs.apply(moves.conclude(job, Verdict.IN_DOUBT, reason=reason, at=now()))


def _change(asked: Invocation, record_id: str, move: Move) -> None:
    with asked.store() as store:
        try:
            job = _apply(store, record_id, move)
        except LostRace:
            # Somebody changed it between our look and our move: look again, once.
            job = _apply(store, record_id, move)
    output.say(f"{record_id} is {job.state.value.replace('_', ' ')}" + (f": {job.reason}" if job.reason else ""))


def _apply(store: "Store", record_id: str, move: Move) -> Job:
    return store.jobs.apply(move(store.jobs.job(record_id), now(), actor()))


@app.command(context_settings=HELP)
def show(context: typer.Context, record: RecordId, as_json: AsJson = False) -> None:
    """State, attempts and log of one job. Of the person only initials and the end of the NIK."""
    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        job = store.jobs.job(record)
        place = store.view.place(job)
        attempts = store.jobs.attempts(record)
        issuances = store.issuances.of(record)
        entries = store.log.entries(record)
        initials = _initials(store, record)
    if as_json:
        output.say_json(_to_json(job, place, initials, attempts, issuances, entries))
        return
    timezone = settings.office.timezone
    facts = (
        ("record", job.record_id),
        ("person", f"{initials or 'unknown'}, NIK ending …{job.nik_ending or '????'}"),
        ("recorded", output.local(job.recorded_at, timezone)),
        ("state", f"{job.state.value} since {output.local(job.since, timezone)}: {job.state.meaning}"),
        ("reason", job.reason),
        ("place", place),
        ("centre says", job.central_status or "nothing"),
        ("class", job.request_class),
        *(("card " + str(row.attempt), _told(row, timezone)) for row in issuances),
    )
    for name, fact in facts:
        if fact is not None:
            output.say(f"{name:<12} {fact}")
    output.say("")
    output.say_table(
        ("CARD", "PRINTER", "PHASE", "STARTED", "ENDED", "VERDICT", "REASON"),
        (
            (
                attempt.attempt,
                attempt.printer,
                attempt.phase,
                output.local(attempt.started_at, timezone),
                output.local(attempt.ended_at, timezone),
                attempt.verdict,
                attempt.reason,
            )
            for attempt in attempts
        ),
        empty="No card was started.",
    )
    output.say("")
    output.say_table(
        ("TIME", "WHO", "EVENT", "DETAILS"),
        ((output.local(entry.at, timezone), entry.actor, entry.event, _details(entry)) for entry in entries),
        empty="The log has nothing about it.",
    )


def _initials(store: "Store", record_id: str) -> str | None:
    """Enough to tell two people apart; None while no readable person is known."""
    try:
        person = store.records.person(record_id)
    except UnknownRecord:
        return None
    return " ".join(f"{word[0]}." for word in person.name.split())


def _told(row: "IssuanceRow", timezone: "ZoneInfo") -> str:
    """What the centre says of a card that was made."""
    if row.rejected is not None:
        return f"rejected by the centre: {row.rejected}"
    if row.acknowledged_at is not None:
        return f"the centre knows since {output.local(row.acknowledged_at, timezone)}"
    return "the centre has not been told yet"


def _details(entry: Entry) -> str:
    return ", ".join(f"{name} {value}" for name, value in entry.details.items() if value is not None)


def _to_json(
    job: Job,
    place: int | None,
    initials: str | None,
    attempts: "list[AttemptRow]",
    issuances: "list[IssuanceRow]",
    entries: list[Entry],
) -> dict[str, object]:
    from daemon.status import rfc3339

    return {
        "record_id": job.record_id,
        "initials": initials,
        "nik_ending": job.nik_ending,
        "recorded_at": rfc3339(job.recorded_at),
        "state": job.state.value,
        "since": rfc3339(job.since),
        "reason": job.reason,
        "place": place,
        "central_status": job.central_status,
        "request_class": job.request_class,
        "attempts": [
            {
                "attempt": attempt.attempt,
                "printer": attempt.printer,
                "phase": attempt.phase.value,
                "started_at": rfc3339(attempt.started_at),
                "ended_at": None if attempt.ended_at is None else rfc3339(attempt.ended_at),
                "verdict": None if attempt.verdict is None else attempt.verdict.value,
                "reason": attempt.reason,
            }
            for attempt in attempts
        ],
        "issuances": [
            {
                "attempt": row.attempt,
                "acknowledged_at": None if row.acknowledged_at is None else rfc3339(row.acknowledged_at),
                "rejected": row.rejected,
            }
            for row in issuances
        ],
        "log": [
            {
                "sequence": entry.sequence,
                "at": rfc3339(entry.at),
                "actor": entry.actor,
                "event": entry.event,
                "details": dict(entry.details),
            }
            for entry in entries
        ],
    }
