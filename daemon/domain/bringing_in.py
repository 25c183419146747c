"""Bringing in a card that a database has forgotten: the moves that book it, with its blank, as it was."""

from dataclasses import replace
from datetime import datetime

from daemon.domain import job as moves
from daemon.domain.errors import IllegalMove
from daemon.domain.job import PRINT_READY, Job, Transition, Verdict
from daemon.domain.states import State

EVENT = "brought_in"
"""Under which the log keeps both moves."""


def make_ready(job: Job, *, reason: str, at: datetime, actor: str) -> Transition | None:
    """What has to come first; None: it is ready. IllegalMove while an attempt that is known is open: settle that."""
    match job.state:
        case State.READY:
            return None
        case State.PRINTING | State.UNCONFIRMED:
            raise IllegalMove(f"{job.record_id} is {job.state}; settle that card first")
        case State.PRINTED | State.HANDED_OVER:
            return moves.reprint(job, reason=reason, at=at, actor=actor)
        case _:
            ready = replace(job, central_status=PRINT_READY)
            return (
                replace(moves.release(ready, at=at, actor=actor), event=EVENT)
                if _is_set_aside(job)
                else _heard(ready, at)
            )


def start(job: Job, *, printer: str, reason: str, at: datetime, actor: str) -> Transition:
    """The attempt at that card, with a blank."""
    return replace(moves.intend(job, printer=printer, at=at), event=EVENT, actor=actor, details={"why": reason})


def end(job: Job, verdict: Verdict, *, reason: str, at: datetime, actor: str) -> Transition:
    """What became of it."""
    return replace(moves.conclude(job, verdict, reason=reason, at=at), event=EVENT, actor=actor)


def _is_set_aside(job: Job) -> bool:
    return job.state in (State.HELD, State.CANCELLED) or job.ends_by is not None


def _heard(job: Job, at: datetime) -> Transition | None:
    return moves.hear(job, PRINT_READY, at=at)
