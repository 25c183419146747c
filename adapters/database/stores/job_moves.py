"""Moves of a job, committed whole: job, attempt, blanks, counts, outbox and log, by compare-and-set."""

from dataclasses import replace
from functools import partial

from adapters.database.sql.columns import micros
from adapters.database.stores import ledger, turns
from adapters.database.stores.job_rows import JOB_FIELDS, find, job_from
from adapters.database.transactions.change import Change
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.statement import Statement, Values, insertion
from daemon.domain import hearing
from daemon.domain.errors import LostRace, Overdrawn
from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.states import State
from daemon.ports import Phase

_SET = Statement(
    "UPDATE job SET state = ?, reason = ?, since = ?, attempt = ?, printer = coalesce(?, printer), waits_for = ?,"
    " fault = ? WHERE record_id = ? AND state = ? AND since = ? AND attempt = ?",
    rows=1,
)
_MOVE = Statement(f"{_SET.text} RETURNING {', '.join(JOB_FIELDS)}")
_START = insertion(
    "attempt", "record_id", "attempt", "printer", "journal", "phase", "started_at", "start_sequence", rank=1
)
_END = Statement(
    "UPDATE attempt SET verdict = ?, reason = ?, ended_at = coalesce(ended_at, ?) WHERE record_id = ? AND attempt = ?",
    rows=1,  # a verdict closes an attempt that was opened
    rank=2,
)
_ISSUE = insertion("issuance", "record_id", "attempt", "printed_at", "printer", "card_serial", rank=3)
_DROP_DOCUMENT = Statement("DELETE FROM document WHERE record_id = ?")

_DOCUMENT_GOES = frozenset({State.PRINTED, State.WAITING, State.CANCELLED})
_CARD_WAS_MADE = frozenset({State.PRINTED, State.HANDED_OVER})


def apply_in(change: Change, transition: Transition, *, journal: str | None = None) -> Job:
    """Carry out a move, and the one that it is overtaken by; the job then. LostRace, Overdrawn, UnknownRecord."""
    moved = _move(change, transition, journal)
    next_one = hearing.overtaken(transition, moved)
    if next_one is not None:
        moved = _move(change, next_one, journal)
    return turns.apply_pending_times(change, moved, transition.at)


def start(change: Change, head: Job, transition: Transition, *, journal: str | None) -> Job:
    """`apply_in` for a card that begins, of a job that was read in this change: nothing can have come in between."""
    change.later(_SET, _set(transition))
    _book(change, transition, journal)
    return replace(
        head,
        state=transition.after,
        reason=transition.reason,
        since=transition.moment,
        attempt=transition.attempt_after,
        printer=transition.printer,
        waits_for=transition.waits_for,
        fault=transition.fault,
    )


def finish(change: Change, transition: Transition) -> None:
    """`apply_in` for a card that was made: nothing follows from that for its job. LostRace, with the commit
    at the latest."""
    assert transition.after is State.PRINTED, "it is done with"
    change.later(_SET, _set(transition), missed=partial(_overtaken, transition))
    try:
        _book(change, transition, None)
    except Overdrawn:
        change.flush()  # its blank may have been booked by whoever was faster: then LostRace is what is wrong
        raise


def drop_document(change: Change, record_id: str) -> None:
    """Delete what was pulled for it, if anything."""
    change.later(_DROP_DOCUMENT, (record_id,))


def _move(change: Change, transition: Transition, journal: str | None) -> Job:
    row = change.row(_MOVE, _set(transition))
    if row is None:
        raise _lost(change, transition)
    moved = job_from(row)
    if transition.answers is not None and moved.updated_at != transition.answers:
        raise LostRace(f"the centre has changed {transition.record_id} meanwhile")
    _book(change, transition, journal)
    return moved


def _set(transition: Transition) -> Values:
    return (
        str(transition.after),
        transition.reason,
        micros(transition.moment),
        transition.attempt_after,
        transition.printer,
        transition.waits_for and str(transition.waits_for),
        transition.fault and str(transition.fault),
        transition.record_id,
        str(transition.before),
        micros(transition.since_before),
        transition.attempt_before,
    )


def _lost(change: Change, transition: Transition) -> LostRace:
    now = find(change.connection, transition.record_id)
    return LostRace(
        f"{transition.record_id} has been {now.state} (attempt {now.attempt}) since {now.since:%H:%M:%S.%f},"
        f" not {transition.before} (attempt {transition.attempt_before})"
    )


def _overtaken(transition: Transition) -> LostRace:
    return LostRace(
        f"{transition.record_id} is not {transition.before} (attempt {transition.attempt_before})"
        f" since {transition.since_before:%H:%M:%S.%f} any more"
    )


def _book(change: Change, transition: Transition, journal: str | None) -> None:
    """All that a move changes beside the job itself."""
    for movement in transition.movements:
        change.books.post(
            movement,
            at=transition.moment,
            actor=transition.actor,
            record_id=transition.record_id,
            attempt=transition.attempt_after,
        )
    if transition.after is not transition.before:
        change.counts.add({transition.before: -1, transition.after: 1})
    sequence = change.log.write(_draft(transition))
    if transition.opens_attempt:
        _start_attempt(change, transition, sequence, journal)
    if transition.verdict is not None:
        _end_attempt(change, transition, transition.verdict)
    if transition.before is State.UNCONFIRMED and transition.printer is not None:
        ledger.nudge(change, transition.printer)  # somebody has looked into it
    if transition.after is State.PRINTED and transition.verdict is Verdict.PRINTED:
        _queue_issuance(change, transition)
    reprint = transition.before in _CARD_WAS_MADE and transition.after is State.READY
    if transition.after in _DOCUMENT_GOES or reprint:
        drop_document(change, transition.record_id)
    if transition.after is State.READY:
        change.notify()
        change.flush()  # it may be claimed in the same commit: another attempt of it, once this one is ended


def _draft(transition: Transition) -> Draft:
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
    return Draft(
        at=transition.at,
        actor=transition.actor,
        event=transition.event,
        record_id=transition.record_id,
        details=details,
    )


def _start_attempt(change: Change, transition: Transition, sequence: int, journal: str | None) -> None:
    change.later(
        _START,
        (
            transition.record_id,
            transition.attempt_after,
            transition.printer,
            journal,
            str(Phase.INTENDED if transition.happened_at is None else Phase.SUBMITTED),
            micros(transition.moment),
            sequence,
        ),
    )


def _end_attempt(change: Change, transition: Transition, verdict: Verdict) -> None:
    change.later(
        _END,
        (
            str(verdict),
            transition.reason,
            micros(transition.moment),
            transition.record_id,
            transition.attempt_after,
        ),
    )


def _queue_issuance(change: Change, transition: Transition) -> None:
    serial = transition.details.get("card_serial")
    change.later(
        _ISSUE,
        (
            transition.record_id,
            transition.attempt_after,
            micros(transition.moment),
            transition.printer,
            None if serial is None else str(serial),
        ),
    )
