"""Laporan penggunaan blangko: what came, what was used, what is left, by batch."""

from daemon.domain.report import Cell, Column, Named, Report, Signature, Table
from daemon.domain.usage import BatchUsage, Flow, Stock, usage
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.reversals import described

WITHOUT_BATCH = "(tanpa nomor)"

_COLUMNS = (
    ("batch", "Batch"),
    ("opening", "Stok awal"),
    (Flow.RECEIVED, "Diterima"),
    (Flow.TRANSFERRED_IN, "Pinjaman masuk"),
    (Flow.ISSUED, "Tercetak"),
    (Flow.PRINT_SPOILED, "Gagal cetak"),
    (Flow.ENCODE_FAILED, "Gagal isi chip"),
    (Flow.FACTORY_DEFECT, "Cacat pabrik"),
    (Flow.LOST, "Hilang"),
    (Flow.TRANSFERRED_OUT, "Pinjaman keluar"),
    (Flow.VARIANCE, "Selisih"),
    ("closing", "Stok akhir"),
    ("spoiled_opening", "Rusak awal"),
    (Flow.DESTROYED, "Dimusnahkan"),
    ("spoiled_variance", "Selisih rusak"),
    ("spoiled_closing", "Rusak akhir"),
)
_COMES_IN = (Flow.RECEIVED, Flow.TRANSFERRED_IN, Flow.VARIANCE)
_IN_STOCK = tuple(key for key, _ in _COLUMNS if isinstance(key, Flow) and key is not Flow.DESTROYED)


def blanks(request: ReportRequest) -> Report:
    """From the first entry of the ledger on, so that opening stocks are what the entries say. Reads all of them."""
    start, end = request.period.start, request.period.end
    reversals = request.store.ledger.reversals()
    found = usage(request.store.ledger.between(None, end), start=start, end=end, reversed_=reversals)
    usable, spoiled = found.usable, found.spoiled
    figures: tuple[tuple[str, Cell], ...] = (
        ("Stok awal", usable.opening),
        *((label, usable.flows[key]) for key, label in _COLUMNS if isinstance(key, Flow) and usable.flows.get(key)),
        *((("Lain-lain", other),) if (other := usable.flows.get(Flow.OTHER, 0)) else ()),
        ("Stok akhir", usable.closing),
        ("Blangko rusak yang belum dimusnahkan", spoiled.closing),
        *((("Kartu yang ditarik dan dimusnahkan", found.cards_destroyed),) if found.cards_destroyed else ()),
    )
    return Report(
        title="Laporan Penggunaan Blangko KTP-el",
        period=request.period,
        figures=figures,
        table=Table(
            columns=tuple(Column(key=str(key), label=label) for key, label in _COLUMNS),
            rows=tuple(_row(batch) for batch in found.batches if _is_worth_telling(batch)),
            total=_cells(Named(key=None, label="Jumlah"), usable, spoiled),
            empty="Tidak ada blangko dalam periode ini.",
        ),
        notes=(
            *request.notes,
            *(described(entry) for entry in reversals.values() if start <= entry.at < end),
            "Yang tidak disebut batch-nya dihitung dari batch yang lebih dahulu datang.",
        ),
        signatures=(Signature(role="Pengelola blangko"), request.head),
        made_at=request.at,
        seal=request.seal,
    )


def _row(batch: BatchUsage) -> tuple[Cell, ...]:
    return _cells(Named(key=batch.batch, label=batch.batch or WITHOUT_BATCH), batch.usable, batch.spoiled)


def _cells(name: Named, usable: Stock, spoiled: Stock) -> tuple[Cell, ...]:
    """What went out is shown as it is counted, without a sign; a variance, and what corrects a past period, has one."""
    return (
        name,
        usable.opening,
        *(_as_told(key, usable.flows.get(key, 0)) for key in _IN_STOCK),
        usable.closing,
        spoiled.opening,
        -spoiled.flows.get(Flow.DESTROYED, 0),
        spoiled.flows.get(Flow.VARIANCE, 0),
        spoiled.closing,
    )


def _as_told(flow: Flow, quantity: int) -> int:
    return quantity if flow in _COMES_IN else -quantity


def _is_worth_telling(batch: BatchUsage) -> bool:
    stocks = (batch.usable, batch.spoiled)
    return any(stock.opening or stock.closing or any(stock.flows.values()) for stock in stocks)
