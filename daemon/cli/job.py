"""`job`: what an operator does with one person's card."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.denial import check_denial, check_is_the_latest
from daemon.cli.invocation import AsJson, Invocation, MaybeReason, Reason, RecordId, actor, invocation, now
from daemon.cli.several import FromFile, Records, Sure, Yes, be_sure, each, named
from daemon.cli.whom import initials, whom
from daemon.domain import job as moves
from daemon.domain import serials
from daemon.domain.continuity import is_centres_word
from daemon.domain.errors import LostRace, Rejected
from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.log import LogEntry
from daemon.domain.needs import serial_wrong
from daemon.domain.rules import check_lane
from daemon.domain.states import State
from daemon.ports import serving

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from daemon.ports import IssuanceRow, Store

app = typer.Typer(name="job", no_args_is_help=True, help="One person's card: show, hold, confirm …")

Move = Callable[[Job, datetime, str], Transition]


@app.command()
def hold(context: typer.Context, reason: Reason, record: Records = None, file: FromFile = None) -> None:
    """Set a job aside; it keeps its place in line."""
    records = named(record, file)
    _change(invocation(context), records, lambda job, at, who: moves.hold(job, reason=reason, at=at, actor=who))


@app.command()
def release(context: typer.Context, record: Records = None, file: FromFile = None) -> None:
    """Put a job back in its old place: one that is held, was cancelled, or waits for a person (same_nik)."""
    _change(invocation(context), named(record, file), lambda job, at, who: moves.release(job, at=at, actor=who))


@app.command()
def cancel(
    context: typer.Context, reason: Reason, record: Records = None, file: FromFile = None, yes: Yes = False
) -> None:
    """Withdraw a job; `job release` undoes it."""
    asked, records = invocation(context), named(record, file)
    sure = Sure(what="To be withdrawn", yes=yes)
    _change(asked, records, lambda job, at, who: moves.cancel(job, reason=reason, at=at, actor=who), sure=sure)


@app.command()
def reprint(
    context: typer.Context, reason: Reason, record: Records = None, file: FromFile = None, yes: Yes = False
) -> None:
    """Authorise another card for a person whose card was printed."""
    asked, records = invocation(context), named(record, file)
    sure = Sure(what="To get another card", yes=yes)
    _change(asked, records, lambda job, at, who: moves.reprint(job, reason=reason, at=at, actor=who), sure=sure)


@app.command()
def handover(
    context: typer.Context,
    record: Records = None,
    file: FromFile = None,
    undo: Annotated[bool, typer.Option("--undo", help="It was not handed over after all; needs --reason.")] = False,
    reason: MaybeReason = None,
    yes: Yes = False,
) -> None:
    """Record that the citizen has the card."""
    if undo != (reason is not None):
        raise typer.BadParameter("--undo and --reason go together", param_hint="--undo")
    asked, records = invocation(context), named(record, file)
    if reason is not None:
        why = reason
        _change(asked, records, lambda job, at, who: moves.undo_handover(job, reason=why, at=at, actor=who))
        return
    sure = Sure(what="Have their cards", yes=yes)
    _change(asked, records, lambda job, at, who: moves.hand_over(job, at=at, actor=who), sure=sure)


@app.command()
def lane(
    context: typer.Context,
    record: RecordId,
    name: Annotated[
        str | None, typer.Argument(metavar="LANE", help="A lane's name in the configuration.", show_default=False)
    ] = None,
    reason: MaybeReason = None,
    none: Annotated[bool, typer.Option("--none", help="Into no lane any more.")] = False,
) -> None:
    """Put somebody into a lane, which has a share of the starts; the place in line stays.

    The instruction for each lane stands in the configuration (queue.lanes).
    """
    if none == (name is not None):
        raise typer.BadParameter("say either which LANE, or --none", param_hint="LANE")
    if reason is None:
        raise typer.BadParameter("is required: it is kept in the log", param_hint="--reason")
    asked = invocation(context)
    settings = asked.settings()
    if name is not None:
        check_lane(name, [lane.name for lane in settings.queue.lanes])
    with asked.store(settings) as store:
        store.order.set_lane(record, name, reason=reason, at=now(), actor=actor())
    output.say(f"{record} is in no lane" if name is None else f"{record} is in the lane {name}")


@app.command()
def present(context: typer.Context, record: Records = None, file: FromFile = None) -> None:
    """Say that somebody is here today: with queue.presence only those are printed, in the same order."""
    asked, records = invocation(context), named(record, file)
    settings = asked.settings()
    at = now()
    day = at.astimezone(settings.office.timezone).date()
    with asked.store(settings) as store:

        def check_in(record_id: str) -> str:
            store.order.check_in(record_id, day, at=at, actor=actor())
            return f"{record_id} is here on {day.isoformat()}"

        each(records, check_in)
    if not settings.queue.presence:
        output.warn("queue.presence is false: whether somebody is here does not count for the order")


@app.command()
def confirm(
    context: typer.Context,
    reason: Reason,
    record: Records = None,
    file: FromFile = None,
    printed: Annotated[bool, typer.Option("--printed", help="A good card came out.")] = False,
    not_printed: Annotated[bool, typer.Option("--not-printed", help="No good card: it is printed again.")] = False,
    spoiled: Annotated[
        bool, typer.Option("--spoiled", help="With --not-printed: the blank is ruined; else it is in the hopper again.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Say of an unconfirmed job whether a card came out of the printer.

    So is one that is printing on a printer whose giliran does not run any more and will not come back. Before
    --not-printed is taken, this machine's guard journal is asked: it takes the card back, so that it cannot come out
    later, or the command is refused with what is known. A card of another machine could come out when that is started.
    """
    if printed == not_printed:
        raise typer.BadParameter("say either --printed or --not-printed")
    if spoiled and printed:
        raise typer.BadParameter("--spoiled goes with --not-printed; a good card is not spoiled")
    verdict = Verdict.PRINTED if printed else Verdict.SPOILED if spoiled else Verdict.NO_CARD
    asked, records = invocation(context), named(record, file)
    _change(
        asked,
        records,
        lambda job, at, who: moves.confirm(job, verdict, reason=reason, at=at, actor=who),
        before=lambda record_id: _give_up_on_its_daemon(asked, record_id, verdict),
        sure=Sure(what=f"To be confirmed as {'printed' if printed else 'not printed'}", yes=yes),
    )


