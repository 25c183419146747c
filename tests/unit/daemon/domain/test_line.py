"""Who is passed over by a start, where there are no rules and where there are."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.line import Line, Standing, Violation
from daemon.domain.order import Turn
from tests.unit.daemon.domain.build import NOON


def turn(minutes: int, record_id: str = "R") -> Turn:
    return Turn(NOON + timedelta(minutes=minutes), record_id)


def standing(minutes: int, record_id: str = "R") -> Standing:
    return Standing(turn=turn(minutes, record_id))


def test_who_was_not_ready_is_not_passed_over() -> None:
    line = Line()
    line.enters(standing(2, "B"), 1)
    assert line.starts(turn(2, "B"), 2) is None
    line.enters(standing(1, "A"), 3)
    assert line.starts(turn(1, "A"), 4) is None


def test_who_was_ready_and_earlier_is_passed_over() -> None:
    line = Line()
    line.enters(standing(1, "A"), 1)
    line.enters(standing(2, "B"), 2)
    assert line.starts(turn(2, "B"), 5) == Violation(
        started=turn(2, "B"), passed_over=turn(1, "A"), sequence=5, ready_since=1
    )


def test_who_was_set_aside_meanwhile_is_not_passed_over() -> None:
    line = Line()
    line.enters(standing(1, "A"), 1)
    line.enters(standing(2, "B"), 2)
    assert line.leaves("A")
    assert not line.leaves("A")
    assert line.starts(turn(2, "B"), 4) is None


def test_who_was_given_another_turn_stands_by_that_one() -> None:
    line = Line()
    line.enters(standing(1, "A"), 1)
    line.enters(standing(2, "B"), 2)
    line.enters(standing(3, "A"), 3)
    assert line.starts(turn(2, "B"), 4) is None
    line.enters(standing(4, "C"), 5)
    found = line.starts(turn(4, "C"), 6)
    assert found is not None
    assert (found.passed_over, found.ready_since) == (turn(3, "A"), 3)


@given(st.lists(st.tuples(st.sampled_from(["enters", "leaves", "starts"]), st.integers(0, 9), st.integers(0, 9))))
def test_it_finds_whom_a_plain_look_at_everybody_finds(events: list[tuple[str, int, int]]) -> None:
    line, ready = Line(), dict[str, Turn]()
    for sequence, (what, who, minutes) in enumerate(events, start=1):
        record_id = f"R-{who}"
        if what == "enters":
            line.enters(standing(minutes, record_id), sequence)
            ready[record_id] = turn(minutes, record_id)
        elif what == "leaves":
            assert line.leaves(record_id) == (ready.pop(record_id, None) is not None)
        else:
            started = ready.pop(record_id, None) or turn(minutes, record_id)
            found = line.starts(started, sequence)
            first = min(ready.values(), default=started)
            assert (found and found.passed_over) == (first if first < started else None)
