"""Offices as tenants: every statement is narrowed to one office, whatever it says.

The office's code stands in every key and index (tables.py), and no statement names it. It is added here, to each table
that a statement reads or changes and to each row that it inserts, so that none can forget it. The province's view of
all offices (offices.py) is the one place that reads without it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Insert,
    Select,
    Table,
    Update,
    and_,
    event,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import FromClause, Join

OFFICE_CODE = "office_code"
"""The column."""
_OPTION = "giliran_office"
_MOST_STATEMENTS = 1000
"""Kept as they are once narrowed; there are some two hundred, and each office of one process has its own."""


def narrow(engine: Engine, office: str) -> Engine:
    """The same engine, on which there is this office alone."""
    narrowed = engine.execution_options(**{_OPTION: office})
    event.listen(narrowed, "before_execute", _before_execute, retval=True)
    return narrowed


def office_of(connection: Connection) -> str | None:
    """The office that this connection is narrowed to; None: all of them."""
    office: str | None = connection.get_execution_options().get(_OPTION)
    return office


@contextmanager
def widened(connection: Connection) -> Iterator[None]:
    """While inside, it is on all offices: for the schema, which they share."""
    office = office_of(connection)
    connection.execution_options(**{_OPTION: None})
    try:
        yield
    finally:
        connection.execution_options(**{_OPTION: office})


@lru_cache(maxsize=_MOST_STATEMENTS)
def narrowed(statement: ClauseElement, office: str) -> ClauseElement:
    """The statement as it is for this office."""
    if isinstance(statement, Insert):
        assert not any(isinstance(part, Select) for part in visitors.iterate(statement)), (
            "what it selects is not narrowed"
        )
        return statement.values({OFFICE_CODE: office}) if OFFICE_CODE in statement.table.c else statement

    # What is visited is a clone of ours, so it may be changed.
    def narrow_one(element: Any) -> None:
        element._where_criteria += tuple(map(is_ours, _tables(element)))

    def narrow_select(element: Any) -> None:
        """What is joined is narrowed where it is joined: from the outside, no row may be lost for it."""
        narrow_one(element)
        element._setup_joins = tuple(
            (right, and_(on, *map(is_ours, _in(right))), left, flags) for right, on, left, flags in element._setup_joins
        )

    def is_ours(table: Table) -> ColumnElement[bool]:
        return table.c[OFFICE_CODE] == office

    visit = {"select": narrow_select, "update": narrow_one, "delete": narrow_one}
    return visitors.cloned_traverse(statement, {}, visit)


def _before_execute(
    connection: Connection, statement: Any, multiple: Any, parameters: Any, options: Any
) -> tuple[Any, Any, Any]:
    office = office_of(connection)
    if office is not None and isinstance(statement, Select | Insert | Update | Delete):
        statement = narrowed(statement, office)
    return statement, multiple, parameters


def _tables(element: Select[Any] | Update | Delete) -> list[Table]:
    """What it names itself; each subquery sees to its own."""
    sources = element.get_final_froms() if isinstance(element, Select) else [element.table]
    return [table for source in sources for table in _in(source)]


def _in(source: FromClause) -> list[Table]:
    """Of a join the left side: its right side is seen to where it is joined."""
    if isinstance(source, Join):
        return _in(source.left)
    return [source] if isinstance(source, Table) and OFFICE_CODE in source.c else []
