"""What a word of the centre means for a job: what is known of its record by now, and where its card stands. Pure.

Whatever comes, in whatever order and however often: a job that a card was started for, or that a person has set aside,
is not moved; nobody is ready but by PRINT_READY; nobody's place is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from daemon.domain.job import (
    CENTRE,
    PRINT_READY,
    Fault,
    Job,
    Transition,
    WaitsFor,
    fault_reason,
    find_fault,
    move,
    standing,
    wait_on,
)
from daemon.domain.order import RecordingTimes
from daemon.domain.states import State

_TURN_MAY_CHANGE = frozenset({State.WAITING, State.READY, State.HELD})
"""Whoever has a card, or is getting one, was served by the turn that he had."""
_BEFORE_A_CARD = frozenset({State.WAITING, State.HELD, State.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What centre or office say of a record beside its status. None: nothing."""

    district: str | None = None
    village: str | None = None
    request_class: str | None = None
    nik_ending: str | None = None

    def corrected(self, word: "Details") -> dict[str, object]:
        """What the word says otherwise, by name."""
        said = ((name, getattr(word, name)) for name in DETAILS)
        return {name: value for name, value in said if value not in (None, getattr(self, name))}

    def filled(self, word: "Details") -> dict[str, object]:
        """What the word says and nothing is known of yet, by name."""
        return {name: value for name, value in self.corrected(word).items() if getattr(self, name) is None}


DETAILS = tuple(each.name for each in fields(Details))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A job, and what is known of its record."""

    job: Job
    details: Details


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the centre says of a record."""

    recorded_at: datetime
    details: Details
    status: str | None
    updated_at: datetime | None
    """By the centre's clock: one from before what is known is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What is new by a word. The store writes `facts`, then makes the move."""

    times: RecordingTimes
    """When it was recorded, as is known by now."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """Fields of the job (not its state: that is a move) and of its details that have another value by now."""
    transition: Transition | None = None
    is_late: bool = False
    """The person in it may have been corrected since."""
    outdates_card: bool = False
    """What was pulled ahead may show what is no longer so."""
    problem: str | None = None
    """What is wrong with it, where it moves nobody and so stands in no move."""

    @property
    def is_news(self) -> bool:
        """Whether it says anything new, but for the recording time."""
        return bool(self.facts) or self.transition is not None


def hear(known: Known, word: Word, *, at: datetime) -> Hearing:
    """The centre's word on a record that is known."""
    job = known.job
    times = job.times.heard(word.recorded_at)
    if word.updated_at is not None and job.updated_at is not None and word.updated_at < job.updated_at:
        return _hear_late(job, word, times, at)
    facts = known.details.corrected(word.details)
    if word.status not in (None, job.central_status):
        facts["central_status"] = word.status
    if word.updated_at not in (None, job.updated_at):
        facts["updated_at"] = word.updated_at
    if word.status is None:
        return Hearing(times=times, facts=facts, outdates_card=bool(facts))
    return Hearing(
        times=times,
        facts={**facts, **_mended(job)},
        transition=_follow(job, word.status, at),
        outdates_card=bool(facts),
    )


def _hear_late(job: Job, word: Word, times: RecordingTimes, at: datetime) -> Hearing:
    """A word from before one that is known: nobody loses a turn by it, but the centre is asked again for the card.

    So the order in which pages come makes no difference in the end. And where it is the centre's clocks that differ,
    a record that it made ready is never left waiting.
    """
    if word.status != PRINT_READY:
        return Hearing(times=times, is_late=True, outdates_card=True)
    facts = {} if job.central_status == PRINT_READY else {"central_status": PRINT_READY}
    return Hearing(
        times=times,
        facts={**facts, **_mended(job)},
        transition=_follow(job, PRINT_READY, at),
        is_late=True,
        outdates_card=True,
    )


def hear_unusable(job: Job, problem: str, *, recorded_at: datetime | None, at: datetime) -> Hearing:
    """The centre sent a record that cannot be used: who is ready or waits for the centre waits until it is mended.

    Who waits for a person or is set aside goes on doing so, and waits for it after that.
    """
    times = job.times if recorded_at is None else job.times.heard(recorded_at)
    if job.state is State.READY:
        return Hearing(times=times, transition=find_fault(job, Fault.RECORD, detail=problem, at=at))
    if _heeds_centre(job):
        reason = fault_reason(Fault.RECORD, problem)
        if job.fault is Fault.RECORD and job.reason == reason:
            return Hearing(times=times)
        waiting = wait_on(
            job, WaitsFor.UNUSABLE, reason=reason, at=at, actor=CENTRE, event=Fault.RECORD, fault=Fault.RECORD
        )
        return Hearing(times=times, transition=waiting)
    is_kept = job.state in _BEFORE_A_CARD and job.fault is not Fault.RECORD
    return Hearing(times=times, facts={"fault": Fault.RECORD} if is_kept else {}, problem=problem)


def overtaken(transition: Transition, moved: Job) -> Transition | None:
    """The move that follows at once on that one, where an attempt made no card: to where the centre's status puts the
    job by now. What the centre said while it was printing could not move it then."""
    if transition.verdict is None or moved.state is not State.READY or moved.central_status is None:
        return None
    return follow(moved, moved.central_status, at=transition.at)


def follow(job: Job, central_status: str, *, at: datetime) -> Transition | None:
    """The move to the state that this status of the centre puts the job in; None: it is there, or is not moved by it.

    What the centre withdrew it can make ready again, in its old place; what a person withdrew it cannot.
    """
    if job.state is State.CANCELLED and job.waits_for is WaitsFor.CENTRE and central_status == PRINT_READY:
        return move(job, State.READY, at=at, actor=CENTRE, event="ready", reason=None)
    if job.state is not State.READY and not _heeds_centre(job):
        return None
    after, reason, waits_for = standing(central_status)
    if after is job.state:
        return None
    event = "ready" if after is State.READY else "not_ready"
    return move(job, after, at=at, actor=CENTRE, event=event, reason=reason, waits_for=waits_for)


def turn(job: Job, times: RecordingTimes) -> datetime:
    """The time that its place in line goes by, when this is known of its recording."""
    return times.counting or job.recorded_at if job.state in _TURN_MAY_CHANGE else job.recorded_at


def _follow(job: Job, status: str, at: datetime) -> Transition | None:
    """So, or the reason of a waiting job is kept in step with the status."""
    moved = follow(job, status, at=at)
    is_same = status == job.central_status and job.fault is not Fault.RECORD
    if moved is not None or is_same or not _heeds_centre(job):
        return moved
    _, reason, waits_for = standing(status)
    assert reason is not None, "it goes on waiting"
    assert waits_for is not None, "it goes on waiting"
    return wait_on(job, waits_for, reason=reason, at=at, actor=CENTRE, event="status_changed")


def _mended(job: Job) -> dict[str, object]:
    """What could not be used was sent anew. A move says so itself."""
    return {} if job.fault is None or _heeds_centre(job) else {"fault": None}


def _heeds_centre(job: Job) -> bool:
    """Whether it waits, and what the centre says can end that."""
    return job.state is State.WAITING and job.waits_for is not WaitsFor.PERSON
