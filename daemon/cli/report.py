"""`report`: what the head of office signs and the centre asks for, as a table, for a spreadsheet, or as a page."""

import csv
import io
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.handing_over import hand_over
from daemon.cli.invocation import AsJson, Lang, actor, day, invocation, language, now, sentence
from daemon.cli.sealing import checkpoint_for_paper
from daemon.cli.table import fitted, wrapped

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from daemon.domain.report import Cell, Report, Table
    from daemon.locale.language import Language
    from daemon.queries.reports import ReportRequest
    from daemon.settings import Settings

app = typer.Typer()


class ReportKind(StrEnum):
    """Which report."""

    BLANKS = "blanks"
    DESTRUCTION = "destruction"
    COUNT = "count"
    OUTAGES = "outages"
    DAILY = "daily"
    ABSENT = "absent"
    FAIRNESS = "fairness"


class Format(StrEnum):
    """How it is wanted."""

    TABLE = "table"
    CSV = "csv"
    PDF = "pdf"


From = Annotated[
    str | None,
    typer.Option("--from", metavar="YYYY-MM-DD", help="The first day; else the first of the last day's month."),
]
To = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day, included; else today.")]
AsFormat = Annotated[Format, typer.Option("--format", help="On the terminal, for a spreadsheet, or as a page.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where it goes; else stdout. A file that is there stays."),
]
Document = Annotated[
    str | None,
    typer.Option("--document", metavar="NO", callback=sentence, help="Of count and destruction: that paper alone."),
]


