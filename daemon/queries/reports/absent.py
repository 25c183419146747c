"""Recorded here, absent there: the office's registrations that the centre does not know, as a letter to it."""

from collections.abc import Iterator

from daemon.domain.errors import UnknownRecord
from daemon.domain.job import Job, WaitsFor
from daemon.domain.message import N_
from daemon.domain.records import initials
from daemon.domain.report import Cell, Figure, Report, Table
from daemon.domain.states import State
from daemon.queries.reports.request import ReportRequest

LONG, VERY_LONG = 30, 90
"""Days."""
_COLUMNS = (
    ("record_id", N_("Record")),
    ("nik", N_("NIK")),
    ("name", N_("Name")),
    ("recorded_at", N_("Recorded")),
    ("age_days", N_("Days since")),
    ("document", N_("Document")),
)


def absent(request: ReportRequest, *, in_full: bool) -> Report:
    """As it stands now, longest first. `in_full`: with NIK and name, as the centre needs them to look; else with the
    NIK's end and initials."""
    words = request.words
    rows = tuple(_row(job, request, in_full=in_full) for job in _absent(request))
    ages = [int(str(row[4])) for row in rows]
    return Report(
        title=words.gettext("Request to Look for Records that Have not Arrived"),
        period=request.period,
        introduction=words.gettext(
            "To the Directorate General of Population and Civil Registration. The people below were recorded at this"
            " office, and the central server does not know their records. We ask you to look for them, and to tell us"
            " whether they are to be sent again or recorded again."
        )
        if rows
        else None,
        figures=(
            Figure(key="people", label=words.gettext("Recorded here, absent at the centre"), value=len(rows)),
            *(
                Figure(
                    key=f"over_{days}_days",
                    label=words.gettext("Of these for more than {days} days", days=days),
                    value=sum(age > days for age in ages),
                )
                for days in (LONG, VERY_LONG)
            ),
            Figure(key="oldest_days", label=words.gettext("Longest (days)"), value=max(ages, default=0)),
        ),
        table=Table(
            columns=request.columns(_COLUMNS, wide={"name"}),
            rows=rows,
            empty=words.gettext("The central server knows every record of this office."),
        ),
        signatures=(request.head,),
        made_at=request.at,
        seal=request.seal,
    )


def _absent(request: ReportRequest) -> Iterator[Job]:
    return (row.job for row in request.store.view.queue(State.WAITING, None) if row.job.waits_for is WaitsFor.ABSENT)


def _row(job: Job, request: ReportRequest, *, in_full: bool) -> tuple[Cell, ...]:
    try:
        person = request.store.records.person(job.record_id)
    except UnknownRecord:
        person = None
    nik, name = (None, None) if person is None else (person.nik, person.name)
    if not in_full:
        nik, name = f"…{job.nik_ending or '????'}", None if name is None else initials(name)
    age = (request.at - job.recorded_at).days
    return (job.record_id, nik, name, request.day(job.recorded_at, None), age, job.office_document)
