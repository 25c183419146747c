"""Rows of jobs, as SQLAlchemy reads them and as the driver gives them."""

from datetime import date

from sqlalchemy import Connection, RowMapping, bindparam, select

from adapters.database.schema.tables import job
from adapters.database.sql.columns import moment
from adapters.database.transactions.statement import Row
from daemon.domain.errors import UnknownRecord
from daemon.domain.job import Fault, Job, WaitsFor
from daemon.domain.states import State

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
    job.c.lane,
    job.c.present_on,
)
"""Named and ordered as the fields of Job."""

JOB_FIELDS = tuple(column.name for column in JOB_COLUMNS)

_ONE = select(*JOB_COLUMNS).where(job.c.record_id == bindparam("of_record"))


def job_of(row: RowMapping) -> Job:
    """The job in a row of JOB_COLUMNS; other columns may stand beside them."""
    return Job(**{name: row[name] for name in JOB_FIELDS})


def job_from(row: Row) -> Job:
    """The job in a driver's row of JOB_FIELDS."""
    (
        record_id,
        state,
        reason,
        since,
        recorded_at,
        attempt,
        printer,
        central_status,
        request_class,
        nik_ending,
        updated_at,
        office_recorded_at,
        office_document,
        centre_recorded_at,
        waits_for,
        fault,
        lane,
        present_on,
    ) = row
    return Job(
        record_id=record_id,
        state=State(state),
        reason=reason,
        since=moment(since),
        recorded_at=moment(recorded_at),
        attempt=attempt,
        printer=printer,
        central_status=central_status,
        request_class=request_class,
        nik_ending=nik_ending,
        updated_at=None if updated_at is None else moment(updated_at),
        office_recorded_at=None if office_recorded_at is None else moment(office_recorded_at),
        office_document=office_document,
        centre_recorded_at=None if centre_recorded_at is None else moment(centre_recorded_at),
        waits_for=None if waits_for is None else WaitsFor(waits_for),
        fault=None if fault is None else Fault(fault),
        lane=lane,
        present_on=None if present_on is None else date.fromisoformat(present_on),
    )


def find(connection: Connection, record_id: str) -> Job:
    """UnknownRecord."""
    row = connection.execute(_ONE, {"of_record": record_id}).mappings().one_or_none()
    if row is None:
        raise UnknownRecord(f"{record_id} is not known here")
    return job_of(row)
