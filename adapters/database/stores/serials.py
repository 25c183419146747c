"""The register of serial numbers: which batch a blank came in, which card it became."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, select, update

from adapters.database.schema.tables import blank_serial, issuance
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.errors import Rejected
from daemon.domain.serials import SerialTrouble
from daemon.ports import SerialRow, TiedSerial

_PORTION = 500
_KNOWN = (
    select(blank_serial.c.serial, blank_serial.c.batch)
    .where(blank_serial.c.serial.in_(bindparam("serials", expanding=True)))
    .order_by(blank_serial.c.serial)
)
_CARDS = (
    select(issuance.c.record_id, issuance.c.attempt)
    .where(issuance.c.card_serial == bindparam("of_serial"))
    .order_by(issuance.c.printed_at, issuance.c.record_id)
)
_LATEST = (
    select(issuance.c.record_id, issuance.c.attempt, issuance.c.card_serial, issuance.c.acknowledged_at)
    .where(issuance.c.record_id == bindparam("of_record"))
    .order_by(issuance.c.attempt.desc())
    .limit(1)
)
_OF_CARD = update(issuance).where(
    issuance.c.record_id == bindparam("of_record"), issuance.c.attempt == bindparam("of_attempt")
)
_TIE = _OF_CARD.values(card_serial=bindparam("new_serial"))
_MARK = update(issuance).where(issuance.c.card_serial == bindparam("of_serial"))
_CAME_LATER = (
    update(issuance)
    .where(
        issuance.c.serial_trouble == SerialTrouble.UNKNOWN,
        issuance.c.card_serial.in_(select(blank_serial.c.serial)),
    )
    .values(serial_trouble=None)
)
_TROUBLES = (
    select(issuance.c.record_id, issuance.c.card_serial, issuance.c.serial_trouble)
    .where(issuance.c.serial_trouble.is_not(None))
    .order_by(issuance.c.printed_at, issuance.c.record_id)
    .limit(bindparam("limit"))
)
_OF_DELIVERY = and_(blank_serial.c.batch == bindparam("of_batch"), blank_serial.c.at == bindparam("booked_at"))
_CARDS_OF_DELIVERY = (
    select(issuance.c.record_id, issuance.c.card_serial)
    .where(issuance.c.card_serial.in_(select(blank_serial.c.serial).where(_OF_DELIVERY)))
    .limit(1)
)
_COUNTS = select(blank_serial.c.batch, func.count().label("n")).group_by(blank_serial.c.batch)


def register(change: Change, serials: Sequence[str], batch: str | None, at: datetime) -> None:
    """Those of a delivery, in this transaction. Rejected when one came before."""
    for start in range(0, len(serials), _PORTION):
        portion = serials[start : start + _PORTION]
        known = change.execute(_KNOWN, {"serials": portion}).first()
        if known is not None:
            raise Rejected(f"serial {known.serial} was received before, in batch {known.batch}; nothing was booked")
        change.execute(blank_serial.insert(), [{"serial": each, "batch": batch, "at": at} for each in portion])
    if serials:
        change.execute(_CAME_LATER)


def unregister(change: Change, batch: str | None, at: datetime) -> None:
    """Those of a delivery that is reversed, if it had any. Rejected when one of them stands on a card."""
    delivery = {"of_batch": batch, "booked_at": at}
    used = change.execute(_CARDS_OF_DELIVERY, delivery).first()
    if used is not None:
        raise Rejected(
            f"serial {used.card_serial} of this delivery stands on the card of {used.record_id}; nothing was booked. "
            f"If it was misread: giliran job serial {used.record_id} SERIAL"
        )
    change.execute(delete(blank_serial).where(_OF_DELIVERY), delivery)


class SqlSerials:
    """The SerialStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tie(self, record_id: str, serial: str, *, at: datetime, actor: str) -> TiedSerial:

        def tie(change: Change) -> TiedSerial:
            card = change.execute(_LATEST, {"of_record": record_id}).one_or_none()
            if card is None:
                raise Rejected(f"{record_id}: no card was made for this record; giliran job show {record_id}")
            values = {"of_record": record_id, "of_attempt": card.attempt, "new_serial": serial}
            change.execute(_TIE, values)
            if card.card_serial is not None and card.card_serial != serial:
                _judge(change, card.card_serial)
            trouble = _judge(change, serial)
            details = {"attempt": card.attempt, "serial": serial, "before": card.card_serial, "trouble": trouble}
            change.log.write(Draft(at=at, actor=actor, event="card_serial", record_id=record_id, details=details))
            return TiedSerial(serial=serial, trouble=trouble, told_without=card.acknowledged_at is not None)

        return self._database.write(tie)

    def find(self, serial: str) -> SerialRow:
        with self._database.read() as connection:
            blank = connection.execute(select(blank_serial).where(blank_serial.c.serial == serial)).one_or_none()
            cards = connection.execute(_CARDS, {"of_serial": serial}).all()
        return SerialRow(
            serial=serial,
            batch=None if blank is None else blank.batch,
            received_at=None if blank is None else blank.at,
            cards=tuple((row.record_id, row.attempt) for row in cards),
        )

    def troubles(self, limit: int) -> list[tuple[str, str, SerialTrouble]]:
        with self._database.read() as connection:
            rows = connection.execute(_TROUBLES, {"limit": limit})
            return [(row.record_id, row.card_serial, SerialTrouble(row.serial_trouble)) for row in rows]

    def registered(self) -> dict[str, int]:
        with self._database.read() as connection:
            return {row.batch: int(row.n) for row in connection.execute(_COUNTS)}


def _judge(change: Change, serial: str) -> SerialTrouble | None:
    """Mark every card that bears it."""
    cards = change.execute(_CARDS, {"of_serial": serial}).all()
    known = change.execute(_KNOWN, {"serials": [serial]}).first() is not None
    trouble = SerialTrouble.TWICE if len(cards) > 1 else None if known else SerialTrouble.UNKNOWN
    change.execute(_MARK.values(serial_trouble=trouble), {"of_serial": serial})
    return trouble
