"""What happens for every card costs the same at a thousand and at ten million rows: each step is an index look-up."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ClauseElement

from adapters.database.sql.connections import reading_engine
from adapters.database.stores import (
    document_numbers,
    heads,
    imports,
    issuances,
    job_moves,
    job_rows,
    jobs,
    ledger,
    ledger_pages,
    newest,
    printers,
    pulled_cards,
    queue_view,
    record_rows,
    records,
    same_nik,
    turns,
)
from adapters.database.transactions import books, counts
from adapters.database.transactions.books import Books
from adapters.database.transactions.log_end import LogEnd
from adapters.database.transactions.order import Order
from adapters.database.transactions.statement import Statement

ON_THE_WAY_OF_A_CARD: dict[str, ClauseElement | Statement] = {
    "head": jobs.HEAD,
    "whose turn it is under rules": jobs.ONE,
    "the rules": Order.READ,
    "documents of those who are next": pulled_cards._KEPT,
    "printed elsewhere": queue_view._ELSEWHERE,
    "submitted": jobs.SUBMITTED,
    "under way": printers._UNDER_WAY,
    "open attempts": jobs._OPEN_ON,
    "one job": job_rows._ONE,
    "move": job_moves._MOVE,
    "count": counts._COUNT,
    "end of attempt": job_moves._END,
    "drop document": job_moves._DROP_DOCUMENT,
    "books": Books.READ,
    "add": books._ADD,
    "end of the log": LogEnd.READ,
    "an entry of the log": newest.HASH,
    "booked": document_numbers._KNOWN,
    "used up": ledger_pages._USED,
    "batch": ledger._ARRIVALS_OF_BATCH,
    "reversal": ledger._REVERSAL_OF,
    "of a paper": document_numbers._ENTRIES,
    "reversed": document_numbers._REVERSED,
    "is ready": pulled_cards._IS_READY,
    "batch key": issuances._BATCH_KEY,
    "unbatched": issuances._UNBATCHED,
    "settle": issuances._SETTLE,
    "undelivered": issuances._COUNT,
    "set back": records._SET_BACK,
    "same nik": record_rows._SAME_NIK,
    "their niks": same_nik._SHARED,
    "first cards of a nik": same_nik._ASKING,
    "printer": printers._ONE,
    "printed since": queue_view._PRINTED_SINCE,
    "place": queue_view._BEFORE,
    "history": queue_view._HISTORY,
    "overtakings": queue_view._PASSING,
    "number of starts": queue_view._NUMBER_OF_STARTS,
    "overtakings of later turns": queue_view._PASSING_OF_LATER,
    "everybody": queue_view.EVERYBODY,
    "moved ahead": queue_view._MOVED_AHEAD,
    "recording times": turns._SAVE,
    "whom an import brought": imports._BROUGHT,
    "whom its paper moved": imports._MOVED,
}
MAY_SORT = {"overtakings", "moved ahead", "used up", "unbatched", "set back", "open attempts", "same nik"}
"""Few rows: so many starts at most, the days of four weeks, what is not settled, was set back, prints, shares a NIK."""

NO_LOOK_UP = {
    "SCAN balance": "a dozen accounts",
    "SCAN job_count": "eight states",
    "SCAN ledger_entry": "its last row, by the key that it lies in",
    "SCAN log": "its last row, by the key that it lies in",
    "SCAN CONSTANT ROW": "the sum of two counts",
    "SCAN order_rules": "one row at most",
    "SCAN started": "so many starts at most, found by their index",
    "SCAN later": "so many jobs at most, found by their turn",
}

GIVEN = {"record_ids": ["R-1"], "digests": [b"0"], "of_batch": "B-1", "entries": [1]}


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    engine = reading_engine(url, "1205")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def plan(connection: Connection, step: ClauseElement | Statement) -> list[str]:
    if isinstance(step, Statement):
        return explained(connection, step.text)
    statement = step
    # A list of one stands for lists of any length; where there is a list, the others want a value too.
    given = {name: value for name, value in GIVEN.items() if name in statement.compile().params}
    lists = statement.params(given) if given else statement
    sql = str(lists.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
    return explained(connection, sql)


def explained(connection: Connection, sql: str) -> list[str]:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))
    return [row.detail for row in rows]


@pytest.mark.parametrize("step", ON_THE_WAY_OF_A_CARD)
def test_every_step_of_a_card_is_an_index_look_up(connection: Connection, step: str) -> None:
    lines = plan(connection, ON_THE_WAY_OF_A_CARD[step])
    scans = {line for line in lines if line.startswith("SCAN") and "USING" not in line}
    assert scans <= set(NO_LOOK_UP), lines
    if step not in MAY_SORT:
        assert not any("TEMP B-TREE" in line for line in lines), lines


def test_the_head_of_the_line_is_one_look_up(connection: Connection) -> None:
    job, document = plan(connection, jobs.HEAD)
    assert job == "SEARCH job USING INDEX ix_job_turn (state=?)"
    assert document.startswith("SEARCH document USING INDEX")
    assert "LIMIT 1" in jobs.HEAD.text


@pytest.mark.parametrize("presence", [False, True])
@pytest.mark.parametrize("lanes", [0, 1, 3])
def test_under_rules_the_first_of_each_class_is_a_look_up_and_so_is_the_next_class(
    connection: Connection, lanes: int, presence: bool
) -> None:
    lines = plan(connection, heads.heads_of(lanes, presence=presence))
    of_jobs = [line for line in lines if " job " in line]
    line, lane = ("ix_job_present", "ix_job_lane_present") if presence else ("ix_job_class", "ix_job_lane")
    assert not any("TEMP B-TREE" in each or each.startswith("SCAN job") for each in lines), lines
    assert sum(f" {line} " in each for each in of_jobs) == 4
    assert sum(f" {lane} " in each for each in of_jobs) == 4 * lanes
    assert all("request_class" in each for each in of_jobs if f" {line} " in each or f" {lane} " in each)
    others = [each for each in of_jobs if f" {line} " not in each and f" {lane} " not in each]
    assert others == [
        "SEARCH job USING COVERING INDEX ix_job_turn (state=?)",
        "SEARCH job USING INDEX sqlite_autoindex_job_1 (record_id=?)",
    ]


def test_where_no_class_goes_before_another_the_line_is_one_look_up(connection: Connection) -> None:
    lines = plan(connection, heads.heads_of(1, presence=False, ranked=False))
    of_the_line = [line for line in lines if " job " in line and "ix_job_lane" not in line]
    assert of_the_line == [
        "SEARCH job USING COVERING INDEX ix_job_turn (state=?)",
        "SEARCH job USING INDEX sqlite_autoindex_job_1 (record_id=?)",
    ]


def test_the_head_of_the_log_is_its_last_row(connection: Connection) -> None:
    assert plan(connection, LogEnd.READ) == ["SCAN log"]
    assert LogEnd.READ.text.endswith("ORDER BY sequence DESC LIMIT 1")


def test_those_of_whom_the_centre_sent_nonsense_are_found_among_themselves(connection: Connection) -> None:
    assert plan(connection, queue_view._FAULTY) == ["SEARCH job USING INDEX ix_job_fault (state=?)"]
    assert plan(connection, queue_view._AWAITING_PERSON) == ["SCAN job USING INDEX ix_job_awaits_person"]


def test_listing_a_state_by_turn_needs_no_sorting(connection: Connection) -> None:
    assert plan(connection, queue_view._BY_TURN) == ["SEARCH job USING INDEX ix_job_turn (state=?)"]
