"""Outages (laporan gangguan jaringan): since when, how long and why the link to the centre was away."""

from datetime import timedelta

from daemon.domain.message import N_
from daemon.domain.report import Figure, Named, Report, Signature, Table
from daemon.locale.link import name_of
from daemon.queries.reports.request import ReportRequest

_COLUMNS = (
    ("started_at", N_("Began")),
    ("ended_at", N_("Ended")),
    ("seconds", N_("Lasted")),
    ("cause", N_("Cause")),
)


def outages(request: ReportRequest) -> Report:
    """Of one that began before the period, or lasts beyond it, as much as lies in it counts."""
    period, words = request.period, request.words
    until = min(period.end, request.at)
    found = [
        (outage, min(outage.ended_at or until, until) - max(outage.started_at, period.start))
        for outage in request.store.links.outages_between(period.start, until)
    ]
    away = sum((lasted for _, lasted in found), timedelta())
    share = away / (until - period.start) if until > period.start else 0.0
    return Report(
        title=words.gettext("Outages of the Link to the Central Server"),
        period=period,
        figures=(
            Figure(key="outages", label=words.gettext("Outages"), value=len(found)),
            Figure(key="seconds", label=words.gettext("Lasted in all"), value=away),
            Figure(key="share", label=words.gettext("Share of the period"), value=share),
            Figure(
                key="longest_seconds",
                label=words.gettext("Longest"),
                value=max((lasted for _, lasted in found), default=timedelta()),
            ),
        ),
        table=Table(
            columns=request.columns(_COLUMNS),
            rows=tuple(
                (
                    outage.started_at,
                    outage.ended_at,
                    lasted,
                    Named(key=outage.cause, label=name_of(outage.cause, words.code)),
                )
                for outage, lasted in found
            ),
            total=(words.gettext("Total"), None, away, None),
            empty=words.gettext("No outages in this period."),
        ),
        notes=request.notes,
        signatures=(Signature(role=words.gettext("Administrator")), request.head),
        made_at=request.at,
        seal=request.seal,
    )
