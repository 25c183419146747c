"""Statements that are written as text name what is there."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.database.schema.tables import metadata
from adapters.database.transactions.statement import Statement
from tests.fixtures.statements import texts

TEXTS = texts()


def test_all_are_found() -> None:
    assert len(TEXTS) > 15


@pytest.mark.parametrize("name", TEXTS)
def test_sqlite_takes_it_as_the_schema_is(name: str, file: Path) -> None:
    statement = TEXTS[name]
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"EXPLAIN {statement.text}", (None,) * statement.text.count("?"))


@pytest.mark.parametrize("name", TEXTS)
def test_its_tables_are_those_that_sqlite_looks_into(name: str, file: Path) -> None:
    seen: set[str | None] = set()

    def look(_action: int, table: str | None, *_: str | None) -> int:
        seen.add(table)
        return sqlite3.SQLITE_OK

    with closing(sqlite3.connect(file)) as connection:
        connection.set_authorizer(look)
        connection.execute(f"EXPLAIN {TEXTS[name].text}", (None,) * TEXTS[name].text.count("?"))
    assert TEXTS[name].tables == seen & set(metadata.tables)


def test_postgresql_has_its_values_by_another_sign() -> None:
    assert Statement("SELECT a FROM b WHERE c LIKE 'd%' AND e = ?").on_postgresql == (
        "SELECT a FROM b WHERE c LIKE 'd%%' AND e = %s"
    )
