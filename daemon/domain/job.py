"""A card job and every move it can make. Pure: a job and what happened go in, a Transition comes out.

A Transition is all that one move changes: job, attempt, blanks and log. The store commits it as a whole,
by compare-and-set on (state, since, attempt), or not at all.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, datetime
from enum import StrEnum

from daemon.domain import ledger
from daemon.domain.errors import IllegalMove
from daemon.domain.flaw import Flaw
from daemon.domain.ledger import Movement
from daemon.domain.order import RecordingTimes
from daemon.domain.states import State, check_move
from daemon.domain.token import Token
from daemon.domain.value import value

PRINT_READY = "PRINT_READY_RECORD"
"""The one central status that makes a record ready."""

ELSEWHERE_STATUSES = frozenset({"PRINTED_ELSEWHERE"})
"""Statuses of the centre by which the card was made at another office: any office may print for any resident."""

ELSEWHERE = "printed_elsewhere"
"""Reason of a job whose card was made elsewhere."""

ABSENT = "absent_at_centre"
"""Reason of a job that the office registered and the centre does not know."""

NOT_READY_ANY_MORE = "not_print_ready_any_more"
"""Reason of a job that the centre does not give the card of (409), though its record said print-ready."""

TRY_AGAIN = "try_again"
"""How the reason begins of a job that was set back for something that passes: it is ready again by itself."""

WITHDRAWN = "withdrawn_at_centre"
"""Reason of a job that the centre withdrew (410)."""

SYSTEM = "giliran"
"""The actor of everything that no person did."""

CENTRE = "centre"
"""The actor of what the centre says."""


SAME_NIK = "same_nik"
"""How the reason begins of a job that waits as another record of its NIK gets the card: `same_nik: RECORD`."""


class Fault(StrEnum):
    """What the centre sent of a waiting job and cannot be used, until it sends it anew; so its reason begins, too."""

    RECORD = "bad_record"
    CARD = "bad_card"


_SET_ASIDE = (State.HELD, State.CANCELLED)


class WaitsFor(StrEnum):
    """What ends a job's waiting. The reason beside it is for people: nothing is decided by its text.

    Every waiting job has one. So has a cancelled one that the centre withdrew: CENTRE, which can make it ready again.
    The last two are kept of nobody: rules hold people back who are ready, from one moment to the next.
    """

    CENTRE = "centre"
    """The centre's word that it is print-ready."""
    ABSENT = "absent"
    """The centre's word that it is print-ready, and the centre does not know the record yet."""
    UNUSABLE = "unusable"
    """The centre sends anew what cannot be used (`fault` says what it is)."""
    RETRY = "retry"
    """A few minutes: then it is ready again by itself."""
    PERSON = "person"
    """A person's word alone, whatever the centre says."""
    ELSEWHERE = "elsewhere"
    """Nothing here: the centre says that the card was made elsewhere. Its next word may say otherwise."""
    SHUT = "shut"
    """Of one who is ready: the end of an instruction under which nobody of that class is printed (rules.py)."""
    PRESENCE = "presence"
    """Of one who is ready: that the person checks in, on the day (rules.py)."""


class Verdict(StrEnum):
    """What became of the blank that was committed to an attempt."""

    PRINTED = "printed"
    NO_CARD = "no_card"
    SPOILED = "spoiled"
    IN_DOUBT = "in_doubt"


@value
class Job:
    """One person's card, as it stands in the store."""

    record_id: str
    state: State
    reason: str | None
    since: datetime
    recorded_at: datetime
    attempt: int = 0
    """Cards authorised so far; the number of the open attempt while printing or unconfirmed."""
    printer: str | None = None
    """The printer of the latest attempt."""
    central_status: str | None = None
    """As received from the centre; None while the centre does not know the record."""
    request_class: str | None = None
    nik_ending: str | None = None
    """The last four digits, enough for an operator to tell two cards apart."""
    updated_at: datetime | None = None
    """The centre's time of its latest change that was heard."""
    waits_for: WaitsFor | None = None
    fault: Fault | None = None
    """Of one that waits or is set aside: what the centre sent last and cannot be used. Let go, it waits for this."""
    office_recorded_at: datetime | None = None
    """When it was recorded by the office's own registration; `recorded_at` is what counts for the order."""
    office_document: str | None = None
    """The paper that this comes from."""
    centre_recorded_at: datetime | None = None
    """When it was recorded by the centre's word."""
    lane: str | None = None
    """The lane that the person is in, whether or not there is one of that name now."""
    present_on: date | None = None
    """The day on which the person checked in last."""

    @property
    def times(self) -> RecordingTimes:
        """When it was recorded, as office and centre say."""
        return RecordingTimes(
            office=self.office_recorded_at, document=self.office_document, centre=self.centre_recorded_at
        )

    @property
    def token(self) -> Token:
        """The token of the open (or latest) attempt."""
        return Token(self.record_id, self.attempt)


