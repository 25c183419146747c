"""The append-only log."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, select

from adapters.database.schema.tables import log
from adapters.database.sql import deferred
from adapters.database.sql.connections import Database
from adapters.database.sql.deferred import Write
from adapters.database.sql.statements import Statement, insertion
from daemon.domain.log import GENESIS, LogEntry, chain

_JSON = json.JSONEncoder(ensure_ascii=False)
_HEAD = Statement(
    select(log.c.sequence, log.c.hash).order_by(log.c.sequence.desc()).limit(1), log.c.sequence, log.c.hash
)
_INSERT = insertion(log, *(column.name for column in log.c))
_AFTER = select(log).where(log.c.sequence > bindparam("after")).order_by(log.c.sequence).limit(bindparam("limit"))
_TOLD = (
    select(log)
    .where(log.c.event == bindparam("event"), log.c.at >= bindparam("start"), log.c.at < bindparam("end"))
    .order_by(log.c.sequence)
)
LAST = select(log).order_by(log.c.sequence.desc()).limit(1)
_OF_RECORD = _AFTER.where(log.c.record_id == bindparam("record_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be logged; its place in the chain comes with writing."""

    at: datetime
    actor: str
    event: str
    record_id: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    """JSON-able; those that are None are left out."""


def write(connection: Connection, drafts: Sequence[Draft]) -> int:
    """Chain them to the log, in this transaction; the sequence of the last."""
    end = deferred.of(connection).sums(connection, _End)
    for draft in drafts:
        end.chain(draft)
    return end.sequence


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the log."""

    sequence: int
    hash: str


def end(connection: Connection) -> Place | None:
    """Where it ends in this transaction, what is not written yet included. None: it is empty."""
    found = deferred.of(connection).sums(connection, _End)
    return Place(found.sequence, found.hash) if found.sequence else None


class _End:
    """Of the log, as it stands in this transaction."""

    table = log.name

    def __init__(self, connection: Connection) -> None:
        newest: tuple[int, str] = _HEAD.one(connection, {}) or (0, GENESIS)
        self.sequence, self.hash = newest
        self._rows: list[dict[str, object]] = []

    def chain(self, draft: Draft) -> None:
        """One more entry."""
        text = _JSON.encode({k: v for k, v in draft.details.items() if v is not None})
        entry = chain(
            sequence=self.sequence + 1,
            at=draft.at,
            actor=draft.actor,
            event=draft.event,
            record_id=draft.record_id,
            # As it will be read again, or the hash would not hold (a tuple comes back as a list).
            details=json.loads(text),
            previous=self.hash,
        )
        self.sequence, self.hash = entry.sequence, entry.hash
        self._rows.append(
            {
                "sequence": entry.sequence,
                "at": entry.at,
                "actor": entry.actor,
                "event": entry.event,
                "record_id": entry.record_id,
                "details": text,
                "previous": entry.previous,
                "hash": entry.hash,
            }
        )

    def due(self) -> Iterator[Write]:
        """The entries since."""
        rows, self._rows = self._rows, []
        return (Write(_INSERT, row) for row in rows)


class SqlLog:
    """The LogStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: str, *, at: datetime, actor: str, record_id: str | None = None, **details: object) -> None:
        """Chain one more entry. TypeError when the details are not JSON-able."""
        draft = Draft(at=at, actor=actor, event=event, record_id=record_id, details=details)
        self._database.write(lambda connection: write(connection, [draft]))

    def entries(self, record_id: str | None = None, after: int = 0, limit: int = 1000) -> list[LogEntry]:
        """In order."""
        with self._database.read() as connection:
            if record_id is None:
                rows = connection.execute(_AFTER, {"after": after, "limit": limit})
            else:
                rows = connection.execute(_OF_RECORD, {"after": after, "limit": limit, "record_id": record_id})
            return [_entry(row) for row in rows]

    def events(self, event: str, start: datetime, end: datetime) -> list[LogEntry]:
        """Every entry of that event in the period, in order."""
        with self._database.read() as connection:
            rows = connection.execute(_TOLD, {"event": event, "start": start, "end": end})
            return [_entry(row) for row in rows]

    def last(self) -> LogEntry | None:
        """The newest."""
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
        previous=row.previous,
        hash=row.hash,
    )