@app.command()
def serial(
    context: typer.Context,
    record: RecordId,
    number: Annotated[str, typer.Argument(metavar="SERIAL", help="As it stands on the card.")],
) -> None:
    """Tie the serial number that stands on a card to its person; told again, it replaces the one before."""
    from daemon.locale.alerts import need

    asked = invocation(context)
    settings, at = asked.settings(), now()
    if not settings.blanks.serials:
        raise Rejected("serials are not kept here; set blanks.serials: true in the configuration")
    with asked.store(settings) as store:
        tied = store.serials.tie(record, serials.serial(number), at=at, actor=actor())
    output.say(f"{record}: serial {tied.serial}")
    if tied.trouble is not None:
        what = need(serial_wrong(record, tied.serial, tied.trouble), at, settings.office.timezone)
        output.warn(f"{what}. It is kept all the same: giliran blanks serial {tied.serial}")
    if tied.told_without:
        output.warn("the central server was told of this card before, without the serial")


@app.command()
def report(
    context: typer.Context,
    reason: Reason,
    record: Records = None,
    file: FromFile = None,
    again: Annotated[bool, typer.Option("--again", help="Tell the central server of the card once more.")] = False,
    settled: Annotated[bool, typer.Option("--settled", help="It is settled there: do not report it any more.")] = False,
) -> None:
    """Resolve the rejection of a card that was printed and that the central server would not book."""
    if again == settled:
        raise typer.BadParameter("say either --again or --settled")
    with invocation(context).store() as store:

        def resolve(record_id: str) -> str:
            if not store.issuances.resolve_rejection(record_id, again=again, reason=reason, at=now(), actor=actor()):
                raise Rejected(
                    f"{record_id}: the central server has rejected no card of this record; giliran job show {record_id}"
                )
            return f"{record_id}: {'to be reported again' if again else 'settled'}"

        each(named(record, file), resolve)


def _give_up_on_its_daemon(asked: Invocation, record_id: str, said: Verdict) -> None:
    """A printing job becomes a question when nobody is there who could still resolve it. Rejected when somebody is, or
    when the guard's journal knows better than who says that no good card came out."""
    from daemon.main import open_lease

    settings = asked.settings()
    with asked.store(settings) as store, closing(open_lease(settings)) as lease:
        job = store.jobs.job(record_id)
        printing = job.state is State.PRINTING and job.printer is not None
        if printing and lease.held(serving(str(job.printer))):
            raise Rejected(
                f"{record_id} is printing on {job.printer}, and its giliran runs: it will conclude it itself"
            )
        check_is_the_latest(settings, job)
        if said is not Verdict.PRINTED:
            check_denial(settings, store, record_id, spoiled=said is Verdict.SPOILED)
        if not printing:
            return
        reason = f"no giliran serves {job.printer}"
        store.jobs.apply(moves.conclude(job, Verdict.IN_DOUBT, reason=reason, at=now()))


