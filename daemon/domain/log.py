"""The append-only log. Each entry carries the hash of the one before, so that no past entry can be changed unseen."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

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
    """The next entry of the log: SHA-256 over the canonical JSON of all its fields and the previous hash."""
    digest = hashlib.sha256(_canonical(sequence, at, actor, event, record_id, details, previous)).hexdigest()
    return LogEntry(
        sequence=sequence,
        at=at,
        actor=actor,
        event=event,
        record_id=record_id,
        details=details,
        previous=previous,
        hash=digest,
    )


def is_intact(entry: LogEntry, previous: str) -> bool:
    """Whether this entry is unchanged and follows the entry with that hash."""
    digest = hashlib.sha256(
        _canonical(entry.sequence, entry.at, entry.actor, entry.event, entry.record_id, entry.details, previous)
    ).hexdigest()
    return entry.previous == previous and entry.hash == digest


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _canonical(
    sequence: int,
    at: datetime,
    actor: str,
    event: str,
    record_id: str | None,
    details: Mapping[str, object],
    previous: str,
) -> bytes:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [sequence, moment, actor, event, record_id, details, previous]
    return _CANONICAL.encode(fields).encode()
