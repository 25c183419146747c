"""Fairness of the queue (laporan keadilan antrean): every start against the order, and whom imports moved ahead."""

import math
from collections.abc import Sequence
from datetime import timedelta

from daemon.domain.message import N_
from daemon.domain.report import Cell, Chart, Figure, Named, Report, Signature, Table
from daemon.locale.language import Language
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.starts import UNEXPLAINED, Start, chart, figures, short_name, starts

MOST_COLUMNS = 31
"""Of the chart; beyond that a column is several days."""
_DEPARTURES = (
    ("started_at", N_("Started")),
    ("entry", N_("Log entry")),
    ("rule", N_("Reason")),
    ("instruction", N_("Instruction")),
    ("printer", N_("Printer")),
    ("recorded_at", N_("Recorded")),
    ("passed_recorded_at", N_("Passed over, recorded")),
)
_IMPORTS = (
    ("imported_at", N_("Imported")),
    ("actor", N_("By")),
    ("document", N_("Document")),
    ("new", N_("New")),
    ("changed", N_("Changed")),
    ("moved_ahead", N_("Moved ahead")),
    ("in_line", N_("Still in line")),
    ("taken_back_at", N_("Taken back")),
)
_TOLD_OF_UNEXPLAINED = (0, 1, 4, 5, 6)


def fairness(request: ReportRequest) -> Report:
    """Starts of the period by the whole log, and its imports; whom papers put ahead is as it stands now."""
    words = request.words
    found = list(starts(request.store.log, request.period.start, min(request.period.end, request.at)))
    ahead = {paper.document: paper.people for paper in request.store.view.moved_ahead()}
    return Report(
        title=words.gettext("Fairness of the Queue"),
        period=request.period,
        figures=(
            *figures(found, request),
            Figure(
                key="moved_ahead",
                label=words.gettext("Moved ahead of the centre's time, in all"),
                value=sum(ahead.values()),
            ),
            Figure(key="documents", label=words.gettext("Documents that moved somebody ahead"), value=len(ahead)),
        ),
        chart=_by_day(found, request) if found else None,
        table=departures(found, request),
        others=(_imports(request),),
        notes=request.notes,
        signatures=(Signature(role=words.gettext("Administrator")), request.head),
        made_at=request.at,
        seal=request.seal,
    )


def departures(found: Sequence[Start], request: ReportRequest) -> Table:
    """Starts that were not the earliest recorded's, each with its reason."""
    words = request.words
    return Table(
        key="departures",
        title=words.gettext("Departures from the order of recording"),
        columns=request.columns(_DEPARTURES),
        rows=tuple(_departure(each, each.rule, words) for each in found if each.rule is not None),
        empty=words.gettext("No card was started out of the order of recording in this period."),
    )


def unexplained(found: Sequence[Start], request: ReportRequest) -> Table:
    """Of these, those that no rule explains."""
    rows = (_departure(each, UNEXPLAINED, request.words) for each in found if each.rule == UNEXPLAINED)
    return Table(
        key="unexplained",
        title=request.words.gettext("Out of order, unexplained"),
        columns=request.columns(_DEPARTURES[place] for place in _TOLD_OF_UNEXPLAINED),
        rows=tuple(tuple(row[place] for place in _TOLD_OF_UNEXPLAINED) for row in rows),
        empty=request.words.gettext("None."),
    )


def _departure(start: Start, rule: str, words: Language) -> tuple[Cell, ...]:
    passed = start.passed_over.passed_over if start.passed_over is not None else None
    return (
        start.at,
        start.sequence,
        Named(key=rule, label=short_name(rule, words)),
        start.instruction,
        start.printer,
        start.recorded_at,
        None if passed is None else passed.recorded_at,
    )


def _by_day(found: Sequence[Start], request: ReportRequest) -> Chart:
    period, timezone = request.period, request.office.timezone
    days = (period.last - period.first).days + 1
    each = math.ceil(days / MOST_COLUMNS)
    first = [period.first + timedelta(days=n) for n in range(0, days, each)]
    places = ((start.at.astimezone(timezone).date() - period.first).days // each for start in found)
    return chart(found, places, tuple(f"{day.day}/{day.month}" for day in first), request.words)


def _imports(request: ReportRequest) -> Table:
    period, words = request.period, request.words
    imports = request.store.log.events("imported", period.start, min(period.end, request.at))
    undone = request.store.log.events("import_undone", period.start, request.at)
    taken_back = {entry.details["import"]: entry.at for entry in undone}
    ahead = {paper.document: paper for paper in request.store.view.moved_ahead()}
    rows = []
    for entry in imports:
        told = entry.details
        document = None if told.get("document") is None else str(told["document"])
        paper = ahead.get(document) if document is not None else None
        people, in_line = (paper.people, paper.in_line) if paper is not None else (0, 0)
        new, changed = _count(told["new"]), _count(told["changed"])
        taken_back_at = taken_back.get(told.get("import"))
        rows.append((entry.at, entry.actor, document, new, changed, people, in_line, taken_back_at))
    return Table(
        key="imports",
        title=words.gettext("Imports of registrations"),
        columns=request.columns(_IMPORTS),
        rows=tuple(rows),
        empty=words.gettext("No registrations were imported in this period."),
    )


def _count(told: object) -> int:
    return int(str(told))
