from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain import job as moves
from daemon.domain.errors import IllegalMove
from daemon.domain.hearing import DETAILS, Details, Hearing, Known, Word, hear, hear_unusable, overtaken, turn
from daemon.domain.job import PRINT_READY, Fault, Job, Transition, Verdict, WaitsFor, standing
from daemon.domain.order import RecordingTimes
from daemon.domain.states import State
from tests.unit.daemon.domain.build import NOON, job

AT = NOON + timedelta(days=1)
LIKE_OURS = (
    "try_again",
    "try_again_after_enrolment",
    "try_again: later",
    "bad_fingerprint_quality",
    "bad_record: x",
    "bad_card: x",
    "same_nik",
    "same_nik: R-7",
    "absent_at_centre",
    "not_print_ready_any_more",
    "withdrawn_at_centre",
    "print_ready_record",
)
"""Statuses that a centre may send tomorrow, and that read like a reason of ours."""
STATUSES = st.sampled_from((PRINT_READY, "PROCESSING", "DUPLICATE_RECORD", *LIKE_OURS)) | st.text(max_size=20)
MINUTES = st.integers(0, 9).map(lambda minute: NOON + timedelta(minutes=minute))
DETAILS_SAID = st.builds(
    Details,
    district=st.sampled_from([None, "STABAT", "BINJAI"]),
    village=st.sampled_from([None, "KWALA BINGAI"]),
    request_class=st.sampled_from([None, "first_time", "damaged"]),
    nik_ending=st.sampled_from([None, "0001", "0002"]),
)
WORDS = st.builds(
    Word, recorded_at=MINUTES, details=DETAILS_SAID, status=st.none() | STATUSES, updated_at=st.none() | MINUTES
)
STANDS: st.SearchStrategy[Any] = st.sampled_from(
    [
        *((State.WAITING, waits_for, None) for waits_for in WaitsFor if waits_for is not WaitsFor.UNUSABLE),
        *((State.WAITING, WaitsFor.UNUSABLE, fault) for fault in Fault),
        (State.WAITING, WaitsFor.PERSON, Fault.RECORD),
        *((state, None, fault) for state in (State.HELD, State.CANCELLED) for fault in (None, *Fault)),
        (State.CANCELLED, WaitsFor.CENTRE, None),
        *((state, None, None) for state in (State.READY, State.PRINTING, State.UNCONFIRMED)),
        *((state, None, None) for state in (State.PRINTED, State.HANDED_OVER)),
    ]
)


@st.composite
def jobs(draw: st.DrawFn) -> Known:
    """A job in any state that there is, and what is known of it."""
    state, waits_for, fault = draw(STANDS)
    status = draw(st.none() | STATUSES)
    centre = None if status is None else draw(MINUTES)
    office = draw(MINUTES if centre is None else st.none() | MINUTES)
    times = RecordingTimes(office=office, centre=centre, document=draw(st.sampled_from([None, "470/1"])))
    details = draw(DETAILS_SAID)
    known = replace(
        job(state, attempt=int(state in (State.PRINTING, State.UNCONFIRMED)), central_status=status),
        waits_for=waits_for,
        fault=fault,
        reason="as it was" if state is State.WAITING else None,
        recorded_at=times.counting or NOON,
        office_recorded_at=times.office,
        office_document=times.document,
        centre_recorded_at=times.centre,
        updated_at=None if status is None else draw(st.none() | MINUTES),
        request_class=details.request_class,
        nik_ending=details.nik_ending,
    )
    return Known(job=known, details=details)


def after(known: Known, heard: Hearing) -> Known:
    """As the store carries it out."""
    times = heard.times
    of_job = {name: value for name, value in heard.facts.items() if name in {each.name for each in fields(Job)}}
    now = replace(
        known.job,
        recorded_at=turn(known.job, times),
        office_recorded_at=times.office,
        office_document=times.document,
        centre_recorded_at=times.centre,
        **of_job,  # type: ignore[arg-type]
    )
    of_details = {name: value for name, value in heard.facts.items() if name in DETAILS}
    details = replace(known.details, **of_details)  # type: ignore[arg-type]
    return Known(job=now if heard.transition is None else moved(now, heard.transition), details=details)


def moved(now: Job, move: Transition) -> Job:
    assert (move.before, move.since_before, move.attempt_before) == (now.state, now.since, now.attempt)
    return replace(
        now,
        state=move.after,
        reason=move.reason,
        since=move.moment,
        attempt=move.attempt_after,
        waits_for=move.waits_for,
        fault=move.fault,
    )


def told(known: Known, words: Iterable[Word]) -> Known:
    for word in words:
        known = after(known, hear(known, word, at=AT))
    return known


