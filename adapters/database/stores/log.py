"""The append-only log."""

import json
from datetime import datetime

from sqlalchemy import select

from adapters.database.schema.tables import log
from adapters.database.sql.columns import EPOCH, micros, moment
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.statement import Statement
from daemon.domain.log import LogEntry

_ENTRIES = "SELECT sequence, at, actor, event, record_id, details, salt, subject, commitment, hash FROM log"
AFTER = Statement(f"{_ENTRIES} WHERE sequence > ? ORDER BY sequence LIMIT ?")
OF_RECORD = Statement(f"{_ENTRIES} WHERE record_id = ? AND sequence > ? ORDER BY sequence LIMIT ?")
OF_EVENT = Statement(f"{_ENTRIES} WHERE event = ? AND at >= ? AND at < ? ORDER BY sequence")
NEWEST = Statement(f"{_ENTRIES} ORDER BY sequence DESC LIMIT 1")
LAST = select(log).order_by(log.c.sequence.desc()).limit(1)
_DETAILS = json.JSONDecoder()


class SqlLog:
    """The LogStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: str, *, at: datetime, actor: str, record_id: str | None = None, **details: object) -> None:
        """Append one more entry. TypeError when the details are not JSON-able."""
        draft = Draft(at=at, actor=actor, event=event, record_id=record_id, details=details)
        self._database.write(lambda change: change.log.write(draft))

    def entries(self, record_id: str | None = None, after: int = 0, limit: int = 1000) -> list[LogEntry]:
        rows = (
            self._database.rows(AFTER, (after, limit))
            if record_id is None
            else self._database.rows(OF_RECORD, (record_id, after, limit))
        )
        return [_entry(*row) for row in rows]

    def events(self, event: str, start: datetime, end: datetime) -> list[LogEntry]:
        return [_entry(*row) for row in self._database.rows(OF_EVENT, (event, micros(start), micros(end)))]

    def last(self) -> LogEntry | None:
        row = next(iter(self._database.rows(NEWEST)), None)
        return None if row is None else _entry(*row)


def _entry(
    sequence: int,
    at: int,
    actor: str,
    event: str,
    record_id: str | None,
    details: str,
    salt: bytes | None,
    subject: bytes | None,
    commitment: bytes,
    digest: str,
) -> LogEntry:
    """One that cannot be read, which somebody else wrote, has no details, and its hash is not that of its leaf."""
    try:
        when, said = moment(at), _DETAILS.decode(details)
    except (ValueError, OverflowError):
        when, said = EPOCH, {}
    return LogEntry(
        sequence=sequence,
        at=when,
        actor=actor,
        event=event,
        record_id=record_id,
        details=said if isinstance(said, dict) else {},
        text=details,
        salt=salt,
        subject=subject,
        commitment=commitment,
        hash=digest,
    )
