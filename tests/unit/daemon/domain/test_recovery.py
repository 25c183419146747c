from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.job import Verdict
from daemon.domain.recovery import Action, Mark, MarkKind, SpoolState, judge, plain_reasons, recover

MARKS = st.builds(
    Mark,
    kind=st.sampled_from([kind for kind in MarkKind if kind is not MarkKind.ENDED]),
) | st.builds(
    Mark,
    kind=st.just(MarkKind.ENDED),
    exit_status=st.integers(-64, 255),
    reasons=st.frozensets(
        st.sampled_from(["media-empty", "media-jam", "marker-supply-low", "timed-out", "connection-broken-off"])
    ),
    before=st.frozensets(st.sampled_from(["media-empty", "media-jam", "cover-open"])),
    took=st.sampled_from([0, 1, 9]),
    size=st.just(9),
    stopped=st.booleans(),
    job_state=st.sampled_from([None, "completed", "aborted", "canceled", "processing", "pending-held", "unknown"]),
)


def ended(exit_status: int, *reasons: str) -> Mark:
    """Of a backend that read everything, its reasons from before that."""
    return Mark(
        kind=MarkKind.ENDED,
        exit_status=exit_status,
        reasons=frozenset(reasons),
        before=frozenset(reasons),
        took=9,
        size=9,
    )


@given(MARKS, st.sampled_from(SpoolState))
def test_nothing_is_printed_again_unless_it_is_known_that_no_card_was_made(mark: Mark, spool: SpoolState) -> None:
    for judgement in (judge(mark, spool), recover(mark, spool)):
        if judgement.verdict in (Verdict.NO_CARD, Verdict.SPOILED):
            assert mark.kind is MarkKind.VOIDED or (
                mark.kind is MarkKind.ENDED and (mark.took == 0 or (mark.exit_status != 0 and mark.before))
            )


@given(MARKS, st.sampled_from(SpoolState))
def test_a_guarded_success_needs_the_end_mark(mark: Mark, spool: SpoolState) -> None:
    for judgement in (judge(mark, spool), recover(mark, spool)):
        if judgement.verdict is Verdict.PRINTED and mark.kind is not MarkKind.UNGUARDED:
            assert mark.kind is MarkKind.ENDED
            assert mark.exit_status == 0
            assert mark.took == mark.size
            assert not mark.stopped
            assert mark.job_state in (None, "completed")
            assert not mark.reasons & {"timed-out", "connection-broken-off"}


@given(st.sampled_from(SpoolState))
def test_recovery_voids_before_it_believes_anything(spool: SpoolState) -> None:
    assert recover(Mark(kind=MarkKind.ABSENT), spool).action is Action.VOID


@given(st.sampled_from(SpoolState))
def test_a_living_guard_is_watched_whatever_cups_says(spool: SpoolState) -> None:
    assert judge(Mark(kind=MarkKind.RUNNING), spool).action is Action.WATCH


@given(st.sampled_from(SpoolState))
def test_a_guard_that_died_leaves_the_question_to_a_person(spool: SpoolState) -> None:
    assert judge(Mark(kind=MarkKind.TORN), spool).verdict is Verdict.IN_DOUBT


@pytest.mark.parametrize("reason", ["media-empty", "cover-open", "marker-supply-empty"])
def test_a_printer_that_refused_to_start_made_no_card(reason: str) -> None:
    assert judge(ended(1, reason), SpoolState.ABORTED).verdict is Verdict.NO_CARD


def test_a_jam_leaves_the_question_to_a_person_even_with_an_empty_hopper() -> None:
    assert judge(ended(1, "media-jam"), SpoolState.ABORTED).verdict is Verdict.IN_DOUBT
    assert judge(ended(1, "media-jam", "media-empty"), SpoolState.ABORTED).verdict is Verdict.IN_DOUBT


def test_a_backend_that_took_nothing_made_no_card_whatever_it_says() -> None:
    refused = Mark(kind=MarkKind.ENDED, exit_status=1, reasons=frozenset({"media-jam"}), took=0)
    assert judge(refused, SpoolState.ABORTED).verdict is Verdict.NO_CARD


