"""The ledger of blanks: what is booked. What it says is read in ledger_pages.py."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, update

from adapters.database.schema.tables import ledger_entry, printer
from adapters.database.stores import document_numbers, ledger_pages, serials
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.statement import Statement
from daemon.domain import ledger
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Arrival, Count, Movement
from daemon.domain.reversal import reversal
from daemon.ports import Booked, LedgerRow, Reversed

_ROW = tuple(ledger_entry.c)
_IS_REVERSAL = ledger_entry.c.reverses.is_not(None)
_ARRIVALS_OF_BATCH = select(
    func.sum(
        case(
            (_IS_REVERSAL & ledger_entry.c.debit.in_(sorted(ledger.OUTSIDE)), -1),
            (~_IS_REVERSAL & ledger_entry.c.credit.in_(sorted(ledger.OUTSIDE)), 1),
            else_=0,
        )
    )
).where(ledger_entry.c.batch == bindparam("of_batch"))
"""How often it came in and that was not reversed."""
_NEWEST = select(*_ROW).order_by(ledger_entry.c.id.desc()).limit(bindparam("limit"))
_NEWEST_OF = _NEWEST.where(
    or_(ledger_entry.c.debit == bindparam("account"), ledger_entry.c.credit == bindparam("account"))
)
_BATCHES = (
    select(
        ledger_entry.c.batch,
        func.sum(
            case(
                (ledger_entry.c.credit == ledger.CENTRE, ledger_entry.c.quantity),
                (ledger_entry.c.debit == ledger.CENTRE, -ledger_entry.c.quantity),
                else_=0,
            )
        ).label("quantity"),
    )
    .where(ledger_entry.c.batch.is_not(None))
    .group_by(ledger_entry.c.batch)
    .order_by(ledger_entry.c.batch)
)
_ENTRY = select(*_ROW).where(ledger_entry.c.id == bindparam("of_entry"))
_REVERSAL_OF = select(*_ROW).where(ledger_entry.c.reverses == bindparam("of_entry"))
BOOKED = Statement(
    "SELECT id, credit, debit, quantity, record_id, attempt FROM ledger_entry WHERE id > ? ORDER BY id LIMIT ?"
)
_REVERSALS = select(*_ROW).where(_IS_REVERSAL).order_by(ledger_entry.c.id)
_NUDGE = update(printer).where(printer.c.name == bindparam("of_printer")).values(nudges=printer.c.nudges + 1, doubts=0)
_INSERT_PRINTER = printer.insert()


def nudge(change: Change, name: str) -> None:
    """Tell a printer that somebody did something about it."""
    change.notify()
    if change.execute(_NUDGE, {"of_printer": name}).rowcount == 0:
        change.execute(_INSERT_PRINTER, {"name": name, "reasons": "[]", "paused": False, "nudges": 1})


class SqlLedger:
    """The LedgerStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def move(self, movement: Movement, *, at: datetime, actor: str) -> bool:
        """Logged, too; loading a hopper nudges its printer."""

        def plan(change: Change) -> Sequence[Movement]:
            if movement.office is None:
                return (movement,)
            return (replace(movement, office=ledger_pages.spelt(change.connection, movement.office)),)

        return self._book(movement, plan, at=at, actor=actor) is not None

    def count(self, count: Count, *, at: datetime, actor: str) -> int | None:
        """Read, compare and book at once: a card may be started at that moment. The printer is nudged."""

        def book(change: Change) -> int | None:
            if not document_numbers.is_new(change, count, at=at, actor=actor):
                return None
            held = change.books.quantity(count.account)
            entry = count.variance(held)
            if entry is not None:
                _post(change, entry, at=at, actor=actor)
            _nudge_hopper(change, count.account)
            details: dict[str, object] = {
                "account": count.account,
                "counted": count.quantity,
                "ledger_said": held,
                "reason": count.note,
                "batch": count.batch,
                "document": count.document,
                "date": None if count.happened_on is None else count.happened_on.isoformat(),
            }
            change.log.write(Draft(at=at, actor=actor, event="blanks_counted", details=details))
            return count.quantity - held

        return self._database.write(book)

    def arrive(self, arrival: Arrival, *, at: datetime, actor: str) -> tuple[Movement, ...] | None:
        """What comes back is told from what is new in the same transaction that books it."""

        def plan(change: Change) -> Sequence[Movement]:
            office = ledger_pages.spelt(change.connection, arrival.office)
            return replace(arrival, office=office).movements(ledger_pages.lent(change.connection).get(office, 0))

        return self._book(arrival, plan, at=at, actor=actor)

    def reverse(self, entry: int, *, why: str, at: datetime, actor: str) -> Reversed:
        """Take back what a person booked wrongly, once: the database allows no second entry that names it."""

        def book(change: Change) -> Reversed:
            wrong = _standing(change, entry)
            lent = ledger_pages.lent(change.connection).get(wrong.office, 0) if wrong.office else 0
            movement = reversal(wrong, why=why, lent=lent)
            number = change.books.post(movement, at=at, actor=actor)
            serials.unregister(change, wrong.batch, wrong.at)
            freed = wrong.document if wrong.document and document_numbers.free(change, wrong.document, at) else None
            _nudge_hopper(change, movement.debit)
            details = {"entry": number, "reverses": entry, **_details(movement)}
            change.log.write(Draft(at=at, actor=actor, event="blanks_reversed", details=details))
            return Reversed(entry=wrong, by=number, freed=freed)

        return self._database.write(book)

    def reversals(self) -> dict[int, LedgerRow]:
        with self._database.read() as connection:
            return {row["reverses"]: LedgerRow(**row) for row in connection.execute(_REVERSALS).mappings()}

    def _book(
        self,
        paper: Movement | Arrival,
        plan: Callable[[Change], Sequence[Movement]],
        *,
        at: datetime,
        actor: str,
    ) -> tuple[Movement, ...] | None:
        def book(change: Change) -> tuple[Movement, ...] | None:
            if not document_numbers.is_new(change, paper, at=at, actor=actor):
                return None
            movements = tuple(plan(change))
            for movement in movements:
                _post(change, movement, at=at, actor=actor)
                serials.register(change, movement.serials, movement.batch, at)
                _nudge_hopper(change, movement.debit)
                draft = Draft(at=at, actor=actor, event="blanks_moved", details=_details(movement))
                change.log.write(draft)
            return movements

        return self._database.write(book)

    def balances(self) -> dict[str, int]:
        with self._database.read() as connection:
            return ledger_pages.kept(connection)

    def used(self, since: datetime, utc_offset: timedelta) -> dict[date, int]:
        with self._database.read() as connection:
            return ledger_pages.used(connection, since, utc_offset)

    def differences(self) -> dict[str, tuple[int, int]]:
        """Accounts whose maintained sum is not the fold of all entries: (kept, folded), by one snapshot."""
        with self._database.read() as connection:
            kept, folded = ledger_pages.kept(connection), ledger_pages.folded(connection)
        return {
            account: (kept.get(account, 0), folded.get(account, 0))
            for account in sorted({*kept, *folded})
            if kept.get(account, 0) != folded.get(account, 0)
        }

    def entries(self, limit: int, account: str | None = None) -> list[LedgerRow]:
        with self._database.read() as connection:
            if account is None:
                rows = connection.execute(_NEWEST, {"limit": limit})
            else:
                rows = connection.execute(_NEWEST_OF, {"limit": limit, "account": account})
            return [LedgerRow(**row) for row in rows.mappings()]

    def between(self, start: datetime | None, end: datetime | None) -> Iterator[LedgerRow]:
        """In the order of booking, read page by page; no transaction stays open in between."""
        return ledger_pages.between(self._database, start, end)

    def booked(self, after: int, limit: int) -> list[Booked]:
        return [
            Booked(id=number, credit=credit, debit=debit, quantity=quantity, record_id=record_id, attempt=attempt)
            for number, credit, debit, quantity, record_id, attempt in self._database.rows(BOOKED, (after, limit))
        ]

    def lent(self) -> dict[str, int]:
        with self._database.read() as connection:
            return ledger_pages.lent(connection)

    def known_batches(self) -> dict[str, int]:
        """Blanks that came from the centre or were lent to us, by batch."""
        with self._database.read() as connection:
            return {row.batch: int(row.quantity) for row in connection.execute(_BATCHES) if row.quantity}


