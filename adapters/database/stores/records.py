"""What the centre says of people, and the office."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, or_, select, text, update

from adapters.database.schema.tables import AWAITS_RETRY, cursor, job, person
from adapters.database.sql.seal import Seal
from adapters.database.stores import damage, imports, job_moves, record_rows, registrations, same_nik, turns
from adapters.database.stores.job_rows import JOB_COLUMNS, job_of
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.errors import Damaged, UnknownRecord
from daemon.domain.hearing import Hearing, Word, hear, hear_unusable
from daemon.domain.job import CENTRE, SYSTEM, Fault, Job, ready_again, standing_unusable
from daemon.domain.order import RecordingTimes
from daemon.ports import BadRecord, Clock, Intake, IntakeResult, Kept, Page, Person, Record, Undone

_CURSOR = select(cursor.c.after)
_INTAKE = select(cursor.c.more, cursor.c.records, cursor.c.at, cursor.c.round_since)
_WHOLE_CURSOR = select(cursor)
_SEALED = select(person.c.sealed).where(person.c.record_id == bindparam("of_record"))
_SET_BACK = (
    select(*JOB_COLUMNS)
    .where(
        # A moment to come is one of a clock that was set back since: nobody waits until it is reached again.
        or_(job.c.since < bindparam("older_than"), job.c.since > bindparam("now")),
        text(AWAITS_RETRY),
    )
    .order_by(job.c.recorded_at, job.c.record_id)
)


class SqlRecords:
    """The RecordStore port."""

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def cursor(self) -> str | None:
        with self._database.read() as connection:
            return connection.execute(_CURSOR).scalar_one_or_none()

    def intake(self) -> Intake | None:
        with self._database.read() as connection:
            row = connection.execute(_INTAKE).mappings().one_or_none()
            return None if row is None else Intake(**row)

    def note_round(self, since: datetime | None) -> None:

        def note(change: Change) -> None:
            before = change.execute(_INTAKE).one_or_none()
            if before is None or (before.round_since is None) == (since is None):
                return
            change.execute(update(cursor).values(round_since=since))
            event = "changes_end_again" if since is None else "changes_go_round"
            change.log.write(Draft(at=self._clock.now(), actor=SYSTEM, event=event))

        self._database.write(note)

    def take_page(self, page: Page, at: datetime) -> IntakeResult:
        return self._database.write(lambda change: _take_page(change, self._seal, page, at), alone=True)

    def register(
        self, records: Iterable[Record], at: datetime, actor: str, document: str | None = None
    ) -> IntakeResult:
        """The office's own registrations, a run at a time; what is known already stays, gaps are filled.

        `document`: the paper that they come from, which lets an earlier time than the centre's count.
        """
        return registrations.register(self._database, self._seal, records, at=at, actor=actor, document=document)

    def foresee(self, records: Iterable[Record], document: str | None = None) -> IntakeResult:
        return registrations.foresee(self._database, records, document)

    def undo_import(self, number: int, *, at: datetime, actor: str) -> Undone:
        return imports.undo(self._database, number, at=at, actor=actor)

    def retry_set_back(self, older_than: datetime, at: datetime) -> int:

        def retry(change: Change) -> int:
            rows = change.execute(_SET_BACK, {"older_than": older_than, "now": at}).mappings().all()
            for row in rows:
                job_moves.apply_in(change, ready_again(job_of(row), at=at))
            same_nik.set_aside(change, [row["record_id"] for row in rows], at)
            return len(rows)

        return self._database.write(retry)

    def person(self, record_id: str) -> Person:
        with self._database.read() as connection:
            sealed = connection.execute(_SEALED, {"of_record": record_id}).scalar_one_or_none()
        if sealed is None:
            raise UnknownRecord(f"nothing is known here of the person of {record_id}")
        try:
            return self._seal.open_person(record_id, sealed)
        except Damaged as error:
            now = self._clock.now()
            self._database.write(lambda change: damage.note(change, record_id, Kept.PERSON, now))
            raise UnknownRecord(
                f"what is kept here of the person of {record_id} is damaged; it is asked for again from the centre"
            ) from error


def _take_page(change: Change, seal: Seal, page: Page, at: datetime) -> IntakeResult:
    before = change.execute(_CURSOR).scalar_one_or_none()
    new = changed = 0
    for run in record_rows.runs(page.records):
        known = record_rows.known(change.connection, [record.record_id for record in run])
        fresh = [record for record in run if record.record_id not in known]
        rows = [record_rows.new_job(record, RecordingTimes(centre=record.recorded_at), at) for record in fresh]
        record_rows.insert_jobs(change, rows, at=at, actor=CENTRE)
        nameless = [record for record in run if (row := known.get(record.record_id)) and row["sealed"] is None]
        record_rows.insert_people(change, seal, [*fresh, *nameless], at=at, actor=CENTRE)
        new += len(fresh)
        changed += sum(_hear(change, seal, row, record, at) for record in run if (row := known.get(record.record_id)))
        same_nik.set_aside(change, same_nik.to_compare(seal, known, run), at)
    good = {record.record_id for record in page.records}
    for bad in page.bad:
        # The page does not say which came last, so a record that is good in it as well is not doubted.
        if bad.record_id not in good:
            new += _take_bad(change, seal, bad, at, seen_before=before == page.next)
    _move_cursor(change, page, at)
    if new:
        change.notify()
    return IntakeResult(new=new, changed=changed, bad=len(page.bad))


def _move_cursor(change: Change, page: Page, at: datetime) -> None:
    """Where the next page starts, and how many records came since a page was the last one for a while."""
    before = change.execute(_WHOLE_CURSOR).one_or_none()
    came = len(page.records) + len(page.bad)
    values: dict[str, object] = {
        "after": page.next,
        "more": page.more,
        "records": came + (before.records if before is not None and before.more else 0),
        "at": at,
    }
    if before is None:
        change.execute(cursor.insert(), values)
    else:
        change.execute(update(cursor).values(values))


def _hear(change: Change, seal: Seal, row: RowMapping, record: Record, at: datetime) -> bool:
    """The centre's word on somebody known; False if it says nothing new."""
    word = Word(
        recorded_at=record.recorded_at,
        details=record_rows.details(record),
        status=record.status,
        updated_at=record.updated_at,
    )
    known = record_rows.known_in(row)
    heard = hear(known, word, at=at)
    renamed = not heard.is_late and (
        row["sealed"] is None or record_rows.update_person(change, seal, row, record.person, at=at, actor=CENTRE)
    )
    if heard.outdates_card or renamed:
        job_moves.drop_document(change, record.record_id)
    _carry_out(change, known.job, heard, at)
    return heard.is_news or renamed


