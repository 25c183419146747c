"""The office's own registrations, from a CSV file, read as a stream: a bad row is told by its line and passed over."""

import csv
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain, zip_longest
from pathlib import Path

from adapters.registrations import dates as times
from adapters.registrations.dates import Dates
from adapters.registrations.header import COLUMNS, UNNAMED, Header, read_header
from adapters.registrations.lines import UNREADABLE, Lines
from daemon.domain import records as rules
from daemon.domain.errors import Rejected
from daemon.domain.flaw import Flaw
from daemon.domain.token import RECORD_ID
from daemon.ports import Person, Record

MOST_CHARACTERS = 200
"""In one field."""
MANY = 10
"""NIKs in a row that all end in 0: a spreadsheet keeps 15 digits of a number and makes the 16th a 0."""
FEW = 3
"""So many are enough where the file has no others."""

_SPREADSHEET_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+|[0-9]+[.,]0+")
_AS_TEXT = re.compile(r"=\"(?P<formula>[^\"]*)\"|['\u2019`](?P<marked>.*)")
"""How spreadsheets are told that a number is text: ="12" and '12."""
_NUMBERS = frozenset({"record_id", "nik", "recorded_at"})
"""Columns in which an apostrophe at the start is the spreadsheet's. A name may begin with one."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NUMBER_HINT = (
    "A spreadsheet keeps 15 digits of a number. Format the column of the NIK as Text, take the numbers over from their"
    " source once more, and save as CSV UTF-8."
)
_DAY_FIRST_HINT = "If every date of this file has the day first (31/01/2026), say so: --dates dmy"
_MONTH_FIRST_HINT = (
    "Some dates of this file have the month first (1/31/2026), which is never guessed. Give the column the format"
    " yyyy-mm-dd in the spreadsheet, and save once more."
)
_MOST_NAMED = 10
"""Columns that are passed over, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be taken."""

    line: int
    """In the file, from 1, where the row starts."""
    problem: str
    """Names the column, never its content."""
    hint: str | None = None
    """What helps, where that is the same for every such row."""


def hints_that_hold(hints: Iterable[str]) -> list[str]:
    """Of those that rows of one file gave: one with the month first shows that not every date has the day first."""
    given = list(dict.fromkeys(hints))
    return [hint for hint in given if hint != _DAY_FIRST_HINT or _MONTH_FIRST_HINT not in given]


def read_registrations(
    path: Path,
    *,
    timezone: tzinfo,
    now: datetime,
    dates: Dates = Dates.ISO,
    lanes: Collection[str] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Record | BadRow]:
    """The rows in file order. Times without an offset are the office's (`timezone`). Rejected: it is no such CSV.

    `lanes`: those that there are. `tell` is told of columns that are passed over.
    Nothing is opened before the first row is asked for. What is kept in memory is each record's id, to find doubles;
    with `dates` other than ISO all rows, since one that contradicts it puts all the others in doubt.
    """
    try:
        with path.open("rb") as file:
            lines = Lines(file)
            header = read_header(lines, path)
            if header.unknown:
                tell(_passed_over(header.unknown))
            rows = _Rows(header, timezone, now, dates, lanes)
            found = _not_rounded(rows.read(lines), path)
            yield from found if dates is Dates.ISO else _consistent(found, rows, path)
    except OSError as error:
        raise Rejected(f"{path}: cannot be read: {error.strerror or error}") from error


def _passed_over(columns: Sequence[str]) -> str:
    named = ", ".join(_CONTROL.sub("?", name)[:40] for name in columns[:_MOST_NAMED])
    more = f" and {len(columns) - _MOST_NAMED} more" if len(columns) > _MOST_NAMED else ""
    return f"Columns that are not needed were passed over: {named}{more}"


def _consistent(found: Iterable[Record | BadRow], rows: "_Rows", path: Path) -> list[Record | BadRow]:
    """All of them, unless one of them shows that the others were read wrongly."""
    read = list(found)
    if rows.contradicts is not None:
        raise Rejected(
            f"{path}:{rows.contradicts}: has the month first, so --dates dmy does not hold for this file;"
            " nothing was taken in; write all dates as 2026-01-31"
        )
    return read


def _not_rounded(found: Iterator[Record | BadRow], path: Path) -> Iterator[Record | BadRow]:
    """Rejected when a spreadsheet has rounded all NIKs: each looks like one, and is somebody else's or nobody's."""
    first: list[Record | BadRow] = []
    niks: set[str] = set()
    for item in found:
        first.append(item)
        if isinstance(item, Record):
            niks.add(item.person.nik)
            if len(niks) == MANY or not item.person.nik.endswith("0"):
                break
    if len(niks) >= FEW and all(nik.endswith("0") for nik in niks):
        raise Rejected(
            f"{path}: every NIK ends in 0: a spreadsheet has rounded them; nothing was taken in. {_NUMBER_HINT}"
        )
    return chain(first, found)


class _Bad(Exception):
    """Why a row cannot be taken."""

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.hint = hint


class _Rows:
    """The rows of one file, below its header."""

    def __init__(self, header: Header, timezone: tzinfo, now: datetime, dates: Dates, lanes: Collection[str]) -> None:
        self._header = header
        self._timezone = timezone
        self._now = now
        self._dates = dates
        self._lanes = lanes
        self.contradicts: int | None = None
        """The first line whose date is not written as `dates` says of all."""

    def read(self, lines: Lines) -> Iterator[Record | BadRow]:
        """All to the end."""
        seen: dict[str, int] = {}
        while lines.more():
            line = lines.start_row()
            try:
                row = next(csv.reader(lines, delimiter=self._header.delimiter, strict=True))
                if not any(field.strip() for field in row):
                    continue
                record = self._record(row)
                if record.record_id in seen:
                    raise _Bad(f"record_id: line {seen[record.record_id]} has it already")
            except csv.Error as error:
                yield BadRow(line=line, problem=f"is not CSV: {error}")
                lines.back_to_second_line()
            except _Bad as error:
                yield BadRow(line=line, problem=str(error), hint=error.hint)
                lines.back_to_second_line()
            except times.NotThatOrder:
                self.contradicts = self.contradicts or line
            else:
                seen[record.record_id] = line
                yield record

    def _record(self, row: list[str]) -> Record:
        fields = _fields(self._header.columns, row)
        if RECORD_ID.fullmatch(fields["record_id"]) is None:
            raise _Bad("record_id: must be 1 to 64 of A-Z a-z 0-9 . _ -")
        request_class = _optional(fields, "request_class")
        return Record(
            record_id=fields["record_id"],
            recorded_at=self._recorded_at(fields["recorded_at"]),
            person=Person(nik=_nik(fields["nik"]), name=_name(fields["name"])),
            district=_optional(fields, "district"),
            village=_optional(fields, "village"),
            request_class=request_class and rules.as_class(request_class),
            lane=self._lane(fields),
        )

    def _lane(self, fields: Mapping[str, str]) -> str | None:
        lane = _optional(fields, "lane")
        if lane is None:
            return None
        name = rules.as_class(lane)
        if name not in self._lanes:
            raise _Bad("lane: there is no such lane in the configuration (queue.lanes)")
        return name

    def _recorded_at(self, text: str) -> datetime:
        try:
            moment = times.moment(text, self._dates, self._timezone)
        except ValueError as error:
            hint = self._date_hint(text) if self._dates is Dates.ISO else None
            raise _Bad(f"recorded_at: {times.problem(text, self._dates)}", hint) from error
        fault = rules.recorded_at_fault(moment, self._now)
        if fault is not None:
            raise _Bad(f"recorded_at: {fault}")
        return moment

    @staticmethod
    def _date_hint(text: str) -> str | None:
        if times.has_month_first(text):
            return _MONTH_FIRST_HINT
        return _DAY_FIRST_HINT if times.looks_slashed(text) else None


def _fields(columns: tuple[str, ...], row: list[str]) -> dict[str, str]:
    """By column. What a spreadsheet left over to the right, or below no name, is empty or the row is bad."""
    if len(row) < len(columns) or any(map(str.strip, row[len(columns) :])):
        raise _Bad(f"has {len(row)} columns instead of {len(columns)}")
    fields = {}
    for place, (name, value) in enumerate(zip_longest(columns, row[: len(columns)]), start=1):
        if name in COLUMNS:
            fields[name] = _text(name, value)
        elif name == UNNAMED and value.strip():
            raise _Bad(f"has something in column {place}, which has no name")
    return fields


def _text(name: str, value: str) -> str:
    if len(value) > MOST_CHARACTERS:
        raise _Bad(f"{name}: is longer than {MOST_CHARACTERS} characters")
    if UNREADABLE.search(value):
        raise _Bad(f"{name}: is not UTF-8 text; in a spreadsheet choose CSV UTF-8 when saving")
    text = unicodedata.normalize("NFC", " ".join(value.split()))
    if _CONTROL.search(text):
        raise _Bad(f"{name}: holds control characters")
    fault = rules.text_fault(text)
    if fault is not None:
        raise _Bad(f"{name}: {fault}")
    if name in _NUMBERS and (marked := _AS_TEXT.fullmatch(text)):
        return (marked["formula"] or marked["marked"] or "").strip()
    return text


def _name(text: str) -> str:
    if not text:
        raise _Bad("name: is empty")
    fault = rules.name_fault(text)
    if fault is not None:
        raise _Bad(f"name: {fault}")
    return text


def _nik(text: str) -> str:
    if _SPREADSHEET_NUMBER.fullmatch(text):
        raise _Bad(
            "nik: a spreadsheet has turned it into a number; make the column text and type it in again", _NUMBER_HINT
        )
    fault = rules.nik_fault(text)
    if fault == Flaw.NO_SERIAL:
        raise _Bad(f"nik: {fault}; a spreadsheet has rounded it", _NUMBER_HINT)
    if fault is not None:
        raise _Bad(f"nik: {fault}")
    return text


def _optional(fields: Mapping[str, str], name: str) -> str | None:
    return fields.get(name) or None
