"""Moves of a job, committed whole: job, attempt, blanks, counts, outbox and log, by compare-and-set."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, RowMapping, Text, bindparam, func, select, update

from adapters.database.schema.tables import attempt, document, issuance, job, job_count
from adapters.database.sharing import notifications
from adapters.database.sql import deferred
from adapters.database.sql.columns import Moment
from adapters.database.sql.deferred import Write
from adapters.database.sql.statements import Row, Statement, insertion
from adapters.database.stores import ledger, log, turns
from daemon.domain import hearing
from daemon.domain.errors import LostRace, UnknownRecord
from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.states import State
from daemon.ports import Phase

JOB_COLUMNS = (
    job.c.record_id,
    job.c.state,
    job.c.reason,
    job.c.since,
    job.c.recorded_at,
    job.c.attempt,
    job.c.printer,
    job.c.central_status,
    job.c.request_class,
    job.c.nik_ending,
    job.c.updated_at,
    job.c.office_recorded_at,
    job.c.office_document,
    job.c.centre_recorded_at,
    job.c.waits_for,
    job.c.fault,
)
"""Named and ordered as the fields of Job."""

_FIELDS = tuple(column.name for column in JOB_COLUMNS)

_ONE = Statement(select(*JOB_COLUMNS).where(job.c.record_id == bindparam("of_record")), *JOB_COLUMNS)
_MOVE = Statement(
    update(job)
    .where(
        job.c.record_id == bindparam("of_record"),
        job.c.state == bindparam("before"),
        job.c.since == bindparam("since_before"),
        job.c.attempt == bindparam("attempt_before"),
    )
    .values(
        state=bindparam("after"),
        reason=bindparam("new_reason"),
        since=bindparam("at"),
        attempt=bindparam("attempt_after"),
        printer=func.coalesce(bindparam("on_printer", type_=Text), job.c.printer),
        waits_for=bindparam("new_waits_for", type_=job.c.waits_for.type),
        fault=bindparam("new_fault", type_=job.c.fault.type),
    )
    .returning(*JOB_COLUMNS),
    *JOB_COLUMNS,
)
_COUNT = Statement(
    update(job_count).where(job_count.c.state == bindparam("of_state")).values(n=job_count.c.n + bindparam("delta"))
)
_START = insertion(attempt, "record_id", "attempt", "printer", "journal", "phase", "started_at", "start_sequence")
_END = Statement(
    update(attempt)
    .where(attempt.c.record_id == bindparam("of_record"), attempt.c.attempt == bindparam("of_attempt"))
    .values(
        verdict=bindparam("new_verdict"),
        reason=bindparam("new_reason"),
        ended_at=func.coalesce(attempt.c.ended_at, bindparam("at", type_=Moment)),
    )
)
_ISSUE = insertion(issuance, "record_id", "attempt", "printed_at", "printer", "card_serial")
_DROP_DOCUMENT = Statement(document.delete().where(document.c.record_id == bindparam("of_record")))

_DOCUMENT_GOES = frozenset({State.PRINTED, State.WAITING, State.CANCELLED})
_CARD_WAS_MADE = frozenset({State.PRINTED, State.HANDED_OVER})


def job_of(row: RowMapping) -> Job:
    """The job in a row of JOB_COLUMNS."""
    return Job(**row)


def job_from(row: Row) -> Job:
    """The job in JOB_COLUMNS as a Statement gives them."""
    return Job(**dict(zip(_FIELDS, row, strict=True)))


def find(connection: Connection, record_id: str) -> Job:
    """UnknownRecord."""
    row = _ONE.one(connection, {"of_record": record_id})
    if row is None:
        raise UnknownRecord(f"{record_id} is not known here")
    return job_from(row)


def apply_in(connection: Connection, transition: Transition, *, journal: str | None = None) -> Job:
    """Carry out a move in this transaction, and the one that it is overtaken by. LostRace, Overdrawn, UnknownRecord."""
    moved = _move(connection, transition, journal)
    next_one = hearing.overtaken(transition, moved)
    if next_one is not None:
        moved = _move(connection, next_one, journal)
    return turns.apply_pending_times(connection, moved, transition.at)


def count(connection: Connection, deltas: Mapping[State, int]) -> None:
    """Keep the numbers of jobs by state."""
    deferred.of(connection).sums(connection, _Counts).deltas.update(deltas)


class _Counts:
    """By how much they change in this transaction."""

    table = job_count.name

    def __init__(self, _connection: Connection) -> None:
        self.deltas: Counter[State] = Counter()

    def due(self) -> Iterator[Write]:
        """Those that do not cancel out."""
        deltas, self.deltas = self.deltas, Counter()
        return (Write(_COUNT, {"of_state": state, "delta": delta}, rows=1) for state, delta in deltas.items() if delta)


def drop_document(connection: Connection, record_id: str) -> None:
    """Delete what was pulled for it, if anything."""
    _DROP_DOCUMENT.later(connection, {"of_record": record_id})


def _move(connection: Connection, transition: Transition, journal: str | None) -> Job:
    moved = _compare_and_set(connection, transition)
    for movement in transition.movements:
        ledger.post(
            connection,
            movement,
            at=transition.moment,
            actor=transition.actor,
            record_id=transition.record_id,
            attempt=transition.attempt_after,
        )
    if transition.after is not transition.before:
        count(connection, {transition.before: -1, transition.after: 1})
    if transition.after is State.READY:
        notifications.notify(connection)
    sequence = log.write(connection, [_draft(transition)])
    if transition.opens_attempt:
        _start_attempt(connection, transition, sequence, journal)
    if transition.verdict is not None:
        _end_attempt(connection, transition, transition.verdict)
    if transition.before is State.UNCONFIRMED and transition.printer is not None:
        ledger.nudge(connection, transition.printer)  # somebody has looked into it
    if transition.after is State.PRINTED and transition.verdict is Verdict.PRINTED:
        _queue_issuance(connection, transition)
    reprint = transition.before in _CARD_WAS_MADE and transition.after is State.READY
    if transition.after in _DOCUMENT_GOES or reprint:
        drop_document(connection, transition.record_id)
    return moved


def _compare_and_set(connection: Connection, transition: Transition) -> Job:
    row = _MOVE.one(
        connection,
        {
            "of_record": transition.record_id,
            "before": transition.before,
            "since_before": transition.since_before,
            "attempt_before": transition.attempt_before,
            "after": transition.after,
            "new_reason": transition.reason,
            "at": transition.moment,
            "attempt_after": transition.attempt_after,
            "on_printer": transition.printer,
            "new_waits_for": transition.waits_for,
            "new_fault": transition.fault,
        },
    )
    if row is None:
        now = find(connection, transition.record_id)
        raise LostRace(
            f"{transition.record_id} is {now.state} (attempt {now.attempt}) since {now.since:%H:%M:%S.%f} by now,"
            f" not {transition.before} (attempt {transition.attempt_before})"
        )
    moved = job_from(row)
    if transition.answers is not None and moved.updated_at != transition.answers:
        raise LostRace(f"the centre has changed {transition.record_id} meanwhile")
    return moved


def _draft(transition: Transition) -> log.Draft:
    details = {
        "before": transition.before,
        "after": transition.after,
        "attempt": transition.attempt_after,
        "printer": transition.printer,
        "verdict": transition.verdict,
        "reason": transition.reason,
        "waits_for": transition.waits_for,
        **({} if transition.happened_at is None else {"happened_at": transition.happened_at.isoformat()}),
        **transition.details,
    }
    return log.Draft(
        at=transition.at,
        actor=transition.actor,
        event=transition.event,
        record_id=transition.record_id,
        details=details,
    )


def _start_attempt(connection: Connection, transition: Transition, sequence: int, journal: str | None) -> None:
    _START.later(
        connection,
        {
            "record_id": transition.record_id,
            "attempt": transition.attempt_after,
            "printer": transition.printer,
            "journal": journal,
            "phase": Phase.INTENDED if transition.happened_at is None else Phase.SUBMITTED,
            "started_at": transition.moment,
            "start_sequence": sequence,
        },
    )


def _end_attempt(connection: Connection, transition: Transition, verdict: Verdict) -> None:
    _END.later(
        connection,
        {
            "of_record": transition.record_id,
            "of_attempt": transition.attempt_after,
            "new_verdict": verdict,
            "new_reason": transition.reason,
            "at": transition.moment,
        },
        rows=1,  # a verdict closes an attempt that was opened
    )


def _queue_issuance(connection: Connection, transition: Transition) -> None:
    serial = transition.details.get("card_serial")
    _ISSUE.later(
        connection,
        {
            "record_id": transition.record_id,
            "attempt": transition.attempt_after,
            "printed_at": transition.moment,
            "printer": transition.printer,
            "card_serial": None if serial is None else str(serial),
        },
    )