def _carry_out(change: Change, known: Job, heard: Hearing, at: datetime) -> None:
    turns.save_times(change, known, heard.times, at=at, actor=CENTRE)
    record_rows.update_job(change, known.record_id, heard.facts, at=at, actor=CENTRE)
    if heard.transition is not None:
        job_moves.apply_in(change, heard.transition)


def _take_bad(change: Change, seal: Seal, bad: BadRecord, at: datetime, *, seen_before: bool) -> bool:
    """Keep what can be kept of a record that cannot be taken, its place in line above all. True if it was not known."""
    row = record_rows.known(change.connection, [bad.record_id]).get(bad.record_id) if bad.record_id else None
    if row is None and bad.record_id is not None:
        _insert_bad(change, seal, bad, bad.record_id, at)
        return True
    problem: str | None = bad.problem
    if row is not None:
        known = record_rows.job_in(row)
        heard = hear_unusable(known, bad.problem, recorded_at=bad.recorded_at, at=at)
        _carry_out(change, known, heard, at)
        problem = heard.problem
    if problem is not None and not seen_before:
        draft = Draft(at=at, actor=CENTRE, event=Fault.RECORD, record_id=bad.record_id, details={"problem": problem})
        change.log.write(draft)
    return False


def _insert_bad(change: Change, seal: Seal, bad: BadRecord, record_id: str, at: datetime) -> None:
    """Somebody whom nobody has heard of before. Without a usable time the place is that of this moment."""
    state, reason, waits_for = standing_unusable(Fault.RECORD, bad.problem)
    waiting: dict[str, object] = {
        "record_id": record_id,
        "state": state,
        "reason": reason,
        "waits_for": waits_for,
        "fault": Fault.RECORD,
        "since": at,
        "recorded_at": bad.recorded_at or at,
        "centre_recorded_at": bad.recorded_at,
        "attempt": 0,
        "central_status": bad.status,
        "nik_ending": bad.person and bad.person.nik[-4:],
        "registered": False,
        "placed_when_heard": bad.recorded_at is None,
    }
    record_rows.insert_jobs(change, [waiting], at=at, actor=CENTRE)
    if bad.person is not None:
        record = Record(record_id=record_id, recorded_at=bad.recorded_at or at, person=bad.person)
        record_rows.insert_people(change, seal, [record], at=at, actor=CENTRE)
