"""The office's day on one page (laporan harian)."""

from collections import Counter
from datetime import timedelta

from daemon.domain.job import Verdict
from daemon.domain.log import LogEntry
from daemon.domain.message import N_
from daemon.domain.report import Cell, Figure, Report, Signature, Table
from daemon.domain.states import State
from daemon.domain.usage import Flow, usage
from daemon.queries.fairness import RECORDED
from daemon.queries.reports.fairness import unexplained
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.starts import chart, figures, starts

_PRINTERS = (
    ("printer", N_("Printer")),
    ("started", N_("Started")),
    (Verdict.PRINTED, N_("Printed")),
    (Verdict.SPOILED, N_("Spoiled")),
    (Verdict.NO_CARD, N_("No card")),
    (Verdict.IN_DOUBT, N_("In doubt")),
)
HOURS = 24


def daily(request: ReportRequest) -> Report:
    """Of the last day of the period."""
    words, period, timezone = request.words, request.period, request.office.timezone
    until = min(period.end, request.at)
    by_event, by_printer = Counter[str](), Counter[tuple[str, str]]()
    begun = list(starts(request.store.log, period.start, until, lambda entry: _count(entry, by_event, by_printer)))
    for start in begun:
        by_printer[start.printer or "", "started"] += 1
    blanks = usage(
        request.store.ledger.between(None, until),
        start=period.start,
        end=until,
        reversed_=request.store.ledger.reversals(),
    ).usable
    away = [
        min(outage.ended_at or until, until) - max(outage.started_at, period.start)
        for outage in request.store.links.outages_between(period.start, until)
    ]
    out_of_order = unexplained(begun, request)
    count = (
        ("recorded", N_("Entered at this office"), by_event[RECORDED]),
        ("made_ready", N_("Became print-ready"), by_event[State.READY]),
        ("printed", N_("Printed"), by_event[Verdict.PRINTED]),
        ("spoiled", N_("Spoiled"), by_event[Verdict.SPOILED]),
        ("in_doubt", N_("In doubt"), by_event[Verdict.IN_DOUBT]),
        ("handed_over", N_("Handed over"), by_event[State.HANDED_OVER]),
        ("blanks_opening", N_("Blanks in the morning"), blanks.opening),
        ("blanks_received", N_("Blanks received"), blanks.flows.get(Flow.RECEIVED, 0)),
        ("blanks_closing", N_("Blanks in the evening"), blanks.closing),
        ("outages", N_("Outages of the link"), len(away)),
        ("outage_seconds", N_("Lasted in all"), sum(away, timedelta())),
    )
    hours = tuple(str(hour) for hour in range(HOURS))
    return Report(
        title=words.gettext("Report of the Day"),
        period=period,
        figures=(
            *(Figure(key=key, label=words.gettext(label), value=value) for key, label, value in count),
            *figures(begun, request),
        ),
        chart=chart(begun, (each.at.astimezone(timezone).hour for each in begun), hours, words) if begun else None,
        table=Table(
            title=words.gettext("Printers"),
            columns=request.columns(_PRINTERS),
            rows=tuple(_row(name, by_printer) for name in sorted({name for name, _ in by_printer})),
            empty=words.gettext("No printer had a card on this day."),
        ),
        others=(out_of_order,) if out_of_order.rows else (),
        notes=request.notes,
        signatures=(Signature(role=words.gettext("Administrator")), request.head),
        made_at=request.at,
        seal=request.seal,
    )


def _count(entry: LogEntry, by_event: Counter[str], by_printer: Counter[tuple[str, str]]) -> None:
    details = entry.details
    if entry.event == RECORDED:
        by_event[RECORDED] += 1
    if details.get("after") == State.READY and details.get("before") in (None, State.WAITING):
        by_event[State.READY] += 1
    if entry.event == "handed_over":
        by_event[State.HANDED_OVER] += 1
    verdict = details.get("verdict")
    if verdict is not None:
        by_event[str(verdict)] += 1
        by_printer[str(details.get("printer") or ""), str(verdict)] += 1


def _row(printer: str, by: Counter[tuple[str, str]]) -> tuple[Cell, ...]:
    return (printer, *(by[printer, str(key)] for key, _ in _PRINTERS[1:]))
