"""Laporan gangguan jaringan: since when, how long and why the link to the centre was away."""

from datetime import timedelta

from daemon.domain.report import Column, Named, Report, Signature, Table
from daemon.locale.link import name_of
from daemon.queries.reports.request import ReportRequest

_COLUMNS = (
    ("started_at", "Mulai"),
    ("ended_at", "Selesai"),
    ("seconds", "Lama"),
    ("cause", "Sebab"),
)


def outages(request: ReportRequest) -> Report:
    """Of one that began before the period, or lasts beyond it, as much as lies in it counts."""
    period = request.period
    until = min(period.end, request.at)
    found = [
        (outage, min(outage.ended_at or until, until) - max(outage.started_at, period.start))
        for outage in request.store.links.outages_between(period.start, until)
    ]
    away = sum((lasted for _, lasted in found), timedelta())
    share = away / (until - period.start) if until > period.start else 0.0
    return Report(
        title="Laporan Gangguan Jaringan ke Server Pusat",
        period=period,
        figures=(
            ("Gangguan", len(found)),
            ("Lama seluruhnya", away),
            ("Bagian dari periode", share),
            ("Terlama", max((lasted for _, lasted in found), default=timedelta())),
        ),
        table=Table(
            columns=tuple(Column(key=key, label=label) for key, label in _COLUMNS),
            rows=tuple(
                (
                    outage.started_at,
                    outage.ended_at,
                    lasted,
                    Named(key=outage.cause, label=name_of(outage.cause)),
                )
                for outage, lasted in found
            ),
            total=("Jumlah", None, away, None),
            empty="Tidak ada gangguan dalam periode ini.",
        ),
        notes=request.notes,
        signatures=(Signature(role="Administrator"), request.head),
        made_at=request.at,
        seal=request.seal,
    )
