"""The office's own registrations, from a CSV file, read as a stream: a bad row is told by its line and passed over."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TextIO

from daemon.domain.errors import Rejected
from daemon.domain.token import RECORD_ID
from daemon.ports import Person, Record

COLUMNS = ("record_id", "nik", "name", "recorded_at", "district", "village", "request_class")
REQUIRED = COLUMNS[:4]
MOST_CHARACTERS = 200
"""In one field."""

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""A slip of the pen like 1926 would stand at the head of the line. Electronic cards began in 2011."""
_LONGEST_LINE = 64 << 10
_MOST_LINES_A_ROW = 10
_NIK = re.compile(r"[0-9]{16}")
_SPREADSHEET_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+|[0-9]+[.,]0+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_UTF_8 = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be taken."""

    line: int
    """In the file, from 1, where the row starts."""
    problem: str
    """Names the column, never its content."""


def read_registrations(path: Path, *, timezone: tzinfo, now: datetime) -> Iterator[Record | BadRow]:
    """The rows in file order. Times without an offset are the office's (`timezone`). Rejected: it is no such CSV.

    Nothing is opened before the first row is asked for. What is kept in memory is each record's id, to find doubles.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from _rows(_Lines(file), path, timezone, now)
    except OSError as error:
        raise Rejected(f"{path}: cannot be read: {error.strerror or error}") from error


def _rows(lines: "_Lines", path: Path, timezone: tzinfo, now: datetime) -> Iterator[Record | BadRow]:
    header = lines.header()
    delimiter = ";" if header.count(";") > header.count(",") else ","
    columns = _columns(header, delimiter, path)
    seen: dict[str, int] = {}
    while lines.more():
        line = lines.start_row()
        try:
            row = next(csv.reader(lines, delimiter=delimiter, strict=True))
            if not any(field.strip() for field in row):
                continue
            record = _record(columns, row, timezone, now)
            if record.record_id in seen:
                raise _Bad(f"record_id: line {seen[record.record_id]} has it already")
        except csv.Error as error:
            yield BadRow(line=line, problem=f"is not CSV: {error}")
            lines.back_to_second_line()
        except _Bad as error:
            yield BadRow(line=line, problem=str(error))
            lines.back_to_second_line()
        else:
            seen[record.record_id] = line
            yield record


class _Lines:
    """The file's lines as the CSV reader takes them, row by row.

    A quote that is never closed would swallow all rows after it. So a row ends after a few lines, and a row that
    turned out bad gives its lines back, all but the first.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._given_back: list[str] = []
        self._row: list[str] = []
        self._number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._row) == _MOST_LINES_A_ROW or not self.more():
            raise StopIteration
        line = self._given_back.pop()
        self._row.append(line)
        self._number += 1
        return line

    def header(self) -> str:
        """The first line that holds anything, or an empty text."""
        return next((line for line in iter(self._next_of_any, "") if line.strip()), "")

    def more(self) -> bool:
        """Whether there is another line."""
        if not self._given_back:
            line = self._read()
            if line:
                self._given_back.append(line)
        return bool(self._given_back)

    def start_row(self) -> int:
        """Begin a row; the number of its first line."""
        self._row = []
        return self._number + 1

    def back_to_second_line(self) -> None:
        """Take the row's lines after the first once more."""
        self._given_back.extend(reversed(self._row[1:]))
        self._number -= len(self._row) - 1
        self._row = self._row[:1]

    def _next_of_any(self) -> str:
        self._row = []
        return next(self, "")

    def _read(self) -> str:
        line = self._file.readline(_LONGEST_LINE)
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(_LONGEST_LINE)
        return line


class _Bad(Exception):
    """Why a row cannot be taken."""


def _columns(header: str, delimiter: str, path: Path) -> tuple[str, ...]:
    expected = f"its first line must be {','.join(COLUMNS)}"
    if not header:
        raise Rejected(f"{path}: is empty; {expected}")
    if _NOT_UTF_8.search(header) or "\x00" in header:
        raise Rejected(f"{path}: is not UTF-8 text; in a spreadsheet choose CSV UTF-8 when saving")
    try:
        columns = tuple(name.strip() for name in next(csv.reader([header], delimiter=delimiter, strict=True)))
    except csv.Error as error:
        raise Rejected(f"{path}: is not CSV; {expected}") from error
    if not set(columns) & set(COLUMNS):
        raise Rejected(f"{path}: has no header; {expected}")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise Rejected(f"{path}: has no column {', '.join(missing)}; {expected}")
    unknown = [str(index) for index, name in enumerate(columns, 1) if name not in COLUMNS]
    if unknown:
        raise Rejected(f"{path}: column {', '.join(unknown)} of the header is not known; {expected}")
    if len(set(columns)) < len(columns):
        raise Rejected(f"{path}: has a column twice; {expected}")
    return columns


def _record(columns: tuple[str, ...], row: list[str], timezone: tzinfo, now: datetime) -> Record:
    if len(row) != len(columns):
        raise _Bad(f"has {len(row)} columns instead of {len(columns)}")
    fields = {name: _text(name, value) for name, value in zip(columns, row, strict=True)}
    if RECORD_ID.fullmatch(fields["record_id"]) is None:
        raise _Bad("record_id: must be 1 to 64 of A-Z a-z 0-9 . _ -")
    if not fields["name"]:
        raise _Bad("name: is empty")
    return Record(
        record_id=fields["record_id"],
        recorded_at=_recorded_at(fields["recorded_at"], timezone, now),
        person=Person(nik=_nik(fields["nik"]), name=fields["name"]),
        district=_optional(fields, "district"),
        village=_optional(fields, "village"),
        request_class=_optional(fields, "request_class"),
    )


def _text(name: str, value: str) -> str:
    if len(value) > MOST_CHARACTERS:
        raise _Bad(f"{name}: is longer than {MOST_CHARACTERS} characters")
    if _NOT_UTF_8.search(value):
        raise _Bad(f"{name}: is not UTF-8 text; in a spreadsheet choose CSV UTF-8 when saving")
    text = " ".join(value.split())
    if _CONTROL.search(text):
        raise _Bad(f"{name}: holds control characters")
    return text


def _nik(text: str) -> str:
    if _SPREADSHEET_NUMBER.fullmatch(text):
        raise _Bad("nik: a spreadsheet has turned it into a number; make the column text and type it in again")
    if _NIK.fullmatch(text) is None:
        raise _Bad("nik: must be 16 digits")
    return text


def _recorded_at(text: str, timezone: tzinfo, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=timezone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Bad("recorded_at: must be a time like 2026-01-05T09:11:00 or 2026-01-05T09:11:00+07:00") from error
    if moment > now:
        raise _Bad("recorded_at: lies in the future")
    if moment < _EARLIEST:
        raise _Bad("recorded_at: lies before the year 2000")
    return moment


def _optional(fields: Mapping[str, str], name: str) -> str | None:
    return fields.get(name) or None
