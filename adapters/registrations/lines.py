"""The lines of a file as spreadsheets and people write them: which encoding, and how a bad row gives its lines back."""

import codecs
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

MOST_LINES_A_ROW = 10
LONGEST_LINE = 64 << 10
UNREADABLE = re.compile(r"[\ud800-\udfff]")
"""What stands for bytes that are no text in the file's encoding."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a spreadsheet's own files begin: they are no text at all."""


class Lines:
    """The file's lines as the CSV reader takes them, row by row.

    A quote that is never closed would swallow all rows after it. So a row ends after a few lines, and a row that
    turned out bad gives its lines back, all but the first.
    """

    def __init__(self, file: BinaryIO) -> None:
        start: bytes = file.peek(4)[:4] if hasattr(file, "peek") else b""
        self.is_workbook = start.startswith(_OTHER_FILES)
        """No text, but a spreadsheet's own format."""
        self._text, self._is_windows_1252 = _decoded(file, start)
        self._given_back: list[str] = []
        self._row: list[str] = []
        self._number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._row) == MOST_LINES_A_ROW or not self.more():
            raise StopIteration
        line = self._given_back.pop()
        self._row.append(line)
        self._number += 1
        return line

    @property
    def number(self) -> int:
        """Of the line that was taken last, from 1."""
        return self._number

    def filled(self) -> str:
        """The next line that holds anything, or an empty text."""
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
        line = self._text.readline(LONGEST_LINE)
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(LONGEST_LINE)
        return line if line.isascii() else self._as_the_file_is(line)

    def _as_the_file_is(self, line: str) -> str:
        """The first line beyond ASCII decides whether the file is UTF-8 or Windows-1252; the others are held to it."""
        if self._is_windows_1252 is None:
            self._is_windows_1252 = UNREADABLE.search(line) is not None
        if not self._is_windows_1252:
            return line
        try:
            return line.encode("utf-8", "surrogateescape").decode("cp1252")
        except UnicodeDecodeError:
            return line


def _decoded(file: BinaryIO, start: bytes) -> tuple[TextIOWrapper, bool | None]:
    """The file as text, and whether that is to be taken as Windows-1252; None: it is not known yet."""
    if start.startswith(_UTF_16):
        return TextIOWrapper(file, encoding="utf-16", errors="replace", newline=""), False
    is_marked = start.startswith(codecs.BOM_UTF8)
    text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    return text, False if is_marked else None
