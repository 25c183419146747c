from datetime import UTC, datetime, timedelta

import pytest

from daemon.demo.centre.people import make_people
from daemon.demo.centre.state import CentralState, KeyUsedTwice, UnknownCursor
from daemon.domain.job import PRINT_READY


class HandClock:
    """Goes when the test moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


PEOPLE = make_people(4, seed=1)
A, B, C, D = (person.record_id for person in PEOPLE)


def issuance(record_id: str) -> dict[str, str]:
    return {"record_id": record_id, "printed_at": "2026-01-05T00:00:00Z", "printer": "card-1"}


def test_records_become_ready_when_their_time_comes() -> None:
    clock = HandClock()
    state = CentralState(PEOPLE, ready_schedule={A: 10.0, B: 5.0, C: 0.0}, clock=clock)
    assert (state.status(A), state.status(C)) == (PEOPLE[0].first_status, PRINT_READY)
    cursor = state.page(None, 100)["next"]
    clock.seconds = 7
    assert [record["record_id"] for record in state.page(cursor, 100)["records"]] == [B]
    clock.seconds = 10
    assert [record["record_id"] for record in state.page(cursor, 100)["records"]] == [B, A]
    assert state.still_to_become_ready() == 0
    assert state.status(D) == PEOPLE[3].first_status


def test_a_record_that_changed_twice_comes_once_and_last() -> None:
    state = CentralState(PEOPLE, ready_schedule={}, clock=HandClock())
    state.set_status(A, "X")
    state.set_status(A, "Y")
    page = state.page(None, 100)
    assert [record["record_id"] for record in page["records"]] == [B, C, D, A]
    assert page["records"][-1]["status"] == "Y"
    assert page["more"] is False


def test_what_is_withdrawn_never_becomes_ready() -> None:
    clock = HandClock()
    state = CentralState(PEOPLE, ready_schedule={A: 5.0}, clock=clock)
    state.withdraw(A)
    clock.seconds = 6
    assert state.card_of(A) == 410


def test_the_same_key_gets_the_same_answer_and_no_other_report() -> None:
    state = CentralState(PEOPLE, ready_schedule={}, clock=HandClock())
    answer = state.accept([issuance(A)], "k")
    assert state.accept([issuance(A)], "k") == answer
    with pytest.raises(KeyUsedTwice):
        state.accept([issuance(B)], "k")
    assert list(state.issued) == [A]


@pytest.mark.parametrize("cursor", ["", "v1.", "v1.ff", "v1.-1", "4", "x"])
def test_a_cursor_of_somebody_else_is_unknown(cursor: str) -> None:
    with pytest.raises(UnknownCursor):
        CentralState(PEOPLE, ready_schedule={}, clock=HandClock()).page(cursor, 10)
