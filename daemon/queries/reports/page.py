"""A report as the template config/templates/report.typ gets it: texts alone, as they are to be read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from daemon.domain.message import N_
from daemon.domain.report import Cell, Report
from daemon.locale.language import Language
from daemon.queries.reports.wording import day, days, shown

if TYPE_CHECKING:
    from daemon.settings import Office

_PAGES = N_("Page {page} of {pages}")
"""The template puts the numbers in: it alone knows them."""


def page(paper: Report, office: "Office", words: Language) -> Mapping[str, object]:
    """JSON-able."""
    timezone = office.timezone
    table = paper.table

    def texts(row: tuple[Cell, ...]) -> list[str]:
        return [shown(cell, timezone, words) for cell in row]

    return {
        "office": {"name": office.name, "code": office.code, "address": office.address},
        "title": paper.title,
        "period": days(paper.period, words),
        "introduction": paper.introduction,
        "figures": [[figure.label, shown(figure.value, timezone, words)] for figure in paper.figures],
        "columns": [
            {"label": column.label, "is_number": is_number}
            for column, is_number in zip(table.columns, table.numeric, strict=True)
        ],
        "rows": [texts(row) for row in table.rows],
        "total": None if table.total is None or not table.rows else texts(table.total),
        "empty": table.empty,
        "notes": list(paper.notes),
        "signatures": [{"role": sign.role, "name": sign.name, "nip": sign.nip} for sign in paper.signatures],
        "signed_at": f"{office.town or '……………………'}, {day(paper.made_at, timezone, words)}",
        "made_at": shown(paper.made_at, timezone, words),
        "seal": _seal(paper, words),
        "language": words.code,
        "labels": _labels(paper, office, words),
    }


def _seal(paper: Report, words: Language) -> Mapping[str, str] | None:
    if paper.seal is None:
        return None
    return {"sequence": words.number(paper.seal.sequence), "hash": paper.seal.hash}


def _labels(paper: Report, office: "Office", words: Language) -> Mapping[str, str]:
    """What stands on every report, around what is its own."""
    labels = {
        "code": words.gettext("Area code {code}", code=office.code),
        "period": words.gettext("Period {period}", period=days(paper.period, words)),
        "pages": words.known(_PAGES),
    }
    if paper.seal is None:
        return {**labels, "log": words.gettext("The audit log is still empty."), "made": ""}
    return {
        **labels,
        "log": words.gettext("Audit log, entry {sequence:,}:", sequence=paper.seal.sequence),
        "made": words.gettext(
            "Made {at}. This seal vouches for every entry before it.",
            at=words.moment(paper.made_at, office.timezone),
        ),
    }
