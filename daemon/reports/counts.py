"""Berita acara stock opname: what was counted, what the ledger said, and the difference."""

from datetime import date, datetime

from daemon.domain import ledger
from daemon.domain.log import Entry
from daemon.domain.paper import Cell, Column, Named, Paper, Signature, Table
from daemon.ports import LedgerRow
from daemon.reports.asking import Asked
from daemon.reports.reversals import told

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


def counts(asked: Asked, document: str | None = None) -> Paper:
    """Those of the period, the ones that agreed too; with `document` the one of that number alone."""
    period = asked.period
    told_of = [
        entry
        for entry in asked.store.log.told("blanks_counted", period.start, period.end)
        if document in (None, entry.details.get("document"))
    ]
    reversals = _reversals(asked)
    found = [_row(entry, asked) for entry in told_of if _key(entry) not in reversals]
    off = [row[6] for row in found if isinstance(row[6], int)]
    return Paper(
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
        notes=(*asked.notes, *(told(reversals[key]) for key in map(_key, told_of) if key in reversals)),
        signatures=(Signature(role="Yang menghitung"), Signature(role="Pengelola blangko"), asked.head),
        made_at=asked.at,
        seal=asked.seal,
    )


def _reversals(asked: Asked) -> dict[tuple[datetime, str], LedgerRow]:
    """Of counts whose difference was booked wrongly: the entry that reverses it, by the count's moment and account."""
    reversals = asked.store.ledger.reversals()
    if not reversals:
        return {}
    return {
        (entry.at, entry.debit if entry.credit == ledger.VARIANCE else entry.credit): reversals[entry.id]
        for entry in asked.store.ledger.between(asked.period.start, asked.period.end)
        if entry.id in reversals and entry.reason == ledger.COUNTED
    }


def _key(entry: Entry) -> tuple[datetime, str]:
    return entry.at, str(entry.details["account"])


def _row(entry: Entry, asked: Asked) -> tuple[Cell, ...]:
    details = entry.details
    said, counted = int(str(details["ledger_said"])), int(str(details["counted"]))
    on = details.get("date")
    account = str(details["account"])
    return (
        asked.day(entry.at, date.fromisoformat(str(on)) if on else None),
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
