"""The outbox: cards that were made and that the centre has to hear of."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, func, select, update

from adapters.database import log
from adapters.database.connections import Database
from adapters.database.tables import issuance
from daemon.domain.token import Token
from daemon.ports import Issuance, Receipt

_UNSETTLED = (issuance.c.acknowledged_at.is_(None), issuance.c.rejected.is_(None))
_PENDING = select(issuance).where(*_UNSETTLED).order_by(issuance.c.printed_at, issuance.c.record_id, issuance.c.attempt)
_BATCH_KEY = select(issuance.c.batch_key).where(*_UNSETTLED, issuance.c.batch_key.is_not(None)).limit(1)
_BATCH = _PENDING.where(issuance.c.batch_key == bindparam("of_key"))
_UNBATCHED = _PENDING.where(issuance.c.batch_key.is_(None)).limit(bindparam("limit"))
_COUNT = select(func.count()).select_from(issuance).where(*_UNSETTLED)
_REJECTED = (
    select(issuance.c.record_id, issuance.c.rejected)
    .where(issuance.c.rejected.is_not(None))
    .order_by(issuance.c.printed_at, issuance.c.record_id)
)
_SETTLE = (
    update(issuance)
    .where(issuance.c.record_id == bindparam("of_record"), issuance.c.attempt == bindparam("of_attempt"))
    .values(
        batch_key=bindparam("new_key"),
        acknowledged_at=bindparam("new_acknowledged_at"),
        rejected=bindparam("new_rejected"),
    )
)


class SqlIssuances:
    """The IssuanceStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, limit: int) -> tuple[str, list[Issuance]] | None:
        """The next batch with its key, the same again until it is acknowledged. None: nothing due.

        A record is in a batch once at most: the centre answers by record.
        """
        if self.undelivered() == 0:
            return None
        return self._database.write(lambda connection: _due(connection, limit))

    def acknowledged(self, idempotency_key: str, receipt: Receipt, at: datetime) -> None:
        """Settle a batch; what the centre did not mention is sent again. A batch settled before stays as it is."""

        def settle(connection: Connection) -> None:
            rows = connection.execute(_BATCH, {"of_key": idempotency_key}).all()
            if not rows:
                return
            connection.execute(_SETTLE, [_settled(row, idempotency_key, receipt, at) for row in rows])
            log.write(connection, list(_rejections(rows, receipt, at)))

        self._database.write(settle)

    def rejected(self) -> list[tuple[str, str]]:
        """(record id, the centre's reason) of every card that the centre would not take."""
        with self._database.read() as connection:
            return [(row.record_id, row.rejected) for row in connection.execute(_REJECTED)]

    def undelivered(self) -> int:
        """Cards that the centre has not heard of yet."""
        with self._database.read() as connection:
            return connection.execute(_COUNT).scalar_one()


def _due(connection: Connection, limit: int) -> tuple[str, list[Issuance]] | None:
    key = connection.execute(_BATCH_KEY).scalar_one_or_none() or _new_batch(connection, limit)
    if key is None:
        return None
    return key, [_issuance(row) for row in connection.execute(_BATCH, {"of_key": key})]


def _new_batch(connection: Connection, limit: int) -> str | None:
    first_of_each: dict[str, Row[tuple[object, ...]]] = {}
    for row in connection.execute(_UNBATCHED, {"limit": limit}):
        first_of_each.setdefault(row.record_id, row)
    if not first_of_each:
        return None
    key = uuid.uuid4().hex
    connection.execute(
        _SETTLE,
        [
            {
                "of_record": row.record_id,
                "of_attempt": row.attempt,
                "new_key": key,
                "new_acknowledged_at": None,
                "new_rejected": None,
            }
            for row in first_of_each.values()
        ],
    )
    return key


def _settled(row: Row[tuple[object, ...]], key: str, receipt: Receipt, at: datetime) -> dict[str, object]:
    accepted = row.record_id in receipt.accepted
    reason = None if accepted else receipt.rejected.get(row.record_id)
    return {
        "of_record": row.record_id,
        "of_attempt": row.attempt,
        "new_key": key if accepted or reason is not None else None,
        "new_acknowledged_at": at if accepted else None,
        "new_rejected": reason,
    }


def _rejections(rows: Iterable[Row[tuple[object, ...]]], receipt: Receipt, at: datetime) -> Iterable[log.Draft]:
    for row in rows:
        if row.record_id in receipt.rejected and row.record_id not in receipt.accepted:
            yield log.Draft(
                at=at,
                actor="centre",
                event="issuance_rejected",
                record_id=row.record_id,
                details={"attempt": row.attempt, "reason": receipt.rejected[row.record_id]},
            )


def _issuance(row: Row[tuple[object, ...]]) -> Issuance:
    return Issuance(
        token=Token(row.record_id, row.attempt),
        record_id=row.record_id,
        printed_at=row.printed_at,
        printer=row.printer,
        card_serial=row.card_serial,
    )
