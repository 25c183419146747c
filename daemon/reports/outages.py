"""Laporan gangguan jaringan: since when, how long and why the line to the centre was away."""

from datetime import timedelta

from daemon.domain.paper import Column, Named, Paper, Signature, Table
from daemon.link_advice import name_of
from daemon.reports.asking import Asked

_COLUMNS = (
    ("started_at", "Mulai"),
    ("ended_at", "Selesai"),
    ("seconds", "Lama"),
    ("cause", "Sebab"),
)


def outages(asked: Asked) -> Paper:
    """Of one that began before the period, or lasts beyond it, as much as lies in it counts."""
    period = asked.period
    until = min(period.end, asked.at)
    found = [
        (outage, min(outage.ended_at or until, until) - max(outage.started_at, period.start))
        for outage in asked.store.links.outages_between(period.start, until)
    ]
    away = sum((lasted for _, lasted in found), timedelta())
    share = away / (until - period.start) if until > period.start else 0.0
    return Paper(
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
        notes=asked.notes,
        signatures=(Signature(role="Administrator"), asked.head),
        made_at=asked.at,
        seal=asked.seal,
    )