@pytest.mark.parametrize("status", [0, 1, -9, -15])
def test_what_read_nothing_printed_nothing_however_it_ended(status: int) -> None:
    assert judge(replace(ended(status), took=0), SpoolState.COMPLETED).verdict is Verdict.NO_CARD


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"took": 5}, "backend exit 0, it read 5 of 9 bytes"),
        ({"stopped": True}, "backend exit 0, it was told to stop"),
        ({"job_state": "aborted"}, "backend exit 0, the printer says that its job is aborted"),
        ({"job_state": "canceled"}, "backend exit 0, the printer says that its job is canceled"),
        ({"job_state": "processing"}, "backend exit 0, the printer says that its job is processing"),
        (
            {"job_state": "completed", "reasons": frozenset({"cups-ipp-missing-job-history"})},
            "cups-ipp-missing-job-history, backend exit 0, the printer knows nothing of its job any more",
        ),
        ({"job_state": "unknown"}, "backend exit 0, the printer did not say what became of its job"),
        (
            {"reasons": frozenset({"connection-broken-off"})},
            "connection-broken-off, backend exit 0, the printer broke the connection off",
        ),
        ({"reasons": frozenset({"timed-out"})}, "timed-out, backend exit 0, the printer did not answer"),
    ],
)
def test_a_success_that_may_be_none_is_a_question(change: dict[str, object], why: str) -> None:
    judgement = judge(replace(ended(0), **change), SpoolState.COMPLETED)  # type: ignore[arg-type]
    assert (judgement.verdict, judgement.reason) == (Verdict.IN_DOUBT, why)


def test_a_printer_that_complains_after_it_has_the_data_may_have_made_the_card() -> None:
    late = replace(ended(1, "offline", "media-empty"), before=frozenset())
    assert judge(late, SpoolState.ABORTED).verdict is Verdict.IN_DOUBT


def test_a_document_of_which_the_filters_make_nothing_is_no_card_and_at_fault() -> None:
    mark = replace(ended(1, "document-unprintable"), took=0, size=0, why="no page")
    assert mark.document_is_at_fault
    judgement = judge(mark, SpoolState.PROCESSING)
    assert (judgement.verdict, judgement.reason) == (Verdict.NO_CARD, "no page")


def test_what_other_hands_wrote_is_a_question() -> None:
    for spool in SpoolState:
        assert recover(Mark(kind=MarkKind.FORGED), spool).verdict is Verdict.IN_DOUBT


def test_a_backend_killed_by_a_signal_is_a_doubt_though_cups_calls_it_completed() -> None:
    judgement = judge(ended(-9), SpoolState.COMPLETED)
    assert judgement.verdict is Verdict.IN_DOUBT
    assert judgement.reason == "backend killed by signal 9"


@pytest.mark.parametrize("spool", SpoolState)
def test_a_success_is_a_card_whatever_cups_made_of_its_job(spool: SpoolState) -> None:
    """It may not have seen the end yet, or abort the job for want of its document."""
    assert judge(ended(0), spool).verdict is Verdict.PRINTED


def test_the_end_mark_is_enough_when_cups_has_forgotten() -> None:
    assert recover(ended(0), SpoolState.GONE).verdict is Verdict.PRINTED
    assert recover(ended(0), SpoolState.HELD).verdict is Verdict.PRINTED


def test_a_job_that_cups_finished_without_the_guard_is_taken_back() -> None:
    for spool in (SpoolState.COMPLETED, SpoolState.ABORTED, SpoolState.HELD, SpoolState.GONE, SpoolState.STOPPED):
        assert judge(Mark(kind=MarkKind.ABSENT), spool).action is Action.VOID


@given(st.sampled_from(SpoolState))
def test_without_a_guard_every_doubt_is_a_person_s(spool: SpoolState) -> None:
    judgement = recover(Mark(kind=MarkKind.UNGUARDED), spool)
    if judgement.action is Action.CONCLUDE and spool is not SpoolState.COMPLETED:
        assert judgement.verdict is Verdict.IN_DOUBT


@given(st.sampled_from([spool for spool in SpoolState if spool is not SpoolState.UNREACHABLE]))
def test_without_a_guard_a_cups_that_was_gone_is_not_believed(spool: SpoolState) -> None:
    assert recover(Mark(kind=MarkKind.UNGUARDED), spool, cups_was_absent=True).verdict is Verdict.IN_DOUBT


def test_reasons_are_facts_without_their_severity() -> None:
    assert plain_reasons(["media-empty-error", "marker-supply-low-warning", "none", "paused"]) == {
        "media-empty",
        "marker-supply-low",
        "paused",
    }