def first_heard(word: Word) -> Known:
    state, reason, waits_for = standing(word.status)
    new = replace(
        job(state, central_status=word.status),
        reason=reason,
        waits_for=waits_for,
        recorded_at=word.recorded_at,
        centre_recorded_at=word.recorded_at,
        updated_at=word.updated_at,
        request_class=word.details.request_class,
        nik_ending=word.details.nik_ending,
    )
    return Known(job=new, details=word.details)


def is_sound(now: Job) -> bool:
    """A waiting job waits for something, and what cannot be used is what it waits for, or will."""
    if now.state is State.WAITING:
        is_unusable = now.waits_for in (WaitsFor.UNUSABLE, WaitsFor.PERSON) if now.fault else True
        return now.waits_for is not None and is_unusable and (now.waits_for is not WaitsFor.UNUSABLE or bool(now.fault))
    is_withdrawn = now.state is State.CANCELLED and now.waits_for is WaitsFor.CENTRE
    return (is_withdrawn or now.waits_for is None) and (now.state in (State.HELD, State.CANCELLED) or now.fault is None)


@given(jobs(), WORDS)
def test_the_same_word_twice_changes_nothing(known: Known, word: Word) -> None:
    once = after(known, hear(known, word, at=AT))
    again = hear(once, word, at=AT + timedelta(hours=1))
    assert not again.is_news
    assert after(once, again) == once


@given(jobs(), st.text(max_size=9), st.none() | MINUTES)
def test_the_same_unusable_record_twice_changes_nothing(known: Known, problem: str, recorded_at: Any) -> None:
    once = after(known, hear_unusable(known.job, problem, recorded_at=recorded_at, at=AT))
    again = hear_unusable(once.job, problem, recorded_at=recorded_at, at=AT + timedelta(hours=1))
    assert (again.facts, again.transition, after(once, again)) == ({}, None, once)


@given(jobs(), st.lists(WORDS, min_size=1, max_size=6))
def test_a_card_that_is_made_or_under_way_and_what_a_person_set_aside_is_not_moved(
    known: Known, words: list[Word]
) -> None:
    now = told(known, words).job
    withdrawn = known.job.state is State.CANCELLED and known.job.waits_for is WaitsFor.CENTRE
    if known.job.state not in (State.WAITING, State.READY) and not withdrawn:
        assert (now.state, now.attempt, now.since) == (known.job.state, known.job.attempt, known.job.since)
    if known.job.state not in (State.WAITING, State.READY, State.HELD) and not withdrawn:
        assert now.recorded_at == known.job.recorded_at
    if known.job.waits_for is WaitsFor.PERSON:
        assert (now.state, now.waits_for) == (State.WAITING, WaitsFor.PERSON)
    assert is_sound(now)


@given(jobs(), WORDS.filter(lambda word: word.status != PRINT_READY))
def test_no_status_but_one_makes_anybody_ready_whatever_it_reads_like(known: Known, word: Word) -> None:
    heard = hear(known, word, at=AT)
    assert heard.transition is None or heard.transition.after is State.WAITING
    now = after(known, heard).job
    if heard.transition is not None:
        assert (now.waits_for, now.fault, now.reason) == (WaitsFor.CENTRE, None, word.status)


@pytest.mark.parametrize("status", LIKE_OURS)
def test_a_status_that_reads_like_a_reason_of_ours_is_a_status(status: str) -> None:
    word = Word(recorded_at=NOON, details=Details(), status=status, updated_at=None)
    new = first_heard(word).job
    ready = told(first_heard(replace(word, status=PRINT_READY)), [word]).job
    for waiting in (new, ready):
        assert (waiting.state, waiting.waits_for, waiting.fault) == (State.WAITING, WaitsFor.CENTRE, None)
        assert waiting.reason == status
        with pytest.raises(IllegalMove, match="only a job that is held, cancelled or waits for a person"):
            moves.release(waiting, at=AT, actor="ani")


@given(jobs(), st.lists(WORDS, max_size=6))
def test_no_word_of_the_centre_lets_anybody_be_ready_again_by_himself(known: Known, words: list[Word]) -> None:
    now = told(known, words).job
    if known.job.waits_for is not WaitsFor.RETRY:
        assert now.waits_for is not WaitsFor.RETRY


@given(jobs().filter(lambda known: known.job.updated_at is not None), WORDS)
def test_nobody_loses_a_turn_by_a_late_word(known: Known, word: Word) -> None:
    assert known.job.updated_at is not None
    late = replace(word, updated_at=known.job.updated_at - timedelta(seconds=1))
    heard = hear(known, late, at=AT)
    now = after(known, heard)
    assert heard.is_late
    assert heard.outdates_card
    assert now.job.recorded_at <= known.job.recorded_at
    assert now.job.state in (known.job.state, State.READY)
    assert (now.details, now.job.updated_at) == (known.details, known.job.updated_at)


