"""Jobs and entries of the log for the domain's tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from daemon.domain.job import Job
from daemon.domain.log import LogEntry, canonical, commitment_to, leaf_of, subject_of
from daemon.domain.merkle import leaf_hash
from daemon.domain.states import State

NOON = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)


def job(state: State, *, attempt: int = 0, central_status: str | None = None, record_id: str = "R-1") -> Job:
    return Job(
        record_id=record_id,
        state=state,
        reason=None,
        since=NOON,
        recorded_at=NOON,
        attempt=attempt,
        printer="card-1" if attempt else None,
        central_status=central_status,
    )


SALT = b"sixteen bytes it"


def logged(
    sequence: int,
    *,
    actor: str = "ani",
    event: str = "held",
    record_id: str | None = None,
    details: Mapping[str, object] | None = None,
    salt: bytes = SALT,
) -> LogEntry:
    """An entry of the log, as it is written."""
    said = dict(details or {})
    entry = LogEntry(
        sequence=sequence,
        at=NOON,
        actor=actor,
        event=event,
        record_id=record_id,
        details=said,
        text=canonical(said),
        salt=salt,
        subject=None if record_id is None else subject_of(SALT, record_id),
        commitment=commitment_to(salt, actor, canonical(said)),
        hash="",
    )
    return replace(entry, hash=leaf_hash(leaf_of(entry)).hex())
