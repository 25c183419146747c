"""The use of blanks (laporan penggunaan blangko): what came, what was used, what is left, by batch."""

from daemon.domain.message import N_
from daemon.domain.report import Cell, Figure, Named, Report, Signature, Table
from daemon.domain.usage import BatchUsage, Flow, Stock, usage
from daemon.locale.language import Language
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.reversals import described

_COLUMNS = (
    ("batch", N_("Batch")),
    ("opening", N_("Opening stock")),
    (Flow.RECEIVED, N_("Received")),
    (Flow.TRANSFERRED_IN, N_("Borrowed")),
    (Flow.ISSUED, N_("Printed")),
    (Flow.PRINT_SPOILED, N_("Print spoiled")),
    (Flow.ENCODE_FAILED, N_("Encoding failed")),
    (Flow.FACTORY_DEFECT, N_("Factory defect")),
    (Flow.LOST, N_("Lost")),
    (Flow.TRANSFERRED_OUT, N_("Lent")),
    (Flow.VARIANCE, N_("Variance")),
    ("closing", N_("Closing stock")),
    ("spoiled_opening", N_("Spoiled, opening")),
    (Flow.DESTROYED, N_("Destroyed")),
    ("spoiled_variance", N_("Spoiled, variance")),
    ("spoiled_closing", N_("Spoiled, closing")),
)
_OTHER = (Flow.OTHER, N_("Other"))
_COMES_IN = (Flow.RECEIVED, Flow.TRANSFERRED_IN, Flow.VARIANCE)
_IN_STOCK = tuple(key for key, _ in _COLUMNS if isinstance(key, Flow) and key is not Flow.DESTROYED)


def blanks(request: ReportRequest) -> Report:
    """From the first entry of the ledger on, so that opening stocks are what the entries say. Reads all of them."""
    start, end = request.period.start, request.period.end
    reversals = request.store.ledger.reversals()
    found = usage(request.store.ledger.between(None, end), start=start, end=end, reversed_=reversals)
    usable, spoiled, words = found.usable, found.spoiled, request.words
    moved = [(key, words.gettext(label)) for key, label in (*_COLUMNS, _OTHER) if isinstance(key, Flow)]
    figures = [
        Figure(key="opening", label=words.gettext("Opening stock"), value=usable.opening),
        *(Figure(key=key, label=label, value=usable.flows[key]) for key, label in moved if usable.flows.get(key)),
        Figure(key="closing", label=words.gettext("Closing stock"), value=usable.closing),
        Figure(key="spoiled_closing", label=words.gettext("Spoiled blanks not destroyed yet"), value=spoiled.closing),
    ]
    if found.cards_destroyed:
        label = words.gettext("Cards taken back and destroyed")
        figures.append(Figure(key="cards_destroyed", label=label, value=found.cards_destroyed))
    return Report(
        title=words.gettext("Use of Blank Identity Cards"),
        period=request.period,
        figures=tuple(figures),
        table=Table(
            columns=request.columns(_COLUMNS),
            rows=tuple(_row(batch, words) for batch in found.batches if _is_worth_telling(batch)),
            total=_cells(Named(key=None, label=words.gettext("Total")), usable, spoiled),
            empty=words.gettext("No blanks in this period."),
        ),
        notes=(
            *request.notes,
            *(described(entry, words) for entry in reversals.values() if start <= entry.at < end),
            words.gettext("What was booked without its batch is counted from the batch that came first."),
        ),
        signatures=(Signature(role=words.gettext("Keeper of the blanks")), request.head),
        made_at=request.at,
        seal=request.seal,
    )


def _row(batch: BatchUsage, words: Language) -> tuple[Cell, ...]:
    label = batch.batch or words.gettext("(without number)")
    return _cells(Named(key=batch.batch, label=label), batch.usable, batch.spoiled)


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
