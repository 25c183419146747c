"""Statements of the path from claim to printed: written in SQLAlchemy Core, compiled once, run on the driver's cursor.

SQLAlchemy's `execute` costs about eight times what the driver itself takes (docs/benchmarks.md), and a card takes
many statements. What Core gives, the dialect's SQL and the column types, is kept; what it does anew each time is not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Table, bindparam
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from adapters.database.sql import deferred
from adapters.database.sql.deferred import Write

Row = tuple[Any, ...]
_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in one dialect."""

    sql: str
    given: tuple[tuple[str, _Convert], ...]
    """The parameters that a caller gives: by name, and what the driver takes them as."""
    fixed: Mapping[str, Any]
    """Those that stand in the statement itself, as the driver takes them."""
    places: tuple[str, ...] | None
    """Where the driver takes parameters by their place, the name of each."""
    results: tuple[_Convert, ...]

    def bound(self, parameters: Mapping[str, Any]) -> Any:
        """As the driver takes them. KeyError when one is missing."""
        values = dict(self.fixed)
        for name, convert in self.given:
            value = parameters[name]
            values[name] = value if convert is None else convert(value)
        return values if self.places is None else [values[name] for name in self.places]

    def converted(self, row: Sequence[Any]) -> Row:
        """A row as SQLAlchemy would give it."""
        return tuple(
            value if convert is None else convert(value) for value, convert in zip(row, self.results, strict=True)
        )


class Statement:
    """One statement. Runs within the transaction of the connection; raises the driver's own errors."""

    def __init__(self, core: ClauseElement, *returns: ColumnElement[Any]) -> None:
        """`returns`: the columns of the rows it gives, in order."""
        self.core = core
        self._returns = returns
        self._compiled: dict[str, _Compiled] = {}

    @cached_property
    def tables(self) -> frozenset[str]:
        """Those that it reads or changes."""
        return frozenset(element.name for element in visitors.iterate(self.core) if isinstance(element, Table))

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        cursor = deferred.send(connection, self, parameters)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def one(self, connection: Connection, parameters: Mapping[str, Any]) -> Row | None:
        """The only row, if there is one."""
        rows = self.all(connection, parameters)
        assert len(rows) <= 1, "one row at most"
        return rows[0] if rows else None

    def all(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Row]:
        """Every row."""
        cursor = deferred.send(connection, self, parameters)
        rows = cursor.fetchall()
        cursor.close()
        converted = self._for(connection.dialect).converted
        return [converted(row) for row in rows]

    def later(self, connection: Connection, parameters: Mapping[str, Any], *, rows: int | None = None) -> None:
        """With the commit, or before the next statement that names one of its tables. `rows`: so many must change."""
        deferred.of(connection).add(Write(self, parameters, rows))

    def send(self, connection: Connection, *parameters: Mapping[str, Any]) -> Any:
        """Execute it once for each of these, whatever was put off; the driver's cursor, without rows if several."""
        compiled = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        if len(parameters) == 1:
            cursor.execute(compiled.sql, compiled.bound(parameters[0]))
        else:
            cursor.executemany(compiled.sql, [compiled.bound(each) for each in parameters])
        return cursor

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self.core, self._returns, dialect)
        return known


def insertion(table: Table, *columns: str, **made: ColumnElement[Any]) -> Statement:
    """A row into the table, with these columns as parameters of the same names, and others as they are `made`."""
    given = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    return Statement(table.insert().values({**given, **made}))


def _compile(core: ClauseElement, returns: Sequence[ColumnElement[Any]], dialect: Dialect) -> _Compiled:
    compiled = core.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    given: list[tuple[str, _Convert]] = []
    fixed: dict[str, Any] = {}
    for bind, name in compiled.bind_names.items():
        convert = _implementation(bind.type, dialect).bind_processor(dialect)
        if bind.required:
            given.append((name, convert))
        else:
            value = bind.effective_value
            fixed[name] = value if convert is None else convert(value)
    return _Compiled(
        sql=str(compiled),
        given=tuple(given),
        fixed=fixed,
        places=None if compiled.positiontup is None else tuple(compiled.positiontup),
        results=tuple(_implementation(column.type, dialect).result_processor(dialect, None) for column in returns),
    )


def _implementation(of: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return of.dialect_impl(dialect)
