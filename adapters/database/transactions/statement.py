"""Statements of the path from claim to printed, and of what comes in bulk: SQL as text, on the driver itself.

SQLAlchemy's `execute` costs about eight times what the driver takes (docs/benchmarks.md), and a card takes fifteen
statements. Its values are those of the driver: times in microseconds (columns.micros), words as plain strings, JSON as
text. A test holds each of them against the schema, on both engines. All others are SQLAlchemy's.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

Values = Sequence[Any]
Row = tuple[Any, ...]

_TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")


class Statement:
    """One, as SQLite and PostgreSQL both take it; `?` stands for a value."""

    def __init__(self, text: str, *, rows: int | None = None, rank: int = 0) -> None:
        """`rows`: so many it must change each time; None: as many as there are. `rank`: of those that are put off, the
        lower go first (what a row refers to has to be there)."""
        self.text = text
        self.rows = rows
        self.rank = rank
        self.tables = frozenset(_TABLE.findall(text))
        """Those that it reads or changes."""

    @cached_property
    def on_postgresql(self) -> str:
        """As psycopg takes it."""
        return self.text.replace("%", "%%").replace("?", "%s")


def insertion(table: str, *columns: str, rank: int = 0) -> Statement:
    """A row into this table, its values in the order of these columns."""
    places = ", ".join("?" * len(columns))
    return Statement(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rank=rank)  # noqa: S608 - our names
