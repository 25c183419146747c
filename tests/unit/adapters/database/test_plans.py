"""What happens for every card costs the same at a thousand and at ten million rows: each step is an index look-up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ClauseElement

from adapters.database import documents, intake, issuances, jobs, ledger, log, moves, printers, records, view
from adapters.database.connections import reading_engine

ON_THE_WAY_OF_A_CARD = {
    "head": jobs.HEAD,
    "document": jobs._DOCUMENT,
    "submitted": jobs._SUBMITTED,
    "released": jobs._RELEASED,
    "open attempts": jobs._OPEN_ON,
    "one job": moves._ONE,
    "move": moves._MOVE,
    "count": moves._COUNT,
    "end of attempt": moves._END,
    "drop document": moves._DROP_DOCUMENT,
    "balance": ledger._QUANTITY,
    "add": ledger._ADD,
    "booked": ledger._BOOKED,
    "log head": log._HEAD,
    "is ready": documents._IS_READY,
    "batch key": issuances._BATCH_KEY,
    "unbatched": issuances._UNBATCHED,
    "settle": issuances._SETTLE,
    "undelivered": issuances._COUNT,
    "set back": records._SET_BACK,
    "same nik": intake._SAME_NIK,
    "printer": printers._ONE,
    "printed since": view._PRINTED_SINCE,
    "place": view._BEFORE,
    "history": view._HISTORY,
    "overtakings": view._PASSING,
}
MAY_SORT = {"unbatched", "set back", "open attempts", "same nik"}
"""Over few rows: what is not settled, what was set back, what is printing, who shares a NIK."""


@pytest.fixture
def connection(file: Path) -> Iterator[Connection]:
    engine = reading_engine(file)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def plan(connection: Connection, statement: ClauseElement) -> list[str]:
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    sql = str(compiled)
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))
    return [row.detail for row in rows]


@pytest.mark.parametrize("step", ON_THE_WAY_OF_A_CARD)
def test_every_step_of_a_card_is_an_index_look_up(connection: Connection, step: str) -> None:
    lines = plan(connection, ON_THE_WAY_OF_A_CARD[step])
    scans = [line for line in lines if line.startswith("SCAN") and "USING" not in line]
    assert scans == [], lines
    if step not in MAY_SORT:
        assert not any("TEMP B-TREE" in line for line in lines), lines


def test_the_head_of_the_line_is_the_first_row_of_the_index_on_ready_jobs(connection: Connection) -> None:
    assert plan(connection, jobs.HEAD) == ["SCAN job USING INDEX ix_job_turn"]
    assert "LIMIT" in str(jobs.HEAD)


def test_listing_a_state_by_turn_needs_no_sorting(connection: Connection) -> None:
    assert plan(connection, view._BY_TURN) == ["SEARCH job USING INDEX ix_job_state_turn (state=?)"]
    assert not any("TEMP" in line for line in plan(connection, documents._WANTED))