@given(st.lists(WORDS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_words_come_makes_no_difference_in_the_end(words: list[Word], chance: Random) -> None:
    """Where an old word made somebody ready who is not, the centre refuses the card and the job waits again."""
    numbered = [
        replace(
            word,
            status=word.status or "PROCESSING",
            updated_at=NOON + timedelta(hours=number),
            details=Details(district=f"D{number}", nik_ending="0001"),
        )
        for number, word in enumerate(words)
    ]
    shuffled = [*numbered, *chance.choices(numbered, k=3)]
    chance.shuffle(shuffled)
    one, other = told(first_heard(numbered[0]), numbered), told(first_heard(shuffled[0]), shuffled)
    if other.job.state is State.READY and numbered[-1].status != PRINT_READY:
        other = replace(other, job=moved(other.job, moves.find_refused(other.job, at=AT)))
    assert other.details == one.details
    for end in (one.job, other.job):
        assert end.state is (State.READY if numbered[-1].status == PRINT_READY else State.WAITING)
        assert end.waits_for is (None if end.state is State.READY else WaitsFor.CENTRE)
        assert end.recorded_at == min(word.recorded_at for word in words)
        assert end.updated_at == numbered[-1].updated_at


@given(jobs(), st.text(max_size=9), st.none() | MINUTES)
def test_a_record_that_cannot_be_used_makes_nobody_ready_and_keeps_the_place(
    known: Known, problem: str, recorded_at: Any
) -> None:
    heard = hear_unusable(known.job, problem, recorded_at=recorded_at, at=AT)
    now = after(known, heard).job
    assert now.state is (State.WAITING if known.job.state is State.READY else known.job.state)
    assert is_sound(now)
    if known.job.state is State.READY or known.job.waits_for not in (None, WaitsFor.PERSON):
        is_withdrawn = known.job.state is State.CANCELLED
        assert now.waits_for is (WaitsFor.CENTRE if is_withdrawn else WaitsFor.UNUSABLE)
    if now.state in (State.WAITING, State.HELD, State.CANCELLED):
        assert now.fault is Fault.RECORD
    assert (heard.transition is None) or (heard.problem is None)


@given(jobs(), st.text(max_size=9), WORDS)
def test_who_waited_for_a_record_follows_the_centre_when_it_is_sent_anew(
    known: Known, problem: str, word: Word
) -> None:
    bad = after(known, hear_unusable(known.job, problem, recorded_at=None, at=AT))
    mended = told(bad, [replace(word, updated_at=None, status=word.status or PRINT_READY)]).job
    assert mended.fault is None
    if bad.job.waits_for is WaitsFor.UNUSABLE:
        assert (mended.state is State.READY) == ((word.status or PRINT_READY) == PRINT_READY)


def test_what_the_centre_said_while_a_card_was_printing_moves_the_job_when_no_card_was_made() -> None:
    printing = job(State.PRINTING, attempt=1, central_status=PRINT_READY)
    word = Word(recorded_at=NOON, details=Details(), status="DUPLICATE_RECORD", updated_at=None)
    heard = told(Known(job=printing, details=Details()), [word]).job
    assert heard.state is State.PRINTING
    for verdict, state in ((Verdict.NO_CARD, State.WAITING), (Verdict.SPOILED, State.WAITING)):
        ended = moves.conclude(heard, verdict, reason="jam", at=AT)
        back = overtaken(ended, moved(heard, ended))
        assert back is not None
        assert (back.before, back.after, back.reason) == (State.READY, state, "DUPLICATE_RECORD")
    for verdict in (Verdict.PRINTED, Verdict.IN_DOUBT):
        ended = moves.conclude(heard, verdict, reason=None, at=AT)
        assert overtaken(ended, moved(heard, ended)) is None
    freed = moves.release(replace(heard, state=State.HELD, central_status=PRINT_READY), at=AT, actor="ani")
    assert overtaken(freed, replace(moved(replace(heard, state=State.HELD), freed), central_status="X")) is None


@given(DETAILS_SAID, DETAILS_SAID)
def test_the_office_fills_what_is_not_known_and_changes_nothing_else(known: Details, offered: Details) -> None:
    filled = known.filled(offered)
    for name in DETAILS:
        mine, its = getattr(known, name), getattr(offered, name)
        assert filled.get(name) == (its if mine is None else None)
