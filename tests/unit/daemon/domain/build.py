"""Jobs for the domain's tests."""

from datetime import UTC, datetime

from daemon.domain.job import Job
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