@app.command("report")
def report(
    context: typer.Context,
    kind: Annotated[ReportKind, typer.Argument(help="Which one.", show_default=False)],
    first: From = None,
    last: To = None,
    document: Document = None,
    as_format: AsFormat = Format.TABLE,
    file: Output = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """A report of a period, ready to sign.

    blanks: laporan penggunaan blangko. destruction: berita acara pemusnahan, with its witnesses. count: berita acara
    stock opname. outages: laporan gangguan. daily: the day on one page. fairness: every start against the order of
    recording, each departure with its reason, and whom imports moved ahead. absent: who was recorded here and is now
    unknown at the centre; a letter to it as PDF, with NIK and name there and in CSV alone, and logged as a look-up.
    """
    from daemon.locale.language import in_language
    from daemon.queries.reports import ReportRequest, period

    if document is not None and kind not in (ReportKind.COUNT, ReportKind.DESTRUCTION):
        raise typer.BadParameter(f"a report of {kind} has no --document", param_hint="--document")
    asked = invocation(context)
    settings = asked.settings()
    words = in_language(language(lang, settings))
    at, timezone = now(), settings.office.timezone
    if kind is ReportKind.ABSENT and (first is not None or last is not None):
        raise typer.BadParameter("this report is of now", param_hint="--from" if first is not None else "--to")
    if kind is ReportKind.ABSENT:
        first = last = at.astimezone(timezone).date().isoformat()
    if kind is ReportKind.DAILY:
        if first is not None and last is not None and first != last:
            raise typer.BadParameter("a report of one day has one day: --to YYYY-MM-DD", param_hint="--from")
        first = last = last or first or at.astimezone(timezone).date().isoformat()
    days = period(day(first, "--from"), day(last, "--to"), at, timezone)
    with asked.store(settings) as store:
        kept = checkpoint_for_paper(settings, store) if as_format is Format.PDF and not as_json else None
        request = ReportRequest(store=store, office=settings.office, period=days, at=at, words=words, checkpoint=kept)
        paper = _paper(kind, request, document, in_full=as_format is not Format.TABLE and not as_json)
    if as_json:
        output.say_json(_to_json(paper))
    elif as_format is Format.PDF:
        hand_over(_page(paper, settings, words), file)
    else:
        text = _spreadsheet(paper) if as_format is Format.CSV else _on_terminal(paper, timezone, words, _columns(file))
        hand_over(text.encode(), file)


def _list_of_absent(asked: "ReportRequest", *, in_full: bool) -> "Report":
    """Logged where people are named: who asked, and how many there were."""
    from daemon.queries.reports import absent

    paper = absent(asked, in_full=in_full)
    if in_full:
        asked.store.log.append("looked_up", at=asked.at, actor=actor(), by="absent", found=len(paper.table.rows))
    return paper


def _paper(kind: ReportKind, asked: "ReportRequest", document: str | None, *, in_full: bool) -> "Report":
    from daemon.queries.reports import blanks, counts, daily, destructions, fairness, outages

    match kind:
        case ReportKind.BLANKS:
            return blanks(asked)
        case ReportKind.DESTRUCTION:
            return destructions(asked, document)
        case ReportKind.COUNT:
            return counts(asked, document)
        case ReportKind.OUTAGES:
            return outages(asked)
        case ReportKind.DAILY:
            return daily(asked)
        case ReportKind.FAIRNESS:
            return fairness(asked)
        case ReportKind.ABSENT:
            return _list_of_absent(asked, in_full=in_full)


# --- the same paper three times -------------------------------------------------------------------------------------


def _page(paper: "Report", settings: "Settings", words: "Language") -> bytes:
    from daemon.main import report_renderer
    from daemon.queries.reports.page import page

    return report_renderer().render("report", page(paper, settings.office, words))


def _columns(file: Path | None) -> int | None:
    return output.screen()[0] if file is None else None


def _on_terminal(paper: "Report", timezone: "ZoneInfo", words: "Language", columns: int | None) -> str:
    from daemon.queries.reports.wording import days, shown

    lines = [paper.title, days(paper.period, words), ""]
    width = max((len(figure.label) for figure in paper.figures), default=0)
    lines += [f"{figure.label.ljust(width)}  {shown(figure.value, timezone, words)}" for figure in paper.figures]
    for table in (paper.table, *paper.others):
        lines += ["", *([table.title] if table.title else [])]
        lines += table_rows(table, timezone, words, columns) if table.rows else [table.empty]
    lines += ["", *(line for note in paper.notes for line in wrapped(note, columns))] if paper.notes else []
    lines += ["", f"log #{paper.seal.sequence} {paper.seal.hash}"] if paper.seal else []
    return "".join(f"{output.visible(line)}\n" for line in lines)


def table_rows(table: "Table", timezone: "ZoneInfo", words: "Language", columns: int | None) -> list[str]:
    """Its lines. `columns`: of the terminal; None: as wide as it comes."""
    from daemon.queries.reports.wording import shown

    rows = [*table.rows, *([table.total] if table.total else [])]
    texts = [[shown(cell, timezone, words) for cell in row] for row in rows]
    return fitted([column.label for column in table.columns], texts, table.numeric, columns)


def _spreadsheet(paper: "Report") -> str:
    """The table's rows with stable headings; figures and moments as programs read them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.key for column in paper.table.columns])
    writer.writerows([[_plain(cell) for cell in row] for row in paper.table.rows])
    return text.getvalue()


def _to_json(paper: "Report") -> dict[str, object]:
    return {
        "title": paper.title,
        "from": paper.period.first.isoformat(),
        "to": paper.period.last.isoformat(),
        "made_at": _plain(paper.made_at),
        "figures": {figure.key: _plain(figure.value) for figure in paper.figures},
        "rows": _rows_to_json(paper.table),
        **{table.key: _rows_to_json(table) for table in paper.others},
        "log": None if paper.seal is None else {"sequence": paper.seal.sequence, "hash": paper.seal.hash},
    }


def _rows_to_json(table: "Table") -> list[dict[str, object]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, map(_plain, row), strict=True)) for row in table.rows]


def _plain(cell: "Cell") -> int | float | str | None:
    from daemon.domain.report import Named
    from daemon.queries.status import rfc3339

    match cell:
        case Named():
            return cell.key
        case datetime():
            return rfc3339(cell)
        case date():
            return cell.isoformat()
        case timedelta():
            return round(cell.total_seconds())
    return cell
