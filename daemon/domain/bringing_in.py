"""Bringing in a card that a database has forgotten: the moves that book it, with its blank, as it was."""

from dataclasses import replace
from datetime import datetime

from daemon.domain import job as moves
from daemon.domain.errors import IllegalMove
from daemon.domain.hearing import follow
from daemon.domain.job import PRINT_READY, Job, Transition, Verdict, WaitsFor
from daemon.domain.states import State

EVENT = "brought_in"
"""Under which the log keeps both moves."""


def make_ready(job: Job, *, reason: str, at: datetime, actor: str) -> Transition | None:
    """What has to come first; None: it is ready. IllegalMove while a known attempt is open: conclude that."""
    match job.state:
        case State.READY:
            return None
        case State.PRINTING | State.UNCONFIRMED:
            raise IllegalMove(f"{job.record_id} is {job.state}; say first what became of that card")
        case State.PRINTED | State.HANDED_OVER:
            return moves.reprint(job, reason=reason, at=at, actor=actor)
        case _:
            ready = replace(job, central_status=PRINT_READY, fault=None)
            if job.state is State.WAITING and job.waits_for is not WaitsFor.PERSON:
                return follow(ready, PRINT_READY, at=at)
            return replace(moves.release(ready, at=at, actor=actor), event=EVENT)


def start(
    job: Job, *, printer: str, reason: str, at: datetime, actor: str, happened_at: datetime | None = None
) -> Transition:
    """The attempt at that card, with a blank; at that time, where it is known."""
    intended = moves.intend(job, printer=printer, at=at)
    return replace(intended, event=EVENT, actor=actor, details={"why": reason}, happened_at=happened_at)


def end(
    job: Job, verdict: Verdict, *, reason: str, at: datetime, actor: str, happened_at: datetime | None = None
) -> Transition:
    """What became of it."""
    concluded = moves.conclude(job, verdict, reason=reason, at=at)
    return replace(concluded, event=EVENT, actor=actor, happened_at=happened_at)
