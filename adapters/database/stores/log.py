"""The append-only log."""

import json
from datetime import datetime

from sqlalchemy import Row, bindparam, select

from adapters.database.schema.tables import log
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.log import LogEntry

_AFTER = select(log).where(log.c.sequence > bindparam("after")).order_by(log.c.sequence).limit(bindparam("limit"))
_TOLD = (
    select(log)
    .where(log.c.event == bindparam("event"), log.c.at >= bindparam("start"), log.c.at < bindparam("end"))
    .order_by(log.c.sequence)
)
LAST = select(log).order_by(log.c.sequence.desc()).limit(1)
_OF_RECORD = _AFTER.where(log.c.record_id == bindparam("record_id"))


class SqlLog:
    """The LogStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: str, *, at: datetime, actor: str, record_id: str | None = None, **details: object) -> None:
        """Append one more entry. TypeError when the details are not JSON-able."""
        draft = Draft(at=at, actor=actor, event=event, record_id=record_id, details=details)
        self._database.write(lambda change: change.log.write(draft))

    def entries(self, record_id: str | None = None, after: int = 0, limit: int = 1000) -> list[LogEntry]:
        with self._database.read() as connection:
            if record_id is None:
                rows = connection.execute(_AFTER, {"after": after, "limit": limit})
            else:
                rows = connection.execute(_OF_RECORD, {"after": after, "limit": limit, "record_id": record_id})
            return [_entry(row) for row in rows]

    def events(self, event: str, start: datetime, end: datetime) -> list[LogEntry]:
        with self._database.read() as connection:
            rows = connection.execute(_TOLD, {"event": event, "start": start, "end": end})
            return [_entry(row) for row in rows]

    def last(self) -> LogEntry | None:
        with self._database.read() as connection:
            row = connection.execute(LAST).one_or_none()
            return None if row is None else _entry(row)


def _entry(row: Row[tuple[object, ...]]) -> LogEntry:
    return LogEntry(
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        event=row.event,
        record_id=row.record_id,
        details=json.loads(row.details),
        text=row.details,
        salt=row.salt,
        subject=row.subject,
        commitment=row.commitment,
        hash=row.hash,
    )
