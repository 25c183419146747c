from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain import job as moves
from daemon.domain.errors import IllegalMove
from daemon.domain.hearing import follow
from daemon.domain.job import ABSENT, PRINT_READY, Job, Transition, Verdict
from daemon.domain.states import State
from tests.unit.daemon.domain.build import NOON, job


def test_a_card_is_authorised_with_its_blank() -> None:
    intent = moves.intend(job(State.READY, attempt=2), printer="card-2", at=NOON)
    assert (intent.before, intent.after, intent.attempt_after) == (State.READY, State.PRINTING, 3)
    assert intent.opens_attempt
    assert [(entry.credit, entry.debit, entry.quantity) for entry in intent.movements] == [
        ("hopper:card-2", "in_process", 1)
    ]


@pytest.mark.parametrize(
    ("verdict", "after", "debits"),
    [
        (Verdict.PRINTED, State.PRINTED, ["issued"]),
        (Verdict.NO_CARD, State.READY, ["hopper:card-1"]),
        (Verdict.SPOILED, State.READY, ["spoiled"]),
        (Verdict.IN_DOUBT, State.UNCONFIRMED, []),
    ],
)
def test_the_blank_goes_where_the_card_went(verdict: Verdict, after: State, debits: list[str]) -> None:
    outcome = moves.conclude(job(State.PRINTING, attempt=1), verdict, reason=None, at=NOON)
    assert outcome.after is after
    assert [entry.debit for entry in outcome.movements] == debits
    assert all(entry.credit == "in_process" for entry in outcome.movements)


def test_a_person_settles_a_doubt_once() -> None:
    doubt = job(State.UNCONFIRMED, attempt=1)
    assert moves.confirm(doubt, Verdict.PRINTED, reason="seen", at=NOON, actor="ani").after is State.PRINTED
    assert moves.confirm(doubt, Verdict.NO_CARD, reason="seen", at=NOON, actor="ani").after is State.READY
    with pytest.raises(IllegalMove, match="only an unconfirmed job"):
        moves.confirm(job(State.PRINTED, attempt=1), Verdict.NO_CARD, reason="x", at=NOON, actor="ani")


def test_a_held_job_returns_to_where_the_centre_puts_it() -> None:
    assert moves.release(job(State.HELD, central_status=PRINT_READY), at=NOON, actor="ani").after is State.READY
    waiting = moves.release(job(State.HELD, central_status="SENT_FOR_ENROLLMENT"), at=NOON, actor="ani")
    assert (waiting.after, waiting.reason) == (State.WAITING, "SENT_FOR_ENROLLMENT")
    assert moves.release(job(State.HELD), at=NOON, actor="ani").reason == ABSENT


@given(st.sampled_from(State), st.text(max_size=30))
def test_the_centre_s_word_never_touches_a_card_in_hand(state: State, status: str) -> None:
    heard = follow(job(state, attempt=1), status, at=NOON)
    if state not in (State.WAITING, State.READY):
        assert heard is None
    elif heard is not None:
        assert (heard.after is State.READY) == (status == PRINT_READY)


EVERY_MOVE: list[Callable[[Job], Transition]] = [
    lambda j: moves.intend(j, printer="card-1", at=NOON),
    lambda j: moves.conclude(j, Verdict.PRINTED, reason=None, at=NOON),
    lambda j: moves.conclude(j, Verdict.NO_CARD, reason=None, at=NOON),
    lambda j: moves.conclude(j, Verdict.IN_DOUBT, reason=None, at=NOON),
    lambda j: moves.confirm(j, Verdict.PRINTED, reason="r", at=NOON, actor="a"),
    lambda j: moves.confirm(j, Verdict.SPOILED, reason="r", at=NOON, actor="a"),
    lambda j: moves.hold(j, reason="r", at=NOON, actor="a"),
    lambda j: moves.release(j, at=NOON, actor="a"),
    lambda j: moves.cancel(j, reason="r", at=NOON, actor="a"),
    lambda j: moves.reprint(j, reason="r", at=NOON, actor="a"),
    lambda j: moves.hand_over(j, at=NOON, actor="a"),
    lambda j: moves.withdraw(j, at=NOON),
]


@given(st.lists(st.sampled_from(EVERY_MOVE), max_size=60))
def test_no_sequence_of_moves_makes_two_cards_on_one_authorisation(sequence: list[Callable[[Job], Transition]]) -> None:
    current = job(State.READY, central_status=PRINT_READY)
    cards: list[int] = []
    in_process = 0
    for move in sequence:
        try:
            step = move(current)
        except IllegalMove:
            continue
        assert step.before is current.state
        assert step.after in current.state.leaves_to
        in_process += sum((m.debit == "in_process") - (m.credit == "in_process") for m in step.movements)
        if step.verdict is Verdict.PRINTED:
            cards.append(current.attempt)
        current = replace(
            current, state=step.after, attempt=step.attempt_after, printer=step.printer or current.printer
        )
        assert in_process == (current.state in (State.PRINTING, State.UNCONFIRMED))
    assert len(cards) == len(set(cards)), "one card at most for each authorised attempt"