def _change(
    asked: Invocation,
    records: Sequence[str],
    move: Move,
    *,
    before: Callable[[str], None] = lambda record_id: None,
    sure: Sure | None = None,
) -> None:
    """Move each of them. `sure`: it cannot be taken back, so say whom it concerns, and ask at a terminal."""
    with asked.store() as store:
        if sure is not None:
            be_sure(store, records, sure.what, yes=sure.yes)

        def change(record_id: str) -> str:
            before(record_id)
            try:
                job = _apply(store, record_id, move)
            except LostRace:
                # Somebody changed it between our look and our move: look again, once.
                job = _apply(store, record_id, move)
            state = job.state.value.replace("_", " ")
            who = "" if sure is None else f" ({whom(store, job)})"
            return f"{record_id}{who} is {state}" + (f": {job.reason}" if job.reason else "")

        each(records, change)


def _apply(store: "Store", record_id: str, move: Move) -> Job:
    return store.jobs.apply(move(store.jobs.job(record_id), now(), actor()))


@app.command()
def show(context: typer.Context, record: Records = None, file: FromFile = None, as_json: AsJson = False) -> None:
    """State, attempts and log of a job. Of the person only initials and the end of the NIK."""
    asked, records = invocation(context), named(record, file)
    settings = asked.settings()
    told: list[dict[str, object]] = []
    with asked.store(settings) as store:

        def show_one(record_id: str) -> None:
            if as_json:
                told.append(_to_json(store, record_id))
                return
            if record_id != records[0]:
                output.say("")
            _show(store, record_id, settings.office.timezone)

        try:
            each(records, show_one)
        finally:
            if told:
                output.say_json(told[0] if len(records) == 1 else told)


def _show(store: "Store", record: str, timezone: "ZoneInfo") -> None:
    job = store.jobs.job(record)
    place = store.view.place(job)
    issuances = store.issuances.of(record)
    # Of each card that was made its own line says whether the centre knows.
    meaning = job.state.meaning.partition(";")[0] if issuances else job.state.meaning
    facts = (
        ("record", job.record_id),
        ("person", whom(store, job)),
        ("recorded", output.local(job.recorded_at, timezone)),
        ("state", f"{job.state.value} since {output.local(job.since, timezone)}: {meaning}"),
        ("reason", job.reason),
        ("place", place),
        ("centre says", job.central_status or "nothing"),
        ("class", job.request_class),
        ("lane", job.lane),
        ("came on", job.present_on),
        *(("card " + str(row.attempt), _reporting(row, timezone)) for row in issuances),
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
            for attempt in store.jobs.attempts(record)
        ),
        empty="No card was started.",
    )
    output.say("")
    output.say_table(
        ("TIME", "WHO", "EVENT", "DETAILS"),
        (
            (output.local(entry.at, timezone), entry.actor, entry.event, _details(entry))
            for entry in store.log.entries(record)
        ),
        empty="The log has nothing about it.",
    )


def _reporting(row: "IssuanceRow", timezone: "ZoneInfo") -> str:
    """What the centre says of a card that was made."""
    if row.rejected is not None:
        how = "rejected by the centre" if is_centres_word(row.rejected) else "not reported"
        return f"{how}: {row.rejected}"
    if row.acknowledged_at is not None:
        return f"the centre knows since {output.local(row.acknowledged_at, timezone)}"
    return "the centre has not been told yet"


def _details(entry: LogEntry) -> str:
    return ", ".join(f"{name} {value}" for name, value in entry.details.items() if value is not None)


def _to_json(store: "Store", record: str) -> dict[str, object]:
    from daemon.queries.status import rfc3339

    job = store.jobs.job(record)
    return {
        "record_id": job.record_id,
        "initials": initials(store, record),
        "nik_ending": job.nik_ending,
        "recorded_at": rfc3339(job.recorded_at),
        "state": job.state.value,
        "since": rfc3339(job.since),
        "reason": job.reason,
        "place": store.view.place(job),
        "central_status": job.central_status,
        "request_class": job.request_class,
        "lane": job.lane,
        "present_on": None if job.present_on is None else job.present_on.isoformat(),
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
            for attempt in store.jobs.attempts(record)
        ],
        "issuances": [
            {
                "attempt": row.attempt,
                "acknowledged_at": None if row.acknowledged_at is None else rfc3339(row.acknowledged_at),
                "rejected": row.rejected,
            }
            for row in store.issuances.of(record)
        ],
        "log": [
            {
                "sequence": entry.sequence,
                "at": rfc3339(entry.at),
                "actor": entry.actor,
                "event": entry.event,
                "details": dict(entry.details),
            }
            for entry in store.log.entries(record)
        ],
    }
