"""When people were recorded, as office and centre say, and the turn that follows from it (domain/order.py)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from adapters.database.schema.tables import job
from adapters.database.sql.statements import Statement
from adapters.database.stores import log
from daemon.domain import hearing
from daemon.domain.job import SYSTEM, Job
from daemon.domain.order import RecordingTimes

_KEEP = Statement(
    update(job)
    .where(job.c.record_id == bindparam("of_record"))
    .values(
        recorded_at=bindparam("new_recorded_at"),
        office_recorded_at=bindparam("by_office"),
        office_document=bindparam("new_document"),
        centre_recorded_at=bindparam("by_centre"),
    )
)


def save_times(
    connection: Connection,
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
    values = {"by_office": times.office, "new_document": times.document, "by_centre": times.centre}
    _KEEP.later(connection, {"of_record": known.record_id, "new_recorded_at": turn, **values})
    moved = {"from": known.recorded_at.isoformat(), "to": turn.isoformat()} if turn != known.recorded_at else {}
    draft = log.Draft(
        at=at,
        actor=actor,
        event="recorded_at_changed" if moved else "recorded_at_told",
        record_id=known.record_id,
        details={**moved, **details(times), **(cause or {})},
    )
    log.write(connection, [draft])
    return replace(
        known,
        recorded_at=turn,
        office_recorded_at=times.office,
        office_document=times.document,
        centre_recorded_at=times.centre,
    )


def apply_pending_times(connection: Connection, back: Job, at: datetime) -> Job:
    """Of a job that comes back into the queue: what was said while its turn could not change counts from now on."""
    return save_times(connection, back, back.times, at=at, actor=SYSTEM)


def details(times: RecordingTimes) -> dict[str, object]:
    """As the log keeps them."""
    return {
        "office_recorded_at": times.office.isoformat() if times.office else None,
        "document": times.document,
        "centre_recorded_at": times.centre.isoformat() if times.centre else None,
        "counts": times.source,
    }
