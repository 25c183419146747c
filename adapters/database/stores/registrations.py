"""The office's own registrations on their way in: a run at a time, and what they would do, foreseen."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import RowMapping

from adapters.database.sql.seal import Seal
from adapters.database.stores import imports, record_rows, same_nik, turns
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.order import RecordingTimes
from daemon.domain.states import IN_LINE, State
from daemon.ports import IntakeResult, Record

MOST_IN_ONE_COMMIT = 40
"""Of an import: so few that a claim need not wait long for its end."""
YIELDING_SECONDS = 0.01
"""After each of them: the daemon is another process, and a printer waits for it."""


def register(
    database: Database, seal: Seal, records: Iterable[Record], *, at: datetime, actor: str, document: str | None
) -> IntakeResult:
    """What is known already stays, gaps are filled."""
    new = changed = moved_ahead = too_early = 0
    others: list[str] = []
    number: int | None = None
    for run in record_rows.runs(records, MOST_IN_ONE_COMMIT):
        take = partial(_register_run, seal=seal, run=run, at=at, actor=actor, document=document, number=number)
        taken = database.write(take)
        number = taken.number
        new, changed, moved_ahead = new + taken.new, changed + taken.changed, moved_ahead + taken.moved_ahead
        too_early += taken.too_early
        others += taken.others
        threading.Event().wait(YIELDING_SECONDS)
    if new or changed:
        of_paper = {} if document is None else {"document": document, "moved_ahead": moved_ahead}
        details = {"import": number, "new": new, "changed": changed, **of_paper}
        draft = Draft(at=at, actor=actor, event="imported", details=details)
        database.write(lambda change: change.log.write(draft))
    return IntakeResult(
        new=new,
        changed=changed,
        bad=0,
        moved_ahead=moved_ahead,
        too_early=too_early,
        others=tuple(others),
        number=number,
    )


def foresee(database: Database, records: Iterable[Record], document: str | None) -> IntakeResult:
    """How many of these are not known yet, and how many would move ahead; nothing is written."""
    new: set[str] = set()
    said: dict[str, RecordingTimes] = {}
    """Of those who are known: by now, as far as the rows before have changed it."""
    moved_ahead = too_early = 0
    others: list[str] = []
    for run in record_rows.runs(records):
        with database.read() as connection:
            known = record_rows.known(connection, [record.record_id for record in run])
        new.update(record.record_id for record in run if record.record_id not in known)
        for record in run:
            if record.record_id not in known:
                continue
            too_early += _is_too_early(record_rows.job_in(known[record.record_id]).times, record, document)
            others += _others(known[record.record_id], record)
            if document is None:
                continue
            before = said.get(record.record_id, record_rows.job_in(known[record.record_id]).times)
            said[record.record_id] = times = before.registered(record.recorded_at, document)
            moved_ahead += _moves_ahead(before, times)
    return IntakeResult(
        new=len(new), changed=0, bad=0, moved_ahead=moved_ahead, too_early=too_early, others=tuple(others)
    )


def _register_run(
    change: Change,
    seal: Seal,
    run: Sequence[Record],
    at: datetime,
    actor: str,
    document: str | None,
    number: int | None,
) -> IntakeResult:
    known = record_rows.known(change.connection, [record.record_id for record in run])
    fresh = [record for record in run if record.record_id not in known]
    filled = [record for record in run if record.record_id in known]
    before = {record.record_id: record_rows.job_in(known[record.record_id]) for record in filled}
    said = {
        record.record_id: before[record.record_id].times.registered(record.recorded_at, document) for record in filled
    }
    by_paper = {record_id for record_id, times in said.items() if _counts_now(before[record_id].times, times)}
    if number is None and (fresh or by_paper):
        number = imports.begin(change, at=at, actor=actor)
    rows = [_new_job(record, document, number, at) for record in fresh]
    record_rows.insert_jobs(change, rows, at=at, actor=actor)
    nameless = [record for record in filled if known[record.record_id]["sealed"] is None]
    record_rows.insert_people(change, seal, [*fresh, *nameless], at=at, actor=actor)
    changed = moved_ahead = 0
    for record in filled:
        job, times = before[record.record_id], said[record.record_id]
        if record.record_id in by_paper:
            imports.remember(change, job, number)
        turns.save_times(change, job, times, at=at, actor=actor)
        moved_ahead += _moves_ahead(job.times, times)
        changed += _fill(change, known[record.record_id], record, at, actor) or times != job.times
    same_nik.set_aside(change, same_nik.to_compare(seal, known, filled), at)
    return IntakeResult(
        new=len(fresh),
        changed=changed,
        bad=0,
        moved_ahead=moved_ahead,
        too_early=sum(_is_too_early(before[record.record_id].times, record, document) for record in filled),
        others=tuple(other for record in filled for other in _others(known[record.record_id], record)),
        number=number,
    )


def _new_job(record: Record, document: str | None, number: int | None, at: datetime) -> dict[str, object]:
    times = RecordingTimes().registered(record.recorded_at, document)
    row = {**record_rows.new_job(replace(record, status=None), times, at), "import_number": number}
    return row if document is None else {**row, "paper_import": number, "attempt_before": 0}


def _counts_now(before: RecordingTimes, after: RecordingTimes) -> bool:
    """Whether it is by a paper that the office's time counts, as it was not before."""
    return after.is_by_paper and not before.is_by_paper


def _moves_ahead(before: RecordingTimes, after: RecordingTimes) -> bool:
    return after.is_moved_ahead and not before.is_moved_ahead


def _is_too_early(before: RecordingTimes, record: Record, document: str | None) -> bool:
    """By the office's word alone."""
    is_earlier = before.centre is not None and record.recorded_at < before.centre
    return document is None and is_earlier and not before.is_moved_ahead


def _others(row: RowMapping, record: Record) -> list[str]:
    """This record, where it is somebody else's as far as the ends of the NIKs tell."""
    return [record.record_id] if row["nik_ending"] not in (None, record.person.nik[-4:]) else []


def _fill(change: Change, row: RowMapping, record: Record, at: datetime, actor: str) -> bool:
    """Mark it registered and fill what is not known of it."""
    facts = record_rows.known_in(row).details.filled(record_rows.details(record))
    if not row["registered"]:
        facts["registered"] = True
    if record.lane is not None and row["lane"] is None and State(row["state"]) in IN_LINE:
        facts["lane"] = record.lane
    record_rows.update_job(change, record.record_id, facts, at=at, actor=actor)
    return bool(facts)
