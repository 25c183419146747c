"""Whether a registration of the office can be taken back: as long as nothing has come of it."""

from daemon.domain.job import ABSENT, Job
from daemon.domain.states import State

TAKEN_BACK = "registration_undone"
"""The word under which the log keeps that it is gone."""


def why_it_stays(job: Job) -> str | None:
    """What has come of it; None: nothing, so it can go as if it had never been there."""
    if job.attempt:
        return "a card was started"
    if job.central_status is not None:
        return f"the centre knows it ({job.central_status})"
    if job.state is not State.WAITING or job.reason != ABSENT:
        return f"is {job.state.value}" + (f" ({job.reason})" if job.reason else "")
    return None
