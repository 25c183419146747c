from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.job import Job
from daemon.domain.one_card import FIRST_TIME, is_to_compare, rivals
from daemon.domain.states import State
from tests.unit.daemon.domain.build import NOON

HAS_OR_GETS_ONE = {State.READY, State.PRINTING, State.UNCONFIRMED, State.PRINTED, State.HANDED_OVER}


def job(number: int, state: State, request_class: str | None, minute: int) -> Job:
    recorded_at = NOON + timedelta(minutes=minute)
    return Job(
        record_id=f"R-{number}", state=state, reason=None, since=NOON, recorded_at=recorded_at,
        request_class=request_class,
    )  # fmt: skip


JOBS = st.lists(
    st.tuples(st.sampled_from(State), st.sampled_from([FIRST_TIME, "damaged", None]), st.integers(0, 3)), max_size=6
).map(lambda rows: [job(number, *row) for number, row in enumerate(rows)])


@given(JOBS)
def test_of_all_who_ask_for_a_first_card_by_one_nik_one_goes_on(jobs: list[Job]) -> None:
    asking = [job for job in jobs if job.request_class == FIRST_TIME and job.state in HAS_OR_GETS_ONE]
    waiting = {rival.job.record_id for rival in rivals(jobs)}
    assert waiting <= {job.record_id for job in asking if job.state is State.READY}
    going_on = [job for job in asking if job.record_id not in waiting]
    made_or_under_way = [job for job in going_on if job.state is not State.READY]
    assert len(going_on) == max(len(made_or_under_way), min(1, len(asking)))


@given(JOBS, st.randoms(use_true_random=False))
def test_who_goes_on_does_not_depend_on_the_order_in_which_they_came(jobs: list[Job], chance: object) -> None:
    shuffled = list(jobs)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {rival.job.record_id for rival in rivals(shuffled)} == {rival.job.record_id for rival in rivals(jobs)}


@given(JOBS)
def test_among_those_who_are_ready_the_earliest_goes_on(jobs: list[Job]) -> None:
    for rival in rivals(jobs):
        if rival.other.state is State.READY:
            assert (rival.other.recorded_at, rival.other.record_id) < (rival.job.recorded_at, rival.job.record_id)


@pytest.mark.parametrize(
    ("state", "before", "said", "same_nik", "is_compared"),
    [
        (None, None, FIRST_TIME, False, True),
        (None, None, "damaged", False, False),
        (State.READY, FIRST_TIME, FIRST_TIME, True, False),
        (State.READY, FIRST_TIME, FIRST_TIME, False, True),
        (State.READY, "damaged", FIRST_TIME, True, True),
        (State.READY, "damaged", "damaged", False, False),
        (State.WAITING, FIRST_TIME, None, True, True),
        (State.WAITING, None, None, False, False),
    ],
)
def test_compared_is_who_may_be_ready_now_or_has_another_nik_or_class(
    state: State | None, before: str | None, said: str | None, same_nik: bool, is_compared: bool
) -> None:
    found = is_to_compare(state, class_before=before, class_said=said, is_same_nik=lambda: same_nik)
    assert found is is_compared