def _post(change: Change, movement: Movement, *, at: datetime, actor: str) -> None:
    """What a person books: a batch that it names must have come in."""
    of_batch = {"of_batch": movement.batch}
    if (
        movement.batch is not None
        and movement.credit not in ledger.OUTSIDE
        and not change.execute(_ARRIVALS_OF_BATCH, of_batch).scalar_one()
    ):
        raise Rejected(f"batch {movement.batch} was never received here; nothing was booked")
    change.books.post(movement, at=at, actor=actor)


def _standing(change: Change, number: int) -> LedgerRow:
    """The entry of this number. Rejected when there is none, or when it was reversed before."""
    row = change.execute(_ENTRY, {"of_entry": number}).mappings().one_or_none()
    if row is None:
        raise Rejected(f"there is no entry {number} in the ledger; see their numbers: giliran blanks ledger")
    before = change.execute(_REVERSAL_OF, {"of_entry": number}).mappings().one_or_none()
    if before is not None:
        raise Rejected(
            f"entry {number} was reversed on {before['at']:%Y-%m-%d %H:%M} UTC by {before['actor']}"
            f" (entry {before['id']}: {before['note']}); nothing was booked"
        )
    return LedgerRow(**row)


def _nudge_hopper(change: Change, account: str) -> None:
    kind, _, name = account.partition(":")
    if kind == "hopper":
        nudge(change, name)


def _details(movement: Movement) -> dict[str, Any]:
    return {
        "quantity": movement.quantity,
        "credit": movement.credit,
        "debit": movement.debit,
        "reason": movement.reason,
        "batch": movement.batch,
        "document": movement.document,
        "office": movement.office,
        "witnesses": list(movement.witnesses) or None,
        "note": movement.note,
        "date": None if movement.happened_on is None else movement.happened_on.isoformat(),
        "serials": [movement.serials[0], movement.serials[-1]] if movement.serials else None,
    }
