"""The outbox: cards that were made and that the centre has to hear of."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Row, bindparam, func, select, update

from adapters.database.schema.tables import issuance
from adapters.database.sql.columns import Moment
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.continuity import is_centres_word
from daemon.domain.job import CENTRE, SYSTEM
from daemon.domain.token import Token
from daemon.ports import Issuance, IssuanceRow, Receipt

_UNSETTLED = (issuance.c.acknowledged_at.is_(None), issuance.c.rejected.is_(None))
_PENDING = select(issuance).where(*_UNSETTLED).order_by(issuance.c.printed_at, issuance.c.record_id, issuance.c.attempt)
_BATCH_KEY = select(issuance.c.batch_key).where(*_UNSETTLED, issuance.c.batch_key.is_not(None)).limit(1)
_BATCH = _PENDING.where(issuance.c.batch_key == bindparam("of_key"))
_UNBATCHED = _PENDING.where(issuance.c.batch_key.is_(None)).limit(bindparam("limit"))
_RELEASE = update(issuance).where(*_UNSETTLED, issuance.c.batch_key == bindparam("of_key")).values(batch_key=None)
_REJECT = (
    update(issuance)
    .where(*_UNSETTLED, issuance.c.record_id == bindparam("of_record"), issuance.c.attempt == bindparam("of_attempt"))
    .values(rejected=bindparam("new_rejected"))
)
_OPEN_REJECTIONS = select(issuance.c.attempt, issuance.c.rejected).where(
    issuance.c.record_id == bindparam("of_record"), issuance.c.rejected.is_not(None)
)
_CLEAR = (
    update(issuance)
    .where(issuance.c.record_id == bindparam("of_record"), issuance.c.rejected.is_not(None))
    .values(rejected=None, batch_key=None, acknowledged_at=bindparam("new_acknowledged_at", type_=Moment))
)
_OF_RECORD = (
    select(issuance.c.attempt, issuance.c.acknowledged_at, issuance.c.rejected)
    .where(issuance.c.record_id == bindparam("of_record"))
    .order_by(issuance.c.attempt)
)
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

    def due(self, limit: int, but: Collection[Token] = ()) -> tuple[str, list[Issuance]] | None:
        """A record is in a batch once at most: the centre answers by record."""
        if self.undelivered() <= len(but):
            return None
        return self._database.write(lambda change: _due(change, limit, but))

    def refused(self, idempotency_key: str) -> None:
        self._database.write(lambda change: change.execute(_RELEASE, {"of_key": idempotency_key}).close())

    def reject(self, token: Token, reason: str, at: datetime) -> None:

        def mark(change: Change) -> None:
            values = {"of_record": token.record_id, "of_attempt": token.attempt, "new_rejected": reason}
            if change.execute(_REJECT, values).rowcount == 1:
                actor = CENTRE if is_centres_word(reason) else SYSTEM
                change.log.write(_rejection(token.record_id, token.attempt, reason, at, actor))

        self._database.write(mark)

    def resolve_rejection(self, record_id: str, *, again: bool, reason: str, at: datetime, actor: str) -> int:

        def clear(change: Change) -> int:
            rows = change.execute(_OPEN_REJECTIONS, {"of_record": record_id}).all()
            change.execute(_CLEAR, {"of_record": record_id, "new_acknowledged_at": None if again else at})
            event = "issuance_due_again" if again else "issuance_settled"
            for row in rows:
                details = {"attempt": row.attempt, "rejected": row.rejected, "reason": reason}
                change.log.write(Draft(at=at, actor=actor, event=event, record_id=record_id, details=details))
            return len(rows)

        return self._database.write(clear)

    def of(self, record_id: str) -> list[IssuanceRow]:
        with self._database.read() as connection:
            return [IssuanceRow(**row) for row in connection.execute(_OF_RECORD, {"of_record": record_id}).mappings()]

    def acknowledged(self, idempotency_key: str, receipt: Receipt, at: datetime) -> None:
        """What the centre did not mention is sent again. A batch that was booked before stays as it is."""

        def close_batch(change: Change) -> None:
            rows = change.execute(_BATCH, {"of_key": idempotency_key}).all()
            if not rows:
                return
            change.execute(_SETTLE, [_settled(row, idempotency_key, receipt, at) for row in rows])
            change.log.write(*_rejections(rows, receipt, at))

        self._database.write(close_batch)

    def rejected(self) -> list[tuple[str, str]]:
        with self._database.read() as connection:
            return [(row.record_id, row.rejected) for row in connection.execute(_REJECTED)]

    def undelivered(self) -> int:
        with self._database.read() as connection:
            return connection.execute(_COUNT).scalar_one()


def _due(change: Change, limit: int, but: Collection[Token]) -> tuple[str, list[Issuance]] | None:
    key = change.execute(_BATCH_KEY).scalar_one_or_none() or _new_batch(change, limit, but)
    if key is None:
        return None
    return key, [_issuance(row) for row in change.execute(_BATCH, {"of_key": key})]


def _new_batch(change: Change, limit: int, but: Collection[Token]) -> str | None:
    first_of_each: dict[str, Row[tuple[object, ...]]] = {}
    for row in change.execute(_UNBATCHED, {"limit": limit + len(but)}):
        if len(first_of_each) < limit and Token(row.record_id, row.attempt) not in but:
            first_of_each.setdefault(row.record_id, row)
    if not first_of_each:
        return None
    key = uuid.uuid4().hex
    change.execute(
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


def _rejections(rows: Iterable[Row[tuple[object, ...]]], receipt: Receipt, at: datetime) -> Iterable[Draft]:
    for row in rows:
        if row.record_id in receipt.rejected and row.record_id not in receipt.accepted:
            yield _rejection(row.record_id, row.attempt, receipt.rejected[row.record_id], at)


def _rejection(record_id: str, attempt: int, reason: str, at: datetime, actor: str = CENTRE) -> Draft:
    event = "issuance_rejected" if actor == CENTRE else "issuance_unsure"
    return Draft(at=at, actor=actor, event=event, record_id=record_id, details={"attempt": attempt, "reason": reason})


def _issuance(row: Row[tuple[object, ...]]) -> Issuance:
    return Issuance(
        token=Token(row.record_id, row.attempt),
        record_id=row.record_id,
        printed_at=row.printed_at,
        printer=row.printer,
        card_serial=row.card_serial,
    )
