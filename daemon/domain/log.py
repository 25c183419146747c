"""The append-only log. Each entry carries the hash of the one before, so that no past entry can be changed unseen."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

GENESIS = "0" * 64
"""What stands in for the hash before the first entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One event. Details never hold a name or a NIK."""

    sequence: int
    at: datetime
    actor: str
    event: str
    record_id: str | None
    details: Mapping[str, object]
    previous: str
    hash: str


def chain(
    *,
    sequence: int,
    at: datetime,
    actor: str,
    event: str,
    record_id: str | None,
    details: Mapping[str, object],
    previous: str,
) -> LogEntry:
    """The next entry of the log."""
    return LogEntry(
        sequence=sequence,
        at=at,
        actor=actor,
        event=event,
        record_id=record_id,
        details=details,
        previous=previous,
        hash=digest(
            sequence=sequence,
            at=at,
            actor=actor,
            event=event,
            record_id=record_id,
            details=canonical(details),
            previous=previous,
        ),
    )


def is_intact(entry: LogEntry, previous: str) -> bool:
    """Whether this entry is unchanged and follows the entry with that hash."""
    return entry.previous == previous and entry.hash == digest(
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.actor,
        event=entry.event,
        record_id=entry.record_id,
        details=canonical(entry.details),
        previous=previous,
    )


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(details: Mapping[str, object]) -> str:
    """As they are hashed: JSON without spaces, sorted by key. TypeError when they are not JSON-able."""
    return _CANONICAL.encode(details)


def digest(
    *, sequence: int, at: datetime, actor: str, event: str, record_id: str | None, details: str, previous: str
) -> str:
    """SHA-256 over the canonical JSON of all fields of an entry, as a list, and the previous hash. `details` are
    canonical already."""
    record = "null" if record_id is None else _CANONICAL.encode(record_id)
    words = f"{_CANONICAL.encode(actor)},{_CANONICAL.encode(event)},{record}"
    return hashlib.sha256(f'[{sequence},"{_moment(at)}",{words},{details},"{previous}"]'.encode()).hexdigest()


@lru_cache(maxsize=16)
def _moment(at: datetime) -> str:
    """Entries of one change have one."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
