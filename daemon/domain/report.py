"""A report as a thing to show: the same content for the terminal, a spreadsheet and a page to sign."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A stable word, and what people read for it."""

    key: str | None
    label: str


Cell = int | float | str | Named | date | datetime | timedelta | None
"""A float is a share, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One that is to be seen first."""

    key: str
    """The stable word for programs."""
    label: str
    """What people read."""
    value: Cell
    is_alarm: bool = False
    """Nobody may pass it by: shown in red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    key: str
    """The stable word for a spreadsheet's heading."""
    label: str
    """What people read."""
    is_wide: bool = False
    """It gets twice the room of others: for names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows as wide as there are columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    """Under all rows; a spreadsheet adds up by itself."""
    empty: str
    """What is said instead when there are no rows."""
    key: str = "rows"
    """The stable word for programs, where it is not the report's first table."""
    title: str | None = None
    """Above it, where there are several."""

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column, whether it holds figures alone."""
        return tuple(
            all(isinstance(row[place], int | float | None) for row in self.rows) for place in range(len(self.columns))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One kind of what a chart counts."""

    label: str
    values: tuple[int, ...]
    """One for each label of the chart."""
    is_alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Columns side by side; in each the series stand on one another."""

    title: str
    labels: tuple[str, ...]
    """Under the columns; the empty ones are left out where there is no room."""
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A place to sign."""

    role: str
    name: str | None = None
    nip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole days in the office's time zone."""

    first: date
    last: date
    start: datetime
    end: datetime
    """The first moment that is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStamp:
    """The newest entry of the log, and the root of the tree that ends with it: that vouches for every entry."""

    sequence: int
    hash: str
    note: str | None = None
    """The signed checkpoint of that tree; None: there is no key to sign with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report."""

    title: str
    period: Period
    introduction: str | None = None
    figures: tuple[Figure, ...] = ()
    """From top to bottom."""
    chart: Chart | None = None
    table: Table
    """What a spreadsheet gets."""
    others: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    made_at: datetime
    seal: LogStamp | None
    """None: nothing was ever logged."""
