"""Whether what an import of the office's registrations brought can be taken back: as long as nothing has come of it."""

from daemon.domain.job import Job, WaitsFor
from daemon.domain.states import State

TAKEN_BACK = "registration_undone"
"""The word under which the log keeps that it is gone."""
_STARTED = "a card was started"


def why_it_stays(job: Job) -> str | None:
    """What has come of it; None: nothing, so it can go as if it had never been there."""
    if job.attempt:
        return _STARTED
    if job.central_status is not None:
        return f"the centre knows it ({job.central_status})"
    if job.waits_for is not WaitsFor.ABSENT:
        return _standing(job)
    return None


def why_its_time_stays(job: Job, attempt_before: int) -> str | None:
    """What has come of the time that a paper gave it; None: nothing, so it can have the one back that it had before.

    `attempt_before`: as it was when the paper came. What a card before that came to was not the paper's doing.
    """
    if job.attempt > attempt_before:
        return _STARTED
    return _standing(job) if job.state is State.CANCELLED else None


def _standing(job: Job) -> str:
    return f"is {job.state.value}" + (f" ({job.reason})" if job.reason else "")
