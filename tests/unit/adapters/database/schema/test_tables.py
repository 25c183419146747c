"""Nothing in the schema or in the statements is SQLite's alone."""

import pkgutil
from importlib import import_module

import pytest
from sqlalchemy import Executable, Insert
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.expression import ClauseElement

import adapters.database
from adapters.database.schema.tables import metadata
from adapters.database.sql.statements import Statement

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def statements() -> dict[str, ClauseElement]:
    return {
        f"{module.name}.{name}": value.core if isinstance(value, Statement) else value
        for module in pkgutil.walk_packages(adapters.database.__path__, "adapters.database.")
        if ".migrations" not in module.name
        for name, value in vars(import_module(module.name)).items()
        if isinstance(value, Statement) or (isinstance(value, ClauseElement) and isinstance(value, Executable))
    }


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_postgresql_takes_every_table_and_index(table: object) -> None:
    sql = str(CreateTable(table).compile(dialect=DIALECT))  # type: ignore[arg-type]
    assert "STRICT" not in sql
    for index in table.indexes:  # type: ignore[attr-defined]
        made = str(CreateIndex(index).compile(dialect=DIALECT))
        assert (" WHERE " in made) == bool(index.dialect_options["sqlite"]["where"] is not None)


def test_postgresql_takes_every_statement() -> None:
    found = statements()
    assert len(found) > 50
    for statement in found.values():
        keys = [column.name for column in statement.table.c] if isinstance(statement, Insert) else None
        given = None if isinstance(statement, Insert) and statement._values else keys
        assert statement.compile(dialect=DIALECT, column_keys=given).string


def test_times_are_64_bits_in_postgresql() -> None:
    sql = str(CreateTable(metadata.tables["job"]).compile(dialect=DIALECT))
    assert "recorded_at BIGINT NOT NULL" in sql
