"""What the ledger says: its sums, and its entries page by page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, select, text, type_coerce

from adapters.database.schema.tables import balance, ledger_entry
from adapters.database.sql.columns import Long
from adapters.database.transactions.database import Database
from daemon.domain import ledger
from daemon.ports import LedgerRow

PAGE = 1000

_ROW = tuple(ledger_entry.c)
_KEPT = select(balance.c.account, balance.c.quantity).order_by(balance.c.account)
_FOLDED = (
    select(ledger_entry.c.debit, ledger_entry.c.credit, func.sum(ledger_entry.c.quantity).label("quantity"))
    .group_by(ledger_entry.c.debit, ledger_entry.c.credit)
    .order_by(ledger_entry.c.debit, ledger_entry.c.credit)
)
_DAY = timedelta(days=1) // timedelta(microseconds=1)
_USED = (
    select(
        ((type_coerce(ledger_entry.c.at, Long) + bindparam("offset", type_=Long)) // _DAY).label("day"),
        func.sum(ledger_entry.c.quantity).label("quantity"),
    )
    # As in the index, word by word.
    .where(text("credit = 'in_process' AND debit IN ('issued', 'spoiled')"), ledger_entry.c.at >= bindparam("since"))
    .group_by("day")
    .order_by("day")
)
_LENT = (
    select(
        ledger_entry.c.office,
        func.sum(
            case(
                (ledger_entry.c.debit == ledger.TRANSFERRED, ledger_entry.c.quantity),
                (ledger_entry.c.credit == ledger.TRANSFERRED, -ledger_entry.c.quantity),
                else_=0,
            )
        ).label("quantity"),
    )
    .where(ledger_entry.c.office.is_not(None))
    .group_by(ledger_entry.c.office)
    .order_by(ledger_entry.c.office)
)


def kept(connection: Connection) -> dict[str, int]:
    """The maintained sums."""
    return {row.account: row.quantity for row in connection.execute(_KEPT)}


def folded(connection: Connection) -> dict[str, int]:
    """The fold of all entries: it is the database that adds up."""
    sums: dict[str, int] = {}
    for row in connection.execute(_FOLDED):
        sums[row.debit] = sums.get(row.debit, 0) + int(row.quantity)
        sums[row.credit] = sums.get(row.credit, 0) - int(row.quantity)
    return sums


def used(connection: Connection, since: datetime, utc_offset: timedelta) -> dict[date, int]:
    """Blanks that printers used up since then, by day in the time zone that is so far from UTC."""
    values = {"since": since, "offset": utc_offset // timedelta(microseconds=1)}
    return {
        date(1970, 1, 1) + timedelta(days=int(row.day)): int(row.quantity) for row in connection.execute(_USED, values)
    }


def lent(connection: Connection) -> dict[str, int]:
    """Blanks of ours that other offices have, by office; those that have none are left out."""
    return {row.office: int(row.quantity) for row in connection.execute(_LENT) if row.quantity}


def spelt(connection: Connection, office: str) -> str:
    """The office's name as it was written first: MEDAN and Medan are one."""
    for row in connection.execute(_LENT):
        known = str(row.office)
        if known.casefold() == office.casefold():
            return known
    return office


def between(database: Database, start: datetime | None, end: datetime | None) -> Iterator[LedgerRow]:
    """Booked from `start` (included) to `end` (not included), in the order of booking, one page in memory."""
    page = select(*_ROW).where(ledger_entry.c.id > bindparam("after")).order_by(ledger_entry.c.id).limit(PAGE)
    if start is not None:
        page = page.where(ledger_entry.c.at >= start)
    if end is not None:
        page = page.where(ledger_entry.c.at < end)
    after, more = 0, True
    while more:
        with database.read() as connection:
            rows = [LedgerRow(**row) for row in connection.execute(page, {"after": after}).mappings()]
        yield from rows
        more = len(rows) == PAGE
        after = rows[-1].id if rows else after
