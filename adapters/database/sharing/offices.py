"""The province's view: how every office in a database stands. It reads, and it cannot read whose cards they are."""

from typing import Any

from sqlalchemy import Connection, func, select

from adapters.database.schema.revision import check_file, check_revision
from adapters.database.schema.tables import balance, issuance, job_count, link, office
from adapters.database.sql.address import where
from adapters.database.sql.connections import reading_engine
from adapters.database.sql.failures import translated
from daemon.domain import ledger
from daemon.domain.states import State
from daemon.ports import OfficeRow

_COUNTS = select(job_count.c.office_code, job_count.c.state, job_count.c.n)
_BALANCES = select(balance.c.office_code, balance.c.account, balance.c.quantity)
_LINKS = select(link.c.office_code, link.c.state, link.c.since)
_LAST_CARDS = select(
    office.c.office_code,
    select(func.max(issuance.c.printed_at))
    .where(issuance.c.office_code == office.c.office_code)
    .scalar_subquery()
    .label("printed_at"),
).order_by(office.c.office_code)


def offices(url: str) -> list[OfficeRow]:
    """By code. Each figure is a maintained one, or one look-up an office. Fatal, Retryable."""
    check_file(url)
    engine = reading_engine(url, None)
    try:
        with translated(where(url)), engine.begin() as connection:
            check_revision(connection, where(url))
            return _rows(connection)
    finally:
        engine.dispose()


def _rows(connection: Connection) -> list[OfficeRow]:
    counts, balances = _by_office(connection, _COUNTS), _by_office(connection, _BALANCES)
    links = {code: (state, since) for code, state, since in connection.execute(_LINKS)}
    return [
        OfficeRow(
            code=row.office_code,
            counts={State(state): int(number) for state, number in counts.get(row.office_code, {}).items()},
            blanks=_usable(balances.get(row.office_code, {})),
            link=links.get(row.office_code, (None, None))[0],
            link_since=links.get(row.office_code, (None, None))[1],
            last_card_at=row.printed_at,
        )
        for row in connection.execute(_LAST_CARDS)
    ]


def _by_office(connection: Connection, statement: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for code, name, number in connection.execute(statement):
        found.setdefault(code, {})[name] = int(number)
    return found


def _usable(balances: dict[str, int]) -> int:
    """In the store and in the hoppers."""
    return sum(
        quantity for account, quantity in balances.items() if account == ledger.STORE or account.startswith("hopper:")
    )
