"""Laporan keadilan antrean: which imports moved people ahead under which paper, and whether anybody was passed over."""

from daemon.domain.paper import Column, Paper, Signature, Table
from daemon.fairness import order_violations, whole_log
from daemon.reports.asking import Asked

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


def fairness(asked: Asked) -> Paper:
    """Imports of the period; whom their papers put ahead of the centre's time is as it stands now."""
    period = asked.period
    imports = asked.store.log.told("imported", period.start, min(period.end, asked.at))
    undone = asked.store.log.told("import_undone", period.start, asked.at)
    taken_back = {entry.details["import"]: entry.at for entry in undone}
    ahead = {paper.document: paper for paper in asked.store.view.moved_ahead()}
    rows = []
    for entry in imports:
        told = entry.details
        document = None if told.get("document") is None else str(told["document"])
        paper = ahead.get(document) if document is not None else None
        people, in_line = (paper.people, paper.in_line) if paper is not None else (0, 0)
        new, changed = _count(told["new"]), _count(told["changed"])
        taken_back_at = taken_back.get(told.get("import"))
        rows.append((entry.at, entry.actor, document, new, changed, people, in_line, taken_back_at))
    return Paper(
        title="Laporan Keadilan Antrean",
        period=period,
        figures=(
            ("Didahulukan dari waktu pusat, seluruhnya", sum(paper.people for paper in ahead.values())),
            ("Surat yang mendahulukan", len(ahead)),
            ("Pencetakan yang melangkahi orang yang lebih dahulu", _passed_over(asked)),
        ),
        table=Table(
            columns=tuple(Column(key=key, label=label) for key, label in _COLUMNS),
            rows=tuple(rows),
            empty="Tidak ada pendaftaran yang diimpor dalam periode ini.",
        ),
        notes=asked.notes,
        signatures=(Signature(role="Administrator"), asked.head),
        made_at=asked.at,
        seal=asked.seal,
    )


def _passed_over(asked: Asked) -> int:
    """In the period, by the whole log."""
    starts = {violation.sequence for violation in order_violations(whole_log(asked.store.log))}
    if not starts:
        return 0
    return sum(
        entry.sequence in starts
        for entry in asked.store.log.told("started", asked.period.start, min(asked.period.end, asked.at))
    )


def _count(told: object) -> int:
    return int(str(told))
