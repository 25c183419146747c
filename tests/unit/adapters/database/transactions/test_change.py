"""What is put off is written in time: nobody who reads, and no commit, sees the difference."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from adapters.database.schema.tables import balance, job_count, outage
from adapters.database.schema.tables import log as log_table
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.statement import Statement, insertion
from daemon.domain.errors import LostRace, Overdrawn
from daemon.domain.ledger import Movement
from daemon.domain.states import State

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
MICROS = 1_767_614_400_000_000
OUTAGE = (1, MICROS, "tls")

INSERT = insertion("outage", "id", "started_at", "cause")
CAUSE = Statement("SELECT cause FROM outage")
_CLEAR_CURSOR = Statement("DELETE FROM cursor")
DELETE = Statement("DELETE FROM outage", rows=1, rank=1)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url, "1205")
    yield database
    database.close()


@pytest.fixture
def sent(database: Database) -> list[str]:
    """The statements that reached SQLite, in order."""
    seen: list[str] = []

    def trace(change: Change) -> None:
        driver: sqlite3.Connection = change._driver
        driver.set_trace_callback(seen.append)

    database.write(trace)
    seen.clear()
    return seen


def writes(sent: list[str], table: str) -> list[str]:
    return [each for each in sent if each.split()[0] in ("INSERT", "UPDATE") and f" {table} " in each]


def take(change: Change, quantity: int) -> None:
    movement = Movement(quantity=quantity, credit="store", debit="hopper:card-1", reason="test")
    change.books.post(movement, at=NOON, actor="test")
    change.log.write(Draft(at=NOON, actor="test", event="taken"))


def receive(change: Change, quantity: int) -> None:
    movement = Movement(quantity=quantity, credit="centre", debit="store", reason="test")
    change.books.post(movement, at=NOON, actor="test")
    change.log.write(Draft(at=NOON, actor="test", event="received"))


def quantities(change: Change) -> dict[str, int]:
    return {row.account: row.quantity for row in change.execute(select(balance)) if row.quantity}


def test_it_is_not_sent_until_its_table_is_read(database: Database, sent: list[str]) -> None:
    def run(change: Change) -> None:
        change.later(INSERT, OUTAGE)
        receive(change, 1)
        assert not writes(sent, "outage")
        assert change.row(CAUSE) == ("tls",)
        assert len(writes(sent, "outage")) == 1
        assert not writes(sent, "ledger_entry"), "which nobody reads"

    database.write(run)
    assert len(writes(sent, "ledger_entry")) == 1


def test_those_of_one_statement_go_together_and_by_rank(database: Database, sent: list[str]) -> None:
    def run(change: Change) -> None:
        change.later(DELETE, ())
        change.later(INSERT, OUTAGE)

    database.write(run)
    assert [each.split()[0] for each in sent] == ["BEGIN", "SELECT", "INSERT", "DELETE", "COMMIT"]


def test_a_statement_of_sqlalchemy_sees_it_too(database: Database) -> None:
    def run(change: Change) -> None:
        receive(change, 5)
        change.later(INSERT, OUTAGE)
        assert quantities(change) == {"centre": -5, "store": 5}
        assert change.connection.execute(select(outage.c.cause)).scalar_one() == "tls"

    database.write(run)


def test_two_rows_where_there_may_be_one_are_a_mistake(database: Database) -> None:
    def run(change: Change) -> None:
        for number in (1, 2):
            change.later(INSERT, (number, MICROS, "tls"))
        change.row(CAUSE)

    with pytest.raises(AssertionError, match="one row at most"):
        database.write(run)


def test_a_commit_leaves_nothing_out_and_a_failure_nothing_behind(database: Database) -> None:
    database.write(lambda change: receive(change, 5))

    def fail(change: Change) -> None:
        receive(change, 7)
        change.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(fail)
    assert database.write(lambda change: change.log.write(Draft(at=NOON, actor="test", event="next"))) == 2
    assert database.write(lambda change: change.books.quantity("store")) == 5
    with database.read() as connection:
        assert list(connection.execute(select(log_table.c.event)).scalars()) == ["received", "next"]


def test_a_sum_is_written_once_and_not_at_all_when_it_is_as_it_was(database: Database, sent: list[str]) -> None:
    def run(change: Change) -> None:
        receive(change, 5)
        receive(change, 2)
        for _ in range(3):
            change.counts.add({State.READY: 1})
        change.counts.add({State.HELD: 1})
        change.counts.add({State.HELD: -1})

    database.write(run)
    assert len(writes(sent, "job_count")) == 1
    assert len(writes(sent, "balance")) == 2
    with database.read() as connection:
        assert {row.state: row.n for row in connection.execute(select(job_count)) if row.n} == {State.READY: 3}


def test_a_sum_goes_on_after_it_was_written(database: Database) -> None:
    def run(change: Change) -> None:
        receive(change, 5)
        assert quantities(change) == {"centre": -5, "store": 5}
        take(change, 2)
        assert quantities(change) == {"centre": -5, "store": 3, "hopper:card-1": 2}

    database.write(run)


def test_what_is_put_off_counts_at_once(database: Database) -> None:
    def run(change: Change) -> None:
        receive(change, 5)
        take(change, 5)
        take(change, 1)

    with pytest.raises(Overdrawn):
        database.write(run)


def test_sums_are_read_once_for_as_long_as_nobody_else_changes_them(database: Database, sent: list[str]) -> None:
    database.write(lambda change: receive(change, 5))
    sent.clear()
    database.write(lambda change: take(change, 1))
    assert not [each for each in sent if "FROM balance" in each]


@pytest.mark.parametrize(("theirs", "left"), [(take, 1), (receive, 9)])
def test_what_another_process_has_changed_is_read_anew(
    database: Database, url: str, theirs: Callable[[Change, int], None], left: int
) -> None:
    database.write(lambda change: receive(change, 5))
    other = Database(url, "1205")
    other.write(lambda change: theirs(change, 4))
    other.close()
    assert database.write(lambda change: change.books.quantity("store")) == left
    with pytest.raises(Overdrawn):
        database.write(lambda change: take(change, left + 1))


def test_a_failure_forgets_what_was_known_of_the_sums(database: Database) -> None:
    database.write(lambda change: receive(change, 5))

    def fail(change: Change) -> None:
        take(change, 5)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(fail)
    database.write(lambda change: take(change, 5))


def test_a_write_that_changes_other_rows_than_it_must_undoes_the_commit(database: Database) -> None:
    def delete(change: Change) -> None:
        receive(change, 5)
        change.later(DELETE, ())

    with pytest.raises(AssertionError, match="0 rows changed instead of 1: DELETE"):
        database.write(delete)
    assert database.write(lambda change: change.books.quantity("store")) == 0


def test_or_is_what_it_says_itself(database: Database) -> None:
    def delete(change: Change) -> None:
        change.later(DELETE, (), missed=lambda: LostRace("somebody was faster"))

    with pytest.raises(LostRace, match="faster"):
        database.write(delete)


def test_what_is_read_meanwhile_does_not_change_what_a_later_write_says_itself(database: Database) -> None:
    def delete(change: Change) -> None:
        change.later(DELETE, (), missed=lambda: LostRace("somebody was faster"))
        change.later(_CLEAR_CURSOR, ())
        assert change.row(Statement("SELECT after FROM cursor")) is None

    with pytest.raises(LostRace, match="faster"):
        database.write(delete)
