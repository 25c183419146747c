"""The ledger of blanks."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select, update

from adapters.database import log
from adapters.database.connections import Database
from adapters.database.statements import Statement, insertion
from adapters.database.tables import balance, ledger_entry, printer
from daemon.domain import ledger
from daemon.domain.ledger import Movement
from daemon.ports import LedgerRow

_QUANTITY = Statement(
    select(balance.c.quantity).where(balance.c.account == bindparam("of_account")), balance.c.quantity
)
_ADD = Statement(
    update(balance)
    .where(balance.c.account == bindparam("of_account"))
    .values(quantity=balance.c.quantity + bindparam("delta"))
)
_INSERT_ENTRY = insertion(ledger_entry, *(column.name for column in ledger_entry.c if column.name != "id"))
_INSERT_BALANCE = insertion(balance, "account", "quantity")
_BOOKED = select(ledger_entry.c.id).where(ledger_entry.c.document == bindparam("number"))
_COLUMNS = [column for column in ledger_entry.c if column.name != "attempt"]
_NEWEST = select(*_COLUMNS).order_by(ledger_entry.c.id.desc()).limit(bindparam("limit"))
_NEWEST_OF = _NEWEST.where(
    or_(ledger_entry.c.debit == bindparam("account"), ledger_entry.c.credit == bindparam("account"))
)
_BATCHES = (
    select(ledger_entry.c.batch, func.sum(ledger_entry.c.quantity).label("quantity"))
    .where(ledger_entry.c.batch.is_not(None), ledger_entry.c.credit == ledger.CENTRE)
    .group_by(ledger_entry.c.batch)
    .order_by(ledger_entry.c.batch)
)
_NUDGE = update(printer).where(printer.c.name == bindparam("of_printer")).values(nudges=printer.c.nudges + 1)
_INSERT_PRINTER = printer.insert()


def quantity(connection: Connection, account: str) -> int:
    """The blanks in this account."""
    found = _QUANTITY.one(connection, {"of_account": account})
    return 0 if found is None else int(found[0])


def post(
    connection: Connection,
    movement: Movement,
    *,
    at: datetime,
    actor: str,
    record_id: str | None = None,
    attempt: int | None = None,
) -> None:
    """One entry and both balances, in this transaction. Overdrawn."""
    before = quantity(connection, movement.credit)
    ledger.post({movement.credit: before}, movement)
    _INSERT_ENTRY.run(
        connection,
        {
            "at": at,
            "debit": movement.debit,
            "credit": movement.credit,
            "quantity": movement.quantity,
            "reason": movement.reason,
            "actor": actor,
            "record_id": record_id,
            "attempt": attempt,
            "batch": movement.batch,
            "document": movement.document,
        },
    )
    for account, delta in ((movement.credit, -movement.quantity), (movement.debit, movement.quantity)):
        if _ADD.run(connection, {"of_account": account, "delta": delta}) == 0:
            _INSERT_BALANCE.run(connection, {"account": account, "quantity": delta})


def nudge(connection: Connection, name: str) -> None:
    """Tell a printer that somebody did something about it."""
    if connection.execute(_NUDGE, {"of_printer": name}).rowcount == 0:
        connection.execute(_INSERT_PRINTER, {"name": name, "reasons": "[]", "paused": False, "nudges": 1})


class SqlLedger:
    """The LedgerStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def move(self, movement: Movement, *, at: datetime, actor: str) -> bool:
        """Book it and log it; loading a hopper nudges its printer. False if this document was booked before."""

        def book(connection: Connection) -> bool:
            if movement.document is not None and connection.execute(_BOOKED, {"number": movement.document}).first():
                return False
            post(connection, movement, at=at, actor=actor)
            kind, _, name = movement.debit.partition(":")
            if kind == "hopper":
                nudge(connection, name)
            details = {
                "quantity": movement.quantity,
                "credit": movement.credit,
                "debit": movement.debit,
                "reason": movement.reason,
                "batch": movement.batch,
                "document": movement.document,
            }
            log.write(connection, [log.Draft(at=at, actor=actor, event="blanks_moved", details=details)])
            return True

        return self._database.write(book)

    def balances(self) -> dict[str, int]:
        """From the maintained sums."""
        with self._database.read() as connection:
            return {
                row.account: row.quantity for row in connection.execute(select(balance).order_by(balance.c.account))
            }

    def entries(self, limit: int, account: str | None = None) -> list[LedgerRow]:
        """Newest first; with `account` only those that debit or credit it."""
        with self._database.read() as connection:
            if account is None:
                rows = connection.execute(_NEWEST, {"limit": limit})
            else:
                rows = connection.execute(_NEWEST_OF, {"limit": limit, "account": account})
            return [LedgerRow(**row) for row in rows.mappings()]

    def known_batches(self) -> dict[str, int]:
        """Blanks received from the centre, by batch."""
        with self._database.read() as connection:
            return {row.batch: row.quantity for row in connection.execute(_BATCHES)}
