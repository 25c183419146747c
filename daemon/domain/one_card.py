"""One person, one first card: what becomes of several records of one NIK that each ask for it. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from daemon.domain.job import Job
from daemon.domain.states import State

FIRST_TIME = "first_time"
"""The request class of somebody who has no card yet. A second card of another class is one in place of the first."""

_HAS_OR_GETS_ONE = frozenset({State.READY, State.PRINTING, State.UNCONFIRMED, State.PRINTED, State.HANDED_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Somebody who must wait for a person's word, since the same person gets a card by another record."""

    job: Job
    other: Job


def rivals(same_nik: Iterable[Job]) -> list[Rival]:
    """Of the jobs of one NIK, those that are ready and must not go on by themselves.

    One goes on: who has the card or is at a printer, else the earliest in line. Never two by themselves.
    """
    asking = [job for job in same_nik if job.request_class == FIRST_TIME and job.state in _HAS_OR_GETS_ONE]
    asking.sort(key=lambda job: (job.state is State.READY, job.recorded_at, job.record_id))
    return [Rival(job=job, other=asking[0]) for job in asking[1:] if job.state is State.READY]


def is_to_compare(
    state: State | None, *, class_before: str | None, class_said: str | None, is_same_nik: Callable[[], bool]
) -> bool:
    """Whether this one has to be held against the others of the NIK: who asks for a first card and may be ready now, or
    known by this NIK or class, as was not so before this word.

    `state`, `class_before`: before it; None: nobody knew the record. `is_same_nik`: whether it names the NIK of before.
    """
    if FIRST_TIME not in (class_before, class_said):
        return False
    return state is not State.READY or class_before != FIRST_TIME or not is_same_nik()
