"""A compiled statement does what SQLAlchemy would do with it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, bindparam, select, update
from sqlalchemy.dialects.postgresql import psycopg

from adapters.database.schema.tables import attempt, balance, job, job_count, log, outage
from adapters.database.sql.statements import Statement, insertion
from daemon.domain.states import State

NOON = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)

INSERT = insertion(outage, "id", "started_at", "ended_at", "cause")
OF_CAUSE = select(outage.c.started_at, outage.c.ended_at).where(outage.c.cause == bindparam("cause"))
READ = Statement(OF_CAUSE, outage.c.started_at, outage.c.ended_at)
END = Statement(update(outage).where(outage.c.ended_at.is_(None)).values(ended_at=bindparam("at")))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


def test_types_are_kept_both_ways(connection: Connection) -> None:
    INSERT.run(connection, {"id": 1, "started_at": NOON, "ended_at": None, "cause": "tls"})
    assert READ.one(connection, {"cause": "tls"}) == (NOON, None)
    assert connection.execute(OF_CAUSE, {"cause": "tls"}).one() == (NOON, None)


def test_no_row_is_none_and_two_are_a_mistake(connection: Connection) -> None:
    assert READ.one(connection, {"cause": "tls"}) is None
    for number in (1, 2):
        INSERT.run(connection, {"id": number, "started_at": NOON, "ended_at": NOON, "cause": "tls"})
    with pytest.raises(AssertionError):
        READ.one(connection, {"cause": "tls"})


def test_the_rows_that_were_changed_are_counted(connection: Connection) -> None:
    for number in (1, 2):
        INSERT.run(connection, {"id": number, "started_at": NOON, "ended_at": None, "cause": "tls"})
    assert END.run(connection, {"at": NOON}) == 2
    assert END.run(connection, {"at": NOON}) == 0


def test_a_missing_parameter_is_a_mistake(connection: Connection) -> None:
    with pytest.raises(KeyError):
        INSERT.run(connection, {"id": 1, "started_at": NOON, "cause": "tls"})


def test_values_that_stand_in_a_statement_need_not_be_given(connection: Connection) -> None:
    ready = Statement(select(job_count.c.n).where(job_count.c.state == State.READY), job_count.c.n)
    assert ready.one(connection, {}) == (0,)


@pytest.mark.parametrize("table", [job, attempt, balance, log], ids=lambda table: table.name)
def test_postgresql_gets_its_parameters_by_name(table: object) -> None:
    statement = insertion(table, *table.c.keys())  # type: ignore[arg-type,attr-defined]
    compiled = statement._for(psycopg.dialect())  # type: ignore[no-untyped-call]
    assert compiled.places is None
    assert all(f"%({name})s" in compiled.sql for name in table.c.keys())  # type: ignore[attr-defined]  # noqa: SIM118
