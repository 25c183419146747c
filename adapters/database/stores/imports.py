"""Imports of the office's registrations, by number, so that one can be taken back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, update

from adapters.database.schema.tables import damage, job, person, registration_import
from adapters.database.sql.columns import micros
from adapters.database.stores import turns
from adapters.database.stores.job_rows import JOB_COLUMNS, job_of
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.statement import Statement
from daemon.domain.errors import Rejected
from daemon.domain.job import Job
from daemon.domain.registration import TAKEN_BACK, why_it_stays, why_its_time_stays
from daemon.domain.states import State
from daemon.ports import Undone

_PAGE = 40
"""So few in a commit that a claim need not wait long for its end."""
_NEWEST = select(func.max(registration_import.c.number))
_ONE = select(registration_import.c.at, registration_import.c.undone_at, registration_import.c.undone_by).where(
    registration_import.c.number == bindparam("of_number")
)
_UNDO = update(registration_import).where(registration_import.c.number == bindparam("of_number"))
_BROUGHT = (
    select(*JOB_COLUMNS)
    .where(job.c.import_number == bindparam("of_number"), job.c.record_id > bindparam("after"))
    .order_by(job.c.record_id)
    .limit(_PAGE)
)
_MOVED = (
    select(*JOB_COLUMNS, job.c.office_recorded_at_before, job.c.attempt_before)
    .where(job.c.paper_import == bindparam("of_number"), job.c.record_id > bindparam("after"))
    .order_by(job.c.record_id)
    .limit(_PAGE)
)
_REMEMBER = Statement(
    "UPDATE job SET paper_import = ?, office_recorded_at_before = ?, attempt_before = ? WHERE record_id = ?", rank=1
)
_DROP_DAMAGE = delete(damage).where(damage.c.record_id.in_(bindparam("record_ids", expanding=True)))
_DROP_PEOPLE = delete(person).where(person.c.record_id.in_(bindparam("record_ids", expanding=True)))
_DROP_JOBS = delete(job).where(job.c.record_id.in_(bindparam("record_ids", expanding=True)))


def begin(change: Change, *, at: datetime, actor: str) -> int:
    """The number of an import that has brought somebody new, or changed by its paper which time counts."""
    number: int = (change.execute(_NEWEST).scalar_one() or 0) + 1
    change.execute(registration_import.insert(), {"number": number, "at": at, "actor": actor})
    return number


def remember(change: Change, known: Job, number: int | None) -> None:
    """What the office has said so far of somebody to whom this import's paper gives another time. None: forget it."""
    if number is None:
        change.later(_REMEMBER, (None, None, None, known.record_id))
        return
    said = known.office_recorded_at
    change.later(_REMEMBER, (number, None if said is None else micros(said), known.attempt, known.record_id))


def undo(database: Database, number: int, *, at: datetime, actor: str) -> Undone:
    """Take back those of whom nothing has come. Cut off, it goes on when it is called again. Rejected."""

    def check(change: Change) -> None:
        row = change.execute(_ONE, {"of_number": number}).one_or_none()
        if row is None:
            newest = change.execute(_NEWEST).scalar_one()
            there = f"there are 1 to {newest}" if newest else "none has brought or moved anybody so far"
            raise Rejected(f"there is no import {number}; {there}")
        if row.undone_at is not None:
            raise Rejected(
                f"import {number} was taken back on {row.undone_at:%Y-%m-%d %H:%M} UTC by {row.undone_by};"
                " nothing was done"
            )

    database.write(check)
    gone = moved_back = 0
    staying: dict[str, str] = {}
    for after in _pages(database, _BROUGHT, number):
        went, stay = database.write(partial(_undo, number=number, after=after, at=at, actor=actor))
        gone, staying = gone + went, staying | stay
    for after in _pages(database, _MOVED, number):
        moved, stay = database.write(partial(_move_back, number=number, after=after, at=at, actor=actor))
        moved_back, staying = moved_back + moved, stay | staying

    def close(change: Change) -> None:
        change.execute(_UNDO.values(undone_at=at, undone_by=actor), {"of_number": number})
        details = {"import": number, "gone": gone, "moved_back": moved_back, "stay": len(staying)}
        change.log.write(Draft(at=at, actor=actor, event="import_undone", details=details))

    database.write(close)
    return Undone(gone=gone, moved_back=moved_back, staying=tuple(sorted(staying.items())))


def _pages(database: Database, of: Select[Any], number: int) -> Iterator[str]:
    """After which record each page begins."""
    after = ""
    while True:
        with database.read() as connection:
            page = connection.execute(of, {"of_number": number, "after": after}).all()
        if not page:
            return
        yield after
        after = page[-1].record_id


def _undo(change: Change, number: int, after: str, at: datetime, actor: str) -> tuple[int, dict[str, str]]:
    found = change.execute(_BROUGHT, {"of_number": number, "after": after}).mappings()
    jobs = [job_of(row) for row in found]
    stay = {each.record_id: why for each in jobs if (why := why_it_stays(each)) is not None}
    go = [each for each in jobs if why_it_stays(each) is None]
    if go:
        _delete(change, go)
        drafts = [_draft(each, number, at, actor) for each in go]
        change.log.write(*drafts)
    return len(go), stay


def _move_back(change: Change, number: int, after: str, at: datetime, actor: str) -> tuple[int, dict[str, str]]:
    """Where the paper's time does not count, because the centre named an earlier one since, nothing is to be done."""
    moved = 0
    stay: dict[str, str] = {}
    for row in change.execute(_MOVED, {"of_number": number, "after": after}).mappings().all():
        known = job_of(row)
        if not known.times.is_by_paper:
            continue
        why = why_its_time_stays(known, row["attempt_before"])
        if why is not None:
            stay[known.record_id] = why
            continue
        before = known.times.without_paper(row["office_recorded_at_before"])
        turns.save_times(change, known, before, at=at, actor=actor, cause={"import_undone": number})
        remember(change, known, None)
        moved += 1
    return moved, stay


def _delete(change: Change, jobs: Sequence[Job]) -> None:
    record_ids = {"record_ids": [each.record_id for each in jobs]}
    change.execute(_DROP_DAMAGE, record_ids)
    change.execute(_DROP_PEOPLE, record_ids)
    change.execute(_DROP_JOBS, record_ids)
    change.counts.add({State.WAITING: -len(jobs)})


def _draft(gone: Job, number: int, at: datetime, actor: str) -> Draft:
    details = {"import": number}
    return Draft(at=at, actor=actor, event=TAKEN_BACK, record_id=gone.record_id, details=details)
