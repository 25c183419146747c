"""In PostgreSQL too, what happens for every card is an index look-up, however long the queue."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Select

from adapters.database import migrate
from adapters.database.sql.connections import reading_engine, writing_engine
from adapters.database.stores import document_numbers, job_rows, jobs
from adapters.database.transactions.books import Books
from adapters.database.transactions.log_end import LogEnd
from adapters.database.transactions.statement import Statement
from tests.fixtures.postgresql import PrivatePostgresql, new_database
from tests.fixtures.statements import texts

PEOPLE = 100_000
READY = f"""
    INSERT INTO job (record_id, state, since, recorded_at, attempt, registered)
    SELECT 'R-' || n, CASE WHEN mod(n, 10) = 0 THEN 'printed' ELSE 'ready' END, 0, mod(n * 7919, {PEOPLE}), 0, 1
    FROM generate_series(1, {PEOPLE}) AS n
"""
LOOK_UPS: dict[str, tuple[Select[Any] | Statement, dict[str, object]]] = {
    "head": (jobs.HEAD, {}),
    "one job": (job_rows._ONE, {"of_record": "R-1"}),
    "head of the log": (LogEnd.READ, {}),
    "books": (Books.READ, {}),
    "booked": (document_numbers._KNOWN, {"of_number": "1"}),
}


@pytest.fixture(scope="module")
def engine(postgresql: PrivatePostgresql, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = postgresql.url(new_database(postgresql))
    migrate(url, "1205", tmp_path_factory.mktemp("key") / "database-key")
    writer = writing_engine(url, "1205")
    with writer.begin() as connection:
        connection.exec_driver_sql(READY)
        connection.exec_driver_sql("ANALYZE")
    writer.dispose()
    engine = reading_engine(url, "1205")
    yield engine
    engine.dispose()


def plan(connection: Connection, step: str) -> str:
    statement, parameters = LOOK_UPS[step]
    sql = (
        statement.text
        if isinstance(statement, Statement)
        else statement.params(parameters).compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    )
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}"))


@pytest.mark.parametrize("step", LOOK_UPS)
def test_every_step_of_a_card_is_an_index_look_up(engine: Engine, step: str) -> None:
    with engine.begin() as connection:
        # Tables that are empty here would be read whole, index or not.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        lines = plan(connection, step)
    assert "Seq Scan" not in lines.replace("Seq Scan on balance", "a dozen accounts"), lines
    assert "Index" in lines, lines


def test_the_head_of_the_line_is_one_look_up_by_turn(engine: Engine) -> None:
    with engine.begin() as connection:
        lines = plan(connection, "head")
    assert "Index Scan using ix_job_turn on job" in lines
    assert "Sort" not in lines, lines


TEXTS = texts()


@pytest.mark.parametrize("name", TEXTS)
def test_postgresql_takes_every_text_as_the_schema_is(engine: Engine, name: str) -> None:
    statement = TEXTS[name]
    places = itertools.count(1)
    numbered = re.sub(r"\?", lambda _: f"${next(places)}", statement.text)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PREPARE it AS {numbered}")
        connection.exec_driver_sql("DEALLOCATE it")
