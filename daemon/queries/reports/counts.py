"""Record of a stock-taking (berita acara stock opname): what was counted, what the ledger said, and the difference."""

from datetime import date, datetime

from daemon.domain import ledger
from daemon.domain.log import LogEntry
from daemon.domain.message import N_
from daemon.domain.report import Cell, Figure, Named, Report, Signature, Table
from daemon.locale.language import Language
from daemon.ports import LedgerRow
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.reversals import described

_COLUMNS = (
    ("date", N_("Date")),
    ("document", N_("Document number")),
    ("account", N_("Place")),
    ("batch", N_("Batch")),
    ("ledger_said", N_("By the books")),
    ("counted", N_("As counted")),
    ("variance", N_("Variance")),
    ("reason", N_("Note")),
    ("actor", N_("Counted by")),
)
_PLACES = {"store": N_("Store"), "spoiled": N_("Spoiled blanks")}


def counts(request: ReportRequest, document: str | None = None) -> Report:
    """Those of the period, the ones that agreed too; with `document` the one of that number alone."""
    period, words = request.period, request.words
    told_of = [
        entry
        for entry in request.store.log.events("blanks_counted", period.start, period.end)
        if document in (None, entry.details.get("document"))
    ]
    reversals = _reversals(request)
    found = [_row(entry, request) for entry in told_of if _key(entry) not in reversals]
    off = [row[6] for row in found if isinstance(row[6], int)]
    return Report(
        title=words.gettext("Record of a Stock-taking of Blank Identity Cards"),
        period=period,
        introduction=words.gettext("Blank identity cards were counted by hand, with the following result.")
        if found
        else None,
        figures=(
            Figure(key="counts", label=words.gettext("Counts"), value=len(found)),
            Figure(
                key="with_variance",
                label=words.gettext("Of these with a variance"),
                value=sum(1 for difference in off if difference),
            ),
            Figure(key="variance", label=words.gettext("Variance in all (cards)"), value=sum(off)),
        ),
        table=Table(
            columns=request.columns(_COLUMNS),
            rows=tuple(found),
            empty=words.gettext("No counts in this period."),
        ),
        notes=(*request.notes, *(described(reversals[key], words) for key in map(_key, told_of) if key in reversals)),
        signatures=(
            Signature(role=words.gettext("Who counted")),
            Signature(role=words.gettext("Keeper of the blanks")),
            request.head,
        ),
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
        Named(key=account, label=_place(account, request.words)),
        _text(details.get("batch")),
        said,
        counted,
        counted - said,
        _text(details.get("reason")),
        entry.actor,
    )


def _place(account: str, words: Language) -> str:
    kind, _, printer = account.partition(":")
    if kind == "hopper":
        return words.gettext("Printer {printer}", printer=printer)
    return words.gettext(_PLACES[account]) if account in _PLACES else account


def _text(value: object) -> str | None:
    return None if value is None else str(value)
