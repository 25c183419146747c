"""Destruction record (berita acara pemusnahan): what was destroyed, when, and who saw it."""

from daemon.domain import ledger
from daemon.domain.message import N_
from daemon.domain.report import Figure, Named, Report, Signature, Table
from daemon.queries.reports.request import ReportRequest
from daemon.queries.reports.reversals import described

_WHAT = {ledger.SPOILED: N_("Spoiled blanks"), ledger.ISSUED: N_("Cards taken back")}
_COLUMNS = (
    ("date", N_("Date")),
    ("document", N_("Document number")),
    ("what", N_("What was destroyed")),
    ("batch", N_("Batch")),
    ("quantity", N_("Cards")),
    ("witnesses", N_("Witnesses")),
    ("note", N_("Note")),
    ("actor", N_("Booked by")),
)


def destructions(request: ReportRequest, document: str | None = None) -> Report:
    """Those of the period; with `document` the one of that number alone."""
    period, words = request.period, request.words
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
        title=words.gettext("Record of the Destruction of Blank Identity Cards"),
        period=period,
        introduction=words.gettext(
            "The spoiled blanks and the cards taken back that are named below were destroyed before the witnesses, so"
            " that they cannot be used again."
        )
        if found
        else None,
        figures=(Figure(key="destroyed", label=words.gettext("Destroyed in all (cards)"), value=quantity),),
        table=Table(
            columns=request.columns(_COLUMNS),
            rows=tuple(
                (
                    request.day(entry.at, entry.happened_on),
                    entry.document,
                    Named(
                        key=entry.credit,
                        label=words.gettext(_WHAT[entry.credit]) if entry.credit in _WHAT else entry.credit,
                    ),
                    entry.batch,
                    entry.quantity,
                    ", ".join(entry.witnesses),
                    entry.note,
                    entry.actor,
                )
                for entry in found
            ),
            empty=words.gettext("Nothing was destroyed in this period."),
        ),
        notes=(*request.notes, *(described(reversals[entry.id], words) for entry in booked if entry.id in reversals)),
        signatures=(
            Signature(role=words.gettext("Destroyed by")),
            *(Signature(role=words.gettext("Witness"), name=name) for name in witnesses),
            request.head,
        ),
        made_at=request.at,
        seal=request.seal,
    )
