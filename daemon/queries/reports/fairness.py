"""Laporan keadilan antrean: which imports moved people ahead under which paper, and whether anybody was passed over."""

from daemon.domain.report import Column, Report, Signature, Table
from daemon.queries.fairness import order_violations, whole_log
from daemon.queries.reports.request import ReportRequest

_COLUMNS = (
    ("imported_at", "Diimpor"),
    ("actor", "Oleh"),
    ("document", "Surat"),
    ("new", "Baru"),
    ("changed", "Diubah"),
    ("moved_ahead", "Didahulukan"),
    ("in_line", "Masih antre"),
    ("taken_back_at", "Dibatalkan"),
)


def fairness(request: ReportRequest) -> Report:
    """Imports of the period; whom their papers put ahead of the centre's time is as it stands now."""
    period = request.period
    imports = request.store.log.events("imported", period.start, min(period.end, request.at))
    undone = request.store.log.events("import_undone", period.start, request.at)
    taken_back = {entry.details["import"]: entry.at for entry in undone}
    ahead = {paper.document: paper for paper in request.store.view.moved_ahead()}
    rows = []
    for entry in imports:
        told = entry.details
        document = None if told.get("document") is None else str(told["document"])
        paper = ahead.get(document) if document is not None else None
        people, in_line = (paper.people, paper.in_line) if paper is not None else (0, 0)
        new, changed = _count(told["new"]), _count(told["changed"])
        taken_back_at = taken_back.get(told.get("import"))
        rows.append((entry.at, entry.actor, document, new, changed, people, in_line, taken_back_at))
    return Report(
        title="Laporan Keadilan Antrean",
        period=period,
        figures=(
            ("Didahulukan dari waktu pusat, seluruhnya", sum(paper.people for paper in ahead.values())),
            ("Surat yang mendahulukan", len(ahead)),
            ("Pencetakan yang melangkahi orang yang lebih dahulu", _passed_over(request)),
        ),
        table=Table(
            columns=tuple(Column(key=key, label=label) for key, label in _COLUMNS),
            rows=tuple(rows),
            empty="Tidak ada pendaftaran yang diimpor dalam periode ini.",
        ),
        notes=request.notes,
        signatures=(Signature(role="Administrator"), request.head),
        made_at=request.at,
        seal=request.seal,
    )


def _passed_over(request: ReportRequest) -> int:
    """In the period, by the whole log."""
    starts = {violation.sequence for violation in order_violations(whole_log(request.store.log))}
    if not starts:
        return 0
    return sum(
        entry.sequence in starts
        for entry in request.store.log.events("started", request.period.start, min(request.period.end, request.at))
    )


def _count(told: object) -> int:
    return int(str(told))
