from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.order import Readiness, Start, Turn, Violation, violations
from tests.unit.daemon.domain.build import NOON


def turn(minutes: int, record_id: str = "R") -> Turn:
    return Turn(NOON + timedelta(minutes=minutes), record_id)


def test_the_earlier_recording_goes_first_then_the_smaller_id() -> None:
    assert sorted([turn(2), turn(1, "B"), turn(1, "A")]) == [turn(1, "A"), turn(1, "B"), turn(2)]


def test_who_was_not_ready_is_not_passed_over() -> None:
    late = Readiness(turn=turn(1), first=10, last=None)
    early = Readiness(turn=turn(2), first=1, last=5)
    assert violations([Start(sequence=5, turn=turn(2))], [late, early]) == []


def test_who_was_ready_and_earlier_is_passed_over() -> None:
    stretches = [Readiness(turn=turn(1), first=1, last=None), Readiness(turn=turn(2), first=2, last=5)]
    assert violations([Start(sequence=5, turn=turn(2))], stretches) == [
        Violation(started=turn(2), passed_over=turn(1), sequence=5)
    ]


def test_who_was_set_aside_meanwhile_is_not_passed_over() -> None:
    stretches = [Readiness(turn=turn(1), first=1, last=3), Readiness(turn=turn(2), first=2, last=5)]
    assert violations([Start(sequence=5, turn=turn(2))], stretches) == []


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Start], list[Readiness]]:
    ids = draw(st.lists(st.integers(0, 30), unique=True, max_size=12))
    sequence = draw(st.permutations(range(1, 2 * len(ids) + 1)))
    starts, stretches = [], []
    for index, minutes in enumerate(ids):
        first, last = sorted(sequence[2 * index : 2 * index + 2])
        stretches.append(Readiness(turn=turn(minutes), first=first, last=last))
        if draw(st.booleans()):
            starts.append(Start(sequence=last, turn=turn(minutes)))
    return starts, stretches


@given(histories())
def test_the_sweep_finds_what_a_plain_comparison_of_all_pairs_finds(
    history: tuple[list[Start], list[Readiness]],
) -> None:
    starts, stretches = history
    plain = {
        start.sequence
        for start in starts
        for stretch in stretches
        if stretch.turn < start.turn and stretch.first < start.sequence <= (stretch.last or 2**63)
    }
    assert {violation.sequence for violation in violations(starts, stretches)} == plain
