"""A report as the template config/templates/report.typ gets it: texts alone, as they are to be read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.domain.report import Cell, Chart, Report, Table
from daemon.locale.language import Language
from daemon.queries.reports.frame import frame
from daemon.queries.reports.wording import day, days, shown

if TYPE_CHECKING:
    from daemon.settings import Office


def page(paper: Report, office: "Office", words: Language) -> Mapping[str, object]:
    """JSON-able."""
    timezone = office.timezone
    framed = frame(office, paper.seal, paper.made_at, words)
    period = words.gettext("Period {period}", period=days(paper.period, words))
    return {
        **framed,
        "title": paper.title,
        "period": days(paper.period, words),
        "introduction": paper.introduction,
        "figures": [
            {"label": figure.label, "value": shown(figure.value, timezone, words), "is_alarm": figure.is_alarm}
            for figure in paper.figures
        ],
        "chart": None if paper.chart is None else _chart(paper.chart, words),
        "tables": [_table(table, timezone, words) for table in (paper.table, *paper.others)],
        "notes": list(paper.notes),
        "signatures": [{"role": sign.role, "name": sign.name, "nip": sign.nip} for sign in paper.signatures],
        "signed_at": f"{office.town or '……………………'}, {day(paper.made_at, timezone, words)}",
        "labels": {**framed["labels"], "period": period},
    }


def _table(table: Table, timezone: ZoneInfo, words: Language) -> Mapping[str, object]:
    def texts(row: tuple[Cell, ...]) -> list[str]:
        return [shown(cell, timezone, words) for cell in row]

    return {
        "title": table.title,
        "columns": [
            {"label": column.label, "is_number": is_number, "is_wide": column.is_wide}
            for column, is_number in zip(table.columns, table.numeric, strict=True)
        ],
        "rows": [texts(row) for row in table.rows],
        "total": None if table.total is None or not table.rows else texts(table.total),
        "empty": table.empty,
    }


def _chart(chart: Chart, words: Language) -> Mapping[str, object]:
    most = max((sum(column) for column in zip(*(series.values for series in chart.series), strict=True)), default=0)
    return {
        "title": chart.title,
        "labels": list(chart.labels),
        "most": most,
        "most_label": words.number(most),
        "series": [
            {
                "label": series.label,
                "values": list(series.values),
                "total": words.number(sum(series.values)),
                "is_alarm": series.is_alarm,
            }
            for series in chart.series
        ],
    }
