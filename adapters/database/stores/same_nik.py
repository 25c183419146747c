"""Records of one NIK that each ask for a first card: all but one are set aside for a person."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, exists, select

from adapters.database.schema.tables import job, person
from adapters.database.sql.seal import Seal
from adapters.database.stores import job_moves
from adapters.database.stores.job_rows import JOB_COLUMNS, job_of
from adapters.database.transactions.change import Change
from daemon.domain.job import Job, await_person
from daemon.domain.one_card import FIRST_TIME, is_to_compare, rivals
from daemon.ports import Record

_other = person.alias()
_SHARED = select(person.c.nik_digest).where(
    person.c.record_id.in_(bindparam("record_ids", expanding=True)),
    exists().where(_other.c.nik_digest == person.c.nik_digest, _other.c.record_id != person.c.record_id),
)
"""NIKs of these records that others have as well."""
_ASKING = (
    select(*JOB_COLUMNS, person.c.nik_digest)
    .join(person, person.c.record_id == job.c.record_id)
    .where(person.c.nik_digest.in_(bindparam("digests", expanding=True)), job.c.request_class == FIRST_TIME)
)


def to_compare(seal: Seal, known: Mapping[str, RowMapping], run: Iterable[Record]) -> list[str]:
    """Which of these records, as they were known before this run, are to be compared with the others of their NIKs."""
    return [record.record_id for record in run if _is_to_compare(seal, known.get(record.record_id), record)]


def _is_to_compare(seal: Seal, row: RowMapping | None, record: Record) -> bool:
    return is_to_compare(
        None if row is None else row["state"],
        class_before=None if row is None else row["request_class"],
        class_said=record.request_class,
        is_same_nik=lambda: row is not None and row["nik_digest"] == seal.nik_digest(record.person.nik),
    )


def set_aside(change: Change, record_ids: Collection[str], at: datetime) -> None:
    """Of these, who became ready just now or turned out to have another NIK or class, and of their NIKs' others."""
    if not record_ids:
        return
    digests = change.execute(_SHARED, {"record_ids": list(record_ids)}).scalars().all()
    if not digests:
        return
    of_nik: dict[bytes, list[Job]] = {}
    for row in change.execute(_ASKING, {"digests": sorted(set(digests))}).mappings():
        found = job_of(row)
        of_nik.setdefault(row["nik_digest"], []).append(found)
    for jobs in of_nik.values():
        for rival in rivals(jobs):
            job_moves.apply_in(change, await_person(rival.job, other=rival.other.record_id, at=at))
