"""Berita acara pemusnahan: what was destroyed, when, and who saw it."""

from daemon.domain import ledger
from daemon.domain.report import Column, Named, Report, Signature, Table
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.reversals import described

_WHAT = {ledger.SPOILED: "Blangko rusak", ledger.ISSUED: "Kartu yang ditarik"}
_COLUMNS = (
    ("date", "Tanggal"),
    ("document", "Nomor surat"),
    ("what", "Yang dimusnahkan"),
    ("batch", "Batch"),
    ("quantity", "Keping"),
    ("witnesses", "Saksi"),
    ("note", "Keterangan"),
    ("actor", "Dicatat oleh"),
)


def destructions(request: ReportRequest, document: str | None = None) -> Report:
    """Those of the period; with `document` the one of that number alone."""
    period = request.period
    booked = [
        entry
        for entry in request.store.ledger.between(period.start, period.end)
        if entry.debit == ledger.DESTROYED and document in (None, entry.document)
    ]
    reversals = request.store.ledger.reversals()
    found = [entry for entry in booked if entry.id not in reversals]
    witnesses = dict.fromkeys(name for entry in found for name in entry.witnesses)
    quantity = sum(entry.quantity for entry in found)
    return Report(
        title="Berita Acara Pemusnahan Blangko KTP-el",
        period=period,
        introduction=(
            "Blangko rusak dan kartu yang ditarik tersebut di bawah ini telah dimusnahkan di hadapan para saksi, "
            "sehingga tidak dapat dipergunakan lagi."
        )
        if found
        else None,
        figures=(("Dimusnahkan seluruhnya (keping)", quantity),),
        table=Table(
            columns=tuple(Column(key=key, label=label) for key, label in _COLUMNS),
            rows=tuple(
                (
                    request.day(entry.at, entry.happened_on),
                    entry.document,
                    Named(key=entry.credit, label=_WHAT.get(entry.credit, entry.credit)),
                    entry.batch,
                    entry.quantity,
                    ", ".join(entry.witnesses),
                    entry.note,
                    entry.actor,
                )
                for entry in found
            ),
            empty="Tidak ada pemusnahan dalam periode ini.",
        ),
        notes=(*request.notes, *(described(reversals[entry.id]) for entry in booked if entry.id in reversals)),
        signatures=(
            Signature(role="Yang memusnahkan"),
            *(Signature(role="Saksi", name=name) for name in witnesses),
            request.head,
        ),
        made_at=request.at,
        seal=request.seal,
    )