@value
class Transition:
    """One move of one job, whole: what it needs to find and what it leaves behind."""

    record_id: str
    before: State
    after: State
    since_before: datetime
    """Of the state before: a job that left it and came back meanwhile is another matter."""
    attempt_before: int
    attempt_after: int
    reason: str | None
    at: datetime
    actor: str
    event: str
    """The word under which the log keeps it."""
    happened_at: datetime | None = None
    """Where it is booked later than it came to pass: when that was. The log is written at `at` all the same."""
    printer: str | None = None
    """The printer of the attempt that this opens or closes."""
    verdict: Verdict | None = None
    """Set when this closes an attempt."""
    movements: tuple[Movement, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    waits_for: WaitsFor | None = None
    """Of the state after."""
    fault: Fault | None = None
    """Of the state after."""
    answers: datetime | None = None
    """The centre's change (updated_at) that this answers; a newer one that was heard meanwhile wins. None: any."""

    @property
    def moment(self) -> datetime:
        """When it came to pass: of the job, its attempt, its blank and its card."""
        return self.happened_at or self.at

    @property
    def opens_attempt(self) -> bool:
        """Whether this authorises a card."""
        return self.attempt_after > self.attempt_before


def move(
    job: Job,
    after: State,
    *,
    at: datetime,
    actor: str,
    event: str,
    reason: str | None,
    waits_for: WaitsFor | None = None,
    attempt_after: int | None = None,
    printer: str | None = None,
    verdict: Verdict | None = None,
    movements: tuple[Movement, ...] = (),
    details: Mapping[str, object] | None = None,
) -> Transition:
    """To another state. IllegalMove unless the table of states allows it."""
    check_move(job.state, after)
    return Transition(
        record_id=job.record_id,
        before=job.state,
        after=after,
        since_before=job.since,
        attempt_before=job.attempt,
        attempt_after=job.attempt if attempt_after is None else attempt_after,
        reason=reason,
        at=at,
        actor=actor,
        event=event,
        printer=printer,
        verdict=verdict,
        movements=movements,
        details=details or {},
        waits_for=waits_for,
        fault=job.fault if after in _SET_ASIDE else None,
    )


def wait_on(
    job: Job, waits_for: WaitsFor, *, reason: str, at: datetime, actor: str, event: str, fault: Fault | None = None
) -> Transition:
    """A job that waits goes on waiting, for something else or for another reason. It keeps its place."""
    if job.state is not State.WAITING:
        raise IllegalMove(f"{job.record_id} is {job.state}; only a waiting job waits on")
    return Transition(
        record_id=job.record_id,
        before=job.state,
        after=job.state,
        since_before=job.since,
        attempt_before=job.attempt,
        attempt_after=job.attempt,
        reason=reason,
        at=at,
        actor=actor,
        event=event,
        waits_for=waits_for,
        fault=fault,
    )


def intend(job: Job, *, printer: str, at: datetime, details: Mapping[str, object] | None = None) -> Transition:
    """Authorise one card on this printer and commit a blank from its hopper to it. `details`: why it is its turn."""
    return move(
        job,
        State.PRINTING,
        at=at,
        actor=SYSTEM,
        event="started",
        reason=None,
        attempt_after=job.attempt + 1,
        printer=printer,
        movements=(Movement(quantity=1, credit=ledger.hopper(printer), debit=ledger.IN_PROCESS, reason="print"),),
        details=details,
    )


def conclude(job: Job, verdict: Verdict, *, reason: str | None, at: datetime) -> Transition:
    """Close the open attempt with what is known of the card; the blank goes where the card went."""
    if job.state is not State.PRINTING:
        raise IllegalMove(f"{job.record_id} is {job.state}; only a printing job has an open attempt")
    return _close(job, verdict, reason=reason, at=at, actor=SYSTEM, event=f"attempt_{verdict}")


def confirm(job: Job, verdict: Verdict, *, reason: str, at: datetime, actor: str) -> Transition:
    """A person says what came out of the printer (PRINTED, NO_CARD or SPOILED)."""
    if job.state is not State.UNCONFIRMED:
        raise IllegalMove(f"{job.record_id} is {job.state}; only an unconfirmed job is confirmed")
    return _close(job, verdict, reason=reason, at=at, actor=actor, event="confirmed")


def _close(job: Job, verdict: Verdict, *, reason: str | None, at: datetime, actor: str, event: str) -> Transition:
    assert job.printer is not None, "an open attempt has a printer"
    after, debit = {
        Verdict.PRINTED: (State.PRINTED, ledger.ISSUED),
        Verdict.NO_CARD: (State.READY, ledger.hopper(job.printer)),
        Verdict.SPOILED: (State.READY, ledger.SPOILED),
        Verdict.IN_DOUBT: (State.UNCONFIRMED, None),
    }[verdict]
    blank_reason = "print_spoiled" if verdict is Verdict.SPOILED else verdict.value
    movements = (
        () if debit is None else (Movement(quantity=1, credit=ledger.IN_PROCESS, debit=debit, reason=blank_reason),)
    )
    return move(
        job,
        after,
        at=at,
        actor=actor,
        event=event,
        reason=reason,
        printer=job.printer,
        verdict=verdict,
        movements=movements,
    )


def hold(job: Job, *, reason: str, at: datetime, actor: str) -> Transition:
    """Set the job aside; it keeps its place."""
    return move(job, State.HELD, at=at, actor=actor, event="held", reason=reason)


def release(job: Job, *, at: datetime, actor: str) -> Transition:
    """Put a job back where the centre's word puts it, in its old place: held, cancelled, or waiting for this.

    Who waited for a fault to be mended waits for it again. A card that could not be used is tried once more where that
    is asked of one that waits: it is pulled and examined anew.
    """
    if job.state not in _SET_ASIDE and job.waits_for not in (WaitsFor.UNUSABLE, WaitsFor.PERSON):
        raise IllegalMove(
            f"{job.record_id} is {job.state}; only a job that is held, cancelled or waits for a person is released"
        )
    if job.state is State.WAITING and job.fault is Fault.RECORD:
        raise IllegalMove(f"{job.record_id} waits until the centre sends its record anew ({job.reason})")
    if job.state in _SET_ASIDE and job.fault is not None:
        return _await_mending(job, job.fault, detail=Flaw.AS_BEFORE, at=at, actor=actor, event="released")
    after, reason, waits_for = standing(job.central_status)
    if after is job.state:
        raise IllegalMove(
            f"{job.record_id} is not print-ready at the centre any more ({reason}); release it when it is"
        )
    return move(job, after, at=at, actor=actor, event="released", reason=reason, waits_for=waits_for)


def cancel(job: Job, *, reason: str, at: datetime, actor: str) -> Transition:
    """Withdraw the job; `release` undoes it, and nothing else."""
    return move(job, State.CANCELLED, at=at, actor=actor, event="cancelled", reason=reason)


def reprint(job: Job, *, reason: str, at: datetime, actor: str) -> Transition:
    """Authorise another card for a person who has one (cetak ulang)."""
    if job.state not in (State.PRINTED, State.HANDED_OVER):
        raise IllegalMove(f"{job.record_id} is {job.state}; only a printed card is printed again")
    return move(job, State.READY, at=at, actor=actor, event="reprint", reason=reason)


def hand_over(job: Job, *, at: datetime, actor: str) -> Transition:
    """Record that the citizen has the card."""
    return move(job, State.HANDED_OVER, at=at, actor=actor, event="handed_over", reason=None)


def undo_handover(job: Job, *, reason: str, at: datetime, actor: str) -> Transition:
    """The citizen does not have the card after all: it lies here still."""
    if job.state is not State.HANDED_OVER:
        raise IllegalMove(f"{job.record_id} is {job.state}; only a handover is undone")
    return move(job, State.PRINTED, at=at, actor=actor, event="handover_undone", reason=reason)


def find_refused(job: Job, *, at: datetime) -> Transition:
    """A ready job whose card the centre does not give (409): it waits for the centre, and keeps its place."""
    return _set_back(job, WaitsFor.CENTRE, reason=NOT_READY_ANY_MORE, at=at)


def find_absent(job: Job, *, at: datetime) -> Transition:
    """A ready job that the centre does not know (404): it waits until it does, and keeps its place."""
    return _set_back(job, WaitsFor.ABSENT, reason=ABSENT, at=at)


def set_back(job: Job, *, detail: str, at: datetime) -> Transition:
    """A ready job that cannot be printed now, for something that passes: it is ready again by itself in its place."""
    return _set_back(job, WaitsFor.RETRY, reason=f"{TRY_AGAIN}: {detail}", at=at)


def find_fault(job: Job, fault: Fault, *, detail: str, at: datetime) -> Transition:
    """What the centre sent of a ready job cannot be used: it waits until that is mended, and keeps its place."""
    back = _await_mending(job, fault, detail=detail, at=at, actor=SYSTEM, event="not_ready")
    return replace(back, answers=job.updated_at)


def _set_back(job: Job, waits_for: WaitsFor, *, reason: str, at: datetime) -> Transition:
    back = move(job, State.WAITING, at=at, actor=SYSTEM, event="not_ready", reason=reason, waits_for=waits_for)
    return replace(back, answers=job.updated_at)


def _await_mending(job: Job, fault: Fault, *, detail: str, at: datetime, actor: str, event: str) -> Transition:
    reason = fault_reason(fault, detail)
    back = move(job, State.WAITING, at=at, actor=actor, event=event, reason=reason, waits_for=WaitsFor.UNUSABLE)
    return replace(back, fault=fault)


def fault_reason(fault: Fault, detail: str) -> str:
    """As people are told of it."""
    return f"{fault}: {detail}"


def ready_again(job: Job, *, at: datetime) -> Transition:
    """One that was set back is tried again, in its old place."""
    return move(job, State.READY, at=at, actor=SYSTEM, event="ready", reason=None)


def withdraw(job: Job, *, at: datetime) -> Transition:
    """The centre has withdrawn the record (410), and can make it ready again."""
    return move(
        job,
        State.CANCELLED,
        at=at,
        actor=CENTRE,
        event="withdrawn",
        reason=WITHDRAWN,
        waits_for=WaitsFor.CENTRE,
    )


def await_person(job: Job, *, other: str, at: datetime) -> Transition:
    """A ready job whose NIK gets a first card by another record already: it waits for a person's word (`release`)."""
    reason = f"{SAME_NIK}: {other}"
    return move(job, State.WAITING, at=at, actor=SYSTEM, event="not_ready", reason=reason, waits_for=WaitsFor.PERSON)


def standing(central_status: str | None) -> tuple[State, str | None, WaitsFor | None]:
    """Where the centre's word puts a job that nobody has touched: (state, reason, what it waits for)."""
    if central_status == PRINT_READY:
        return State.READY, None, None
    if central_status is None:
        return State.WAITING, ABSENT, WaitsFor.ABSENT
    if central_status in ELSEWHERE_STATUSES:
        return State.WAITING, ELSEWHERE, WaitsFor.ELSEWHERE
    return State.WAITING, central_status, WaitsFor.CENTRE


def standing_unusable(fault: Fault, problem: str) -> tuple[State, str, WaitsFor]:
    """The same of one of whom the centre sent what cannot be used."""
    return State.WAITING, fault_reason(fault, problem), WaitsFor.UNUSABLE


def waited_for(event: str, actor: str, reason: str) -> WaitsFor:
    """By an entry of the log from before it said so itself: what its reason begins with, unless it is a status."""
    is_status = event == "status_changed" or (event == "not_ready" and actor == CENTRE)
    return WaitsFor.CENTRE if is_status else _BY_WORD.get(reason.partition(": ")[0], WaitsFor.CENTRE)


_BY_WORD: Mapping[str, WaitsFor] = {
    ABSENT: WaitsFor.ABSENT,
    SAME_NIK: WaitsFor.PERSON,
    TRY_AGAIN: WaitsFor.RETRY,
    Fault.RECORD: WaitsFor.UNUSABLE,
    Fault.CARD: WaitsFor.UNUSABLE,
}
