"""Who will be started next, as the rules of the order stand."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, Select, bindparam, func, literal, select, tuple_

from adapters.database.schema.tables import balance, job
from adapters.database.sql.columns import Day, Moment
from adapters.database.stores.heads import heads_in, heads_of, values_for
from adapters.database.stores.job_rows import JOB_COLUMNS
from adapters.database.stores.order import read_order
from daemon.domain import ledger
from daemon.domain.job import Job
from daemon.domain.order import Turn
from daemon.domain.rules import Circumstances, Class, Heads, Lane, Lines, Rules, foresee
from daemon.domain.states import State

_READY = select(*JOB_COLUMNS).where(job.c.state == State.READY).order_by(job.c.recorded_at, job.c.record_id)
_BALANCES = select(balance.c.account, balance.c.quantity)


def circumstances(connection: Connection, rules: Rules, at: datetime) -> Circumstances:
    """What a decision at that moment depends on beside the people."""
    balances = {row.account: row.quantity for row in connection.execute(_BALANCES)}
    return Circumstances(day=rules.day(at), blanks=ledger.usable(balances))


def next_rows(connection: Connection, at: datetime, limit: int | None) -> Iterator[RowMapping]:
    """Those of JOB_COLUMNS of whom it is the turn next, at most `limit`; who is held back is not among them."""
    rules, shares = read_order(connection)
    if rules.are_plain:
        yield from connection.execute(_READY if limit is None else _READY.limit(limit)).mappings()
        return
    now = circumstances(connection, rules, at)
    rows: dict[str, RowMapping] = {}
    lines = _lines(connection, rules, now, limit, rows)
    for turn in islice(foresee(rules, lines, shares, now), limit):
        yield rows[turn.record_id]


def ahead(connection: Connection, rules: Rules, now: Circumstances, of: Job) -> int:
    """How many stand before this one in the line, lanes left out of account."""
    ranks = rules.ranks(now)
    own = None if ranks is None else ranks.rank(of.request_class)
    count = 0
    for name in _heads(connection, rules, now, ()).line:
        rank = None if ranks is None else ranks.rank(name)
        if rank != own and (rank is None or own is None or rank > own):
            continue
        those = _group(rules, None, name).with_only_columns(func.count()).order_by(None)
        if rank == own:
            those = those.where(tuple_(job.c.recorded_at, job.c.record_id) < tuple_(*_turn_of(of)))
        count += connection.execute(those, _given(those, now, None, name)).scalar_one()
    return count


def _turn_of(of: Job) -> tuple[BindParameter[datetime], BindParameter[str]]:
    return literal(of.recorded_at, Moment), literal(of.record_id)


def _lines(
    connection: Connection, rules: Rules, now: Circumstances, limit: int | None, rows: dict[str, RowMapping]
) -> Lines:
    """The first `limit` of each class, in the line and in each lane; what was read of them goes into `rows`."""
    heads = _heads(connection, rules, now, rules.lanes)

    def those(lane: str | None, request_class: Class) -> list[Turn]:
        statement = _group(rules, lane, request_class)
        found = connection.execute(
            statement if limit is None else statement.limit(limit), _given(statement, now, lane, request_class)
        )
        turns = []
        for row in found.mappings():
            rows[row["record_id"]] = row
            turns.append(Turn(row["recorded_at"], row["record_id"]))
        return turns

    return Lines(
        line={name: those(None, name) for name in heads.line},
        lanes={lane: {name: those(lane, name) for name in classes} for lane, classes in heads.lanes.items()},
    )


def _heads(connection: Connection, rules: Rules, now: Circumstances, lanes: Sequence[Lane]) -> Heads:
    asked = heads_of(len(lanes), presence=rules.presence)
    sql = asked.on_postgresql if connection.dialect.name == "postgresql" else asked.text
    found = connection.exec_driver_sql(sql, tuple(values_for(lanes, rules, now)))
    return heads_in((tuple(row) for row in found), lanes)


def _given(statement: Select[Any], now: Circumstances, lane: str | None, request_class: Class) -> dict[str, object]:
    """The values that it asks for."""
    given = {"day": now.day, "lane": lane, "class": request_class}
    return {name: value for name, value in given.items() if name in statement.compile().params}


def _group(rules: Rules, lane: str | None, request_class: Class) -> Select[Any]:
    statement = _READY
    if rules.presence:
        statement = statement.where(job.c.present_on == bindparam("day", type_=Day))
    if lane is not None:
        statement = statement.where(job.c.lane == bindparam("lane"))
    if request_class is None:
        return statement.where(job.c.request_class.is_(None))
    return statement.where(job.c.request_class == bindparam("class"))
