"""Berita acara stock opname: what was counted, what the ledger said, and the difference."""

from datetime import date, datetime

from daemon.domain import ledger
from daemon.domain.log import LogEntry
from daemon.domain.report import Cell, Column, Named, Report, Signature, Table
from daemon.ports import LedgerRow
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.reversals import described

_COLUMNS = (
    ("date", "Tanggal"),
    ("document", "Nomor surat"),
    ("account", "Tempat"),
    ("batch", "Batch"),
    ("ledger_said", "Menurut buku"),
    ("counted", "Menurut hitungan"),
    ("variance", "Selisih"),
    ("reason", "Keterangan"),
    ("actor", "Dihitung oleh"),
)
_INTRODUCTION = "Telah dilakukan penghitungan fisik blangko KTP-el dengan hasil sebagai berikut."
_PLACES = {"store": "Gudang", "spoiled": "Blangko rusak"}


def counts(request: ReportRequest, document: str | None = None) -> Report:
    """Those of the period, the ones that agreed too; with `document` the one of that number alone."""
    period = request.period
    told_of = [
        entry
        for entry in request.store.log.events("blanks_counted", period.start, period.end)
        if document in (None, entry.details.get("document"))
    ]
    reversals = _reversals(request)
    found = [_row(entry, request) for entry in told_of if _key(entry) not in reversals]
    off = [row[6] for row in found if isinstance(row[6], int)]
    return Report(
        title="Berita Acara Stock Opname Blangko KTP-el",
        period=period,
        introduction=_INTRODUCTION if found else None,
        figures=(
            ("Penghitungan", len(found)),
            ("Di antaranya berselisih", sum(1 for difference in off if difference)),
            ("Selisih seluruhnya (keping)", sum(off)),
        ),
        table=Table(
            columns=tuple(Column(key=key, label=label) for key, label in _COLUMNS),
            rows=tuple(found),
            empty="Tidak ada penghitungan dalam periode ini.",
        ),
        notes=(*request.notes, *(described(reversals[key]) for key in map(_key, told_of) if key in reversals)),
        signatures=(Signature(role="Yang menghitung"), Signature(role="Pengelola blangko"), request.head),
        made_at=request.at,
        seal=request.seal,
    )


def _reversals(request: ReportRequest) -> dict[tuple[datetime, str], LedgerRow]:
    """Of counts whose difference was booked wrongly: the entry that reverses it, by the count's moment and account."""
    reversals = request.store.ledger.reversals()
    if not reversals:
        return {}
    return {
        (entry.at, entry.debit if entry.credit == ledger.VARIANCE else entry.credit): reversals[entry.id]
        for entry in request.store.ledger.between(request.period.start, request.period.end)
        if entry.id in reversals and entry.reason == ledger.COUNTED
    }


def _key(entry: LogEntry) -> tuple[datetime, str]:
    return entry.at, str(entry.details["account"])


def _row(entry: LogEntry, request: ReportRequest) -> tuple[Cell, ...]:
    details = entry.details
    said, counted = int(str(details["ledger_said"])), int(str(details["counted"]))
    on = details.get("date")
    account = str(details["account"])
    return (
        request.day(entry.at, date.fromisoformat(str(on)) if on else None),
        _text(details.get("document")),
        Named(key=account, label=_PLACES.get(account, account.replace("hopper:", "Printer "))),
        _text(details.get("batch")),
        said,
        counted,
        counted - said,
        _text(details.get("reason")),
        entry.actor,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
