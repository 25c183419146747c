"""Nothing in the schema or in the statements is SQLite's alone."""

import pkgutil
from importlib import import_module

from sqlalchemy import Executable, Insert, create_mock_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement
from sqlalchemy.sql.expression import ClauseElement

import adapters.database
from adapters.database.schema.tables import metadata

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def statements() -> dict[str, ClauseElement]:
    return {
        f"{module.name}.{name}": value
        for module in pkgutil.walk_packages(adapters.database.__path__, "adapters.database.")
        if ".migrations" not in module.name
        for name, value in vars(import_module(module.name)).items()
        if isinstance(value, ClauseElement) and isinstance(value, Executable)
    }


def test_postgresql_takes_every_table_and_index() -> None:
    made: list[ExecutableDDLElement] = []
    engine = create_mock_engine("postgresql+psycopg://", lambda element, *_: made.append(element))
    metadata.create_all(engine, checkfirst=False)
    assert {element.element for element in made if isinstance(element, CreateTable)} == set(metadata.sorted_tables)
    indexes = {each.element: str(each.compile(dialect=DIALECT)) for each in made if isinstance(each, CreateIndex)}
    assert set(indexes) == {index for table in metadata.sorted_tables for index in table.indexes}
    for index, sql in indexes.items():
        condition = index.dialect_options["sqlite"]["where"]
        assert sql.partition(" WHERE ")[2] == ("" if condition is None else str(condition))
    assert not any("STRICT" in str(element.compile(dialect=DIALECT)) for element in made)


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
