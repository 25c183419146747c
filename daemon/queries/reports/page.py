"""A paper as the template config/templates/report.typ gets it: texts alone, as they are to be read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.domain.report import Cell, Report
from daemon.queries.reports.wording import day, days, shown

if TYPE_CHECKING:
    from daemon.settings import Office


def page(paper: Report, office: "Office") -> Mapping[str, object]:
    """JSON-able."""
    timezone = office.timezone
    table = paper.table

    def texts(row: tuple[Cell, ...]) -> list[str]:
        return [shown(cell, timezone) for cell in row]

    return {
        "office": {"name": office.name, "code": office.code, "address": office.address},
        "title": paper.title,
        "period": days(paper.period, timezone),
        "introduction": paper.introduction,
        "figures": [[label, shown(figure, timezone)] for label, figure in paper.figures],
        "columns": [
            {"label": column.label, "is_number": is_number}
            for column, is_number in zip(table.columns, table.numeric, strict=True)
        ],
        "rows": [texts(row) for row in table.rows],
        "total": None if table.total is None or not table.rows else texts(table.total),
        "empty": table.empty,
        "notes": list(paper.notes),
        "signatures": [{"role": sign.role, "name": sign.name, "nip": sign.nip} for sign in paper.signatures],
        "signed_at": f"{office.town or '……………………'}, {day(paper.made_at, timezone)}",
        "made_at": shown(paper.made_at, timezone),
        "seal": _seal(paper, timezone),
    }


def _seal(paper: Report, timezone: ZoneInfo) -> Mapping[str, str] | None:
    if paper.seal is None:
        return None
    return {"sequence": shown(paper.seal.sequence, timezone), "hash": paper.seal.hash}
