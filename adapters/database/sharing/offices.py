"""The province's view: how every office in a database stands. It reads, and it cannot read whose cards they are."""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, func, select

from adapters.database.schema import revision
from adapters.database.schema.adoption import SharedTables
from adapters.database.schema.tables import balance, issuance, job_count, link
from adapters.database.sql.address import where
from adapters.database.sql.connections import look_at, reading_engine, schema_of
from adapters.database.sql.failures import translated
from daemon.domain import ledger
from daemon.domain.states import State
from daemon.ports import OfficeRow

PAGE = 50
"""Offices that are read in one snapshot: a look at a whole province keeps no server from clearing up."""

_COUNTS = select(job_count.c.state, job_count.c.n)
_BALANCES = select(balance.c.account, balance.c.quantity)
_LINK = select(link.c.state, link.c.since)
_LAST_CARD = select(func.max(issuance.c.printed_at))


def offices(url: str) -> Iterator[OfficeRow]:
    """By code. Each figure is a maintained one, or one look-up. Fatal, Retryable."""
    revision.check_file(url)
    engine = reading_engine(url, None)
    try:
        with translated(where(url)):
            yield from _rows(engine)
    finally:
        engine.dispose()


def _rows(engine: Engine) -> Iterator[OfficeRow]:
    with engine.begin() as connection:
        found = list(revision.offices(connection).items())
    for begin in range(0, len(found), PAGE):
        with engine.begin() as connection:
            yield from [_row(connection, code, shared) for code, shared in found[begin : begin + PAGE]]


def _row(connection: Connection, code: str, shared: SharedTables | None) -> OfficeRow:
    if connection.dialect.name == "postgresql":
        look_at(connection, schema_of(code))
    found = revision.revision(connection) if shared is None else shared.revision
    if found != revision.NEWEST:
        return OfficeRow(code=code, revision=found, is_read=False)
    seen = connection.execute(_LINK).one_or_none()
    return OfficeRow(
        code=code,
        revision=found,
        counts={State(state): number for state, number in connection.execute(_COUNTS)},
        blanks=ledger.usable({row.account: row.quantity for row in connection.execute(_BALANCES)}),
        link=None if seen is None else seen.state,
        link_since=None if seen is None else seen.since,
        last_card_at=connection.execute(_LAST_CARD).scalar_one(),
    )
