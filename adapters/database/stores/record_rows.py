"""Records on their way into the store, in bulk: from the centre's pages and the office's registrations."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, exists, select, update

from adapters.database.schema.tables import job, person
from adapters.database.sql.columns import for_driver
from adapters.database.sql.seal import Seal
from adapters.database.stores import damage, turns
from adapters.database.stores.job_rows import JOB_COLUMNS, job_of
from adapters.database.transactions.change import Change
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.statement import insertion
from daemon.domain.errors import Damaged
from daemon.domain.hearing import DETAILS, Details, Known
from daemon.domain.job import Job, standing
from daemon.domain.order import RecordingTimes
from daemon.domain.states import State
from daemon.ports import Card, Kept, Person, Record

MOST_IN_ONE_RUN = 500

_KNOWN = (
    select(
        *JOB_COLUMNS,
        job.c.district,
        job.c.village,
        job.c.registered,
        person.c.sealed,
        person.c.nik_digest,
    )
    .outerjoin(person, person.c.record_id == job.c.record_id)
    .where(job.c.record_id.in_(bindparam("record_ids", expanding=True)))
)
_JOB_COLUMNS = [column for column in job.c if column.name != "printer"]
"""Those of a new job."""
_JOB_FIELDS = tuple(column.name for column in _JOB_COLUMNS)
_CONVERTS = tuple((n, convert) for n, column in enumerate(_JOB_COLUMNS) if (convert := for_driver(column.type)))
_INSERT_JOB = insertion("job", *_JOB_FIELDS)
_INSERT_PERSON = insertion("person", "record_id", "sealed", "nik_digest", rank=1)
_UPDATE_PERSON = (
    update(person)
    .where(person.c.record_id == bindparam("of_record"))
    .values(sealed=bindparam("new_sealed"), nik_digest=bindparam("new_digest"))
)
_other = person.alias()
_SAME_NIK = (
    select(person.c.nik_digest, person.c.record_id)
    .where(
        person.c.nik_digest.in_(bindparam("digests", expanding=True)),
        exists().where(_other.c.nik_digest == person.c.nik_digest, _other.c.record_id != person.c.record_id),
    )
    .order_by(person.c.record_id)
)
"""Of those NIKs, that several records have."""


def runs(records: Iterable[Record], most: int = MOST_IN_ONE_RUN) -> Iterator[list[Record]]:
    """The records in order, cut so that no run is long or holds a record twice."""
    run: dict[str, Record] = {}
    for record in records:
        if record.record_id in run or len(run) == most:
            yield list(run.values())
            run = {}
        run[record.record_id] = record
    if run:
        yield list(run.values())


def known(connection: Connection, record_ids: Iterable[str]) -> dict[str, RowMapping]:
    """What is known of these, by record id: the job, its place of residence and the sealed person."""
    rows = connection.execute(_KNOWN, {"record_ids": list(record_ids)}).mappings()
    return {row["record_id"]: row for row in rows}


def job_in(row: RowMapping) -> Job:
    """The job in a row of `known`."""
    return job_of(row)


def known_in(row: RowMapping) -> Known:
    """The job in a row of `known`, and what is known of its record."""
    return Known(job=job_in(row), details=Details(**{name: row[name] for name in DETAILS}))


def details(record: Record) -> Details:
    """What centre or office say of it beside its status."""
    return Details(
        district=record.district,
        village=record.village,
        request_class=record.request_class,
        nik_ending=record.person.nik[-4:],
    )


def new_job(record: Record, times: RecordingTimes, at: datetime) -> dict[str, object]:
    """The row of a job that was not known before: it stands in line by the one time that is known of it."""
    state, reason, waits_for = standing(record.status)
    return {
        "record_id": record.record_id,
        "state": state,
        "reason": reason,
        "waits_for": waits_for,
        "since": at,
        "recorded_at": record.recorded_at,
        "attempt": 0,
        "central_status": record.status,
        "district": record.district,
        "village": record.village,
        "request_class": record.request_class,
        "lane": record.lane,
        "nik_ending": record.person.nik[-4:],
        "registered": times.office is not None,
        "updated_at": record.updated_at,
        "office_recorded_at": times.office,
        "office_document": times.document,
        "centre_recorded_at": times.centre,
    }


def insert_jobs(change: Change, rows: Sequence[dict[str, object]], *, at: datetime, actor: str) -> None:
    """New jobs, their counts and a log entry `recorded` for each."""
    if not rows:
        return
    for row in rows:
        values = [row.get(name) for name in _JOB_FIELDS]
        for n, convert in _CONVERTS:
            if values[n] is not None:
                values[n] = convert(values[n])
        change.later(_INSERT_JOB, values)
    change.counts.add(Counter(State(str(row["state"])) for row in rows))
    change.log.write(*(_recorded(row, at, actor) for row in rows))


def insert_people(change: Change, seal: Seal, records: Sequence[Record], *, at: datetime, actor: str) -> None:
    """People who have no row yet; a NIK that another record has as well is logged."""
    if not records:
        return
    digests = [seal.nik_digest(record.person.nik) for record in records]
    for record, digest in zip(records, digests, strict=True):
        sealed = seal.seal_person(record.record_id, record.person)
        change.later(_INSERT_PERSON, (record.record_id, sealed, digest))
    _log_same_nik(change, {r.record_id: d for r, d in zip(records, digests, strict=True)}, at=at, actor=actor)


def update_person(change: Change, seal: Seal, row: RowMapping, person: Person, *, at: datetime, actor: str) -> bool:
    """What the centre says of a person now; False if that was known."""
    record_id: str = row["record_id"]
    try:
        if seal.open_person(record_id, row["sealed"]) == person:
            return False
    except Damaged:
        damage.note(change, record_id, Kept.PERSON, at)
    damage.mend(change, record_id, Kept.PERSON, at)
    digest = seal.nik_digest(person.nik)
    sealed = seal.seal_person(record_id, person)
    change.execute(_UPDATE_PERSON, {"of_record": record_id, "new_sealed": sealed, "new_digest": digest})
    if digest != row["nik_digest"]:
        _log_same_nik(change, {record_id: digest}, at=at, actor=actor)
    return True


def mend_person(change: Change, seal: Seal, card: Card, at: datetime) -> None:
    """A person whose row was damaged is known again by what stands on the card; the rest comes with the next word."""
    nik, name = card.fields.get("nik"), card.fields.get("name")
    if nik is None or name is None or not damage.is_open(change, card.record_id, Kept.PERSON):
        return
    sealed = seal.seal_person(card.record_id, Person(nik=nik, name=name))
    values = {"of_record": card.record_id, "new_sealed": sealed, "new_digest": seal.nik_digest(nik)}
    change.execute(_UPDATE_PERSON, values)
    damage.mend(change, card.record_id, Kept.PERSON, at)


def update_job(change: Change, record_id: str, facts: Mapping[str, object], *, at: datetime, actor: str) -> None:
    """What is known of a record by now, by column (not its job's state: that is a move)."""
    if not facts:
        return
    change.execute(update(job).where(job.c.record_id == record_id).values(facts))
    said = {"request_class": facts.get("request_class"), "lane": facts.get("lane")}
    if said["request_class"] is not None:
        # Of the order under rules; what else there is of a record decides nothing.
        details = {"request_class": said["request_class"]}
        change.log.write(Draft(at=at, actor=actor, event="request_class_changed", record_id=record_id, details=details))
    if said["lane"] is not None:
        details = {"lane": said["lane"]}
        change.log.write(Draft(at=at, actor=actor, event="lane_changed", record_id=record_id, details=details))


def _recorded(row: Mapping[str, Any], at: datetime, actor: str) -> Draft:
    times = RecordingTimes(
        office=row.get("office_recorded_at"),
        document=row.get("office_document"),
        centre=row.get("centre_recorded_at"),
    )
    said = {
        "after": row["state"],
        "reason": row["reason"],
        "waits_for": row["waits_for"],
        "recorded_at": row["recorded_at"].isoformat(),
        "request_class": row.get("request_class") or "",
        "lane": row.get("lane"),
        **turns.details(times),
    }
    if row.get("placed_when_heard"):
        said["placed"] = "when first heard of, until the centre says a usable time"
    return Draft(at=at, actor=actor, event="recorded", record_id=row["record_id"], details=said)


def _log_same_nik(change: Change, fresh: dict[str, bytes], *, at: datetime, actor: str) -> None:
    """One entry for each NIK that came anew and that several records have."""
    having: dict[bytes, list[str]] = {}
    for row in change.execute(_SAME_NIK, {"digests": sorted(set(fresh.values()))}):
        having.setdefault(row.nik_digest, []).append(row.record_id)
    latest = {digest: record_id for record_id, digest in fresh.items()}
    for digest, record_ids in having.items():
        others = {"others": [other for other in record_ids if other != latest[digest]]}
        change.log.write(Draft(at=at, actor=actor, event="same_nik", record_id=latest[digest], details=others))
