"""When people were recorded, as office and centre say, and the turn that follows from it (domain/order.py)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from adapters.database.sql.columns import micros
from adapters.database.transactions.change import Change
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.statement import Statement
from daemon.domain import hearing
from daemon.domain.job import SYSTEM, Job
from daemon.domain.order import RecordingTimes

_SAVE = Statement(
    "UPDATE job SET recorded_at = ?, office_recorded_at = ?, office_document = ?, centre_recorded_at = ?"
    " WHERE record_id = ?",
    rank=1,
)


def save_times(
    change: Change,
    known: Job,
    times: RecordingTimes,
    *,
    at: datetime,
    actor: str,
    cause: Mapping[str, object] | None = None,
) -> Job:
    """What is known by now of when somebody was recorded, and the turn that follows from it; logged where it is new.

    `cause`: what the log says besides.
    """
    turn = hearing.turn(known, times)
    if times == known.times and turn == known.recorded_at:
        return known
    by_office, by_centre = (None if said is None else micros(said) for said in (times.office, times.centre))
    change.later(_SAVE, (micros(turn), by_office, times.document, by_centre, known.record_id))
    moved = {"from": known.recorded_at.isoformat(), "to": turn.isoformat()} if turn != known.recorded_at else {}
    draft = Draft(
        at=at,
        actor=actor,
        event="recorded_at_changed" if moved else "recorded_at_told",
        record_id=known.record_id,
        details={**moved, **details(times), **(cause or {})},
    )
    change.log.write(draft)
    return replace(
        known,
        recorded_at=turn,
        office_recorded_at=times.office,
        office_document=times.document,
        centre_recorded_at=times.centre,
    )


def apply_pending_times(change: Change, back: Job, at: datetime) -> Job:
    """Of a job that comes back into the queue: what was said while its turn could not change counts from now on."""
    return save_times(change, back, back.times, at=at, actor=SYSTEM)


def details(times: RecordingTimes) -> dict[str, object]:
    """As the log keeps them."""
    return {
        "office_recorded_at": times.office.isoformat() if times.office else None,
        "document": times.document,
        "centre_recorded_at": times.centre.isoformat() if times.centre else None,
        "counts": times.source,
    }
