"""What is put off is written in time: nobody who reads, and no commit, sees the difference."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, event, select

from adapters.database.schema.tables import balance, job_count, outage
from adapters.database.schema.tables import log as log_table
from adapters.database.sql.statements import Statement, insertion
from adapters.database.sql.writer import Writer
from adapters.database.stores import job_moves, ledger, log
from daemon.domain.errors import Overdrawn
from daemon.domain.ledger import Movement
from daemon.domain.states import State

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
OUTAGE = {"id": 1, "started_at": NOON, "cause": "tls"}

INSERT = insertion(outage, "id", "started_at", "cause")
CAUSES = Statement(select(outage.c.cause), outage.c.cause)
DELETE = Statement(outage.delete())


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def sent(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables of the statements that reached the database, in order."""
    seen: list[str] = []
    send = Statement.send

    def told(statement: Statement, connection: Connection, *parameters: dict[str, object]) -> object:
        seen.extend(sorted(statement.tables))
        return send(statement, connection, *parameters)

    monkeypatch.setattr(Statement, "send", told)
    return seen


def take(connection: Connection, quantity: int) -> None:
    movement = Movement(quantity=quantity, credit="store", debit="hopper:card-1", reason="test")
    ledger.post(connection, movement, at=NOON, actor="test")


def receive(connection: Connection, quantity: int) -> None:
    movement = Movement(quantity=quantity, credit="centre", debit="store", reason="test")
    ledger.post(connection, movement, at=NOON, actor="test")


def quantities(connection: Connection) -> dict[str, int]:
    return {row.account: row.quantity for row in connection.execute(select(balance)) if row.quantity}


def test_it_is_not_sent_until_its_table_is_named(connection: Connection, sent: list[str]) -> None:
    INSERT.later(connection, OUTAGE)
    ledger.quantity(connection, "store")
    assert "outage" not in sent
    assert CAUSES.one(connection, {}) == ("tls",)
    assert sent == ["balance", "ledger_entry", "outage", "outage"]


def test_writes_keep_their_order(connection: Connection) -> None:
    INSERT.later(connection, OUTAGE)
    DELETE.later(connection, {}, rows=1)
    INSERT.later(connection, {**OUTAGE, "cause": "dns"})
    assert CAUSES.one(connection, {}) == ("dns",)


def test_a_statement_of_sqlalchemy_sees_it_too(connection: Connection) -> None:
    receive(connection, 5)
    INSERT.later(connection, OUTAGE)
    assert quantities(connection) == {"centre": -5, "store": 5}
    assert connection.execute(select(outage.c.cause)).scalar_one() == "tls"


def test_a_commit_leaves_nothing_out_and_a_rollback_nothing_behind(engine: Engine) -> None:
    with engine.begin() as connection:
        receive(connection, 5)
        log.write(connection, [log.Draft(at=NOON, actor="test", event="kept")])
    with engine.connect() as connection, connection.begin() as transaction:
        receive(connection, 7)
        log.write(connection, [log.Draft(at=NOON, actor="test", event="lost")])
        transaction.rollback()
    with engine.begin() as connection:
        assert log.write(connection, [log.Draft(at=NOON, actor="test", event="next")]) == 2
        assert ledger.quantity(connection, "store") == 5
    with engine.begin() as connection:
        assert list(connection.execute(select(log_table.c.event)).scalars()) == ["kept", "next"]


def test_a_sum_is_written_once_and_not_at_all_when_it_is_as_it_was(engine: Engine, sent: list[str]) -> None:
    with engine.begin() as connection:
        receive(connection, 5)
        for _ in range(3):
            job_moves.count(connection, {State.READY: 1})
        job_moves.count(connection, {State.HELD: 1})
        job_moves.count(connection, {State.HELD: -1})
    assert sent.count("job_count") == 1
    assert sent.count("balance") == 2  # they are read, and those that change are written together
    with engine.begin() as connection:
        found = {row.state: row.n for row in connection.execute(select(job_count)) if row.n}
    assert found == {State.READY: 3}


def test_a_sum_goes_on_after_it_was_written(connection: Connection) -> None:
    receive(connection, 5)
    assert quantities(connection) == {"centre": -5, "store": 5}
    take(connection, 2)
    assert quantities(connection) == {"centre": -5, "store": 3, "hopper:card-1": 2}


def test_what_is_put_off_counts_at_once(connection: Connection) -> None:
    receive(connection, 5)
    take(connection, 5)
    with pytest.raises(Overdrawn):
        take(connection, 1)


def test_a_write_that_changes_other_rows_than_it_must_undoes_the_commit(engine: Engine) -> None:
    def delete(connection: Connection) -> None:
        receive(connection, 5)
        DELETE.later(connection, {}, rows=1)

    writer = Writer(engine, "here")
    with pytest.raises(AssertionError, match="0 rows changed instead of 1 "):
        writer.do(delete)
    writer.close()
    with engine.begin() as connection:
        assert ledger.quantity(connection, "store") == 0


def test_nothing_is_read_anew_for_what_nobody_named(engine: Engine) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with engine.begin() as connection:
        connection.execute(select(outage.c.cause)).all()
    assert [statement.split()[0] for statement in statements] == ["BEGIN", "SELECT"]
