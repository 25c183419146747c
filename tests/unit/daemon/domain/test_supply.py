import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.supply import outlook


@pytest.mark.parametrize(
    ("used", "per_day", "days_left"),
    [
        ([], None, None),
        ([0, 0], None, None),
        ([100], 100, 10),
        ([100, 0, 0, 100, 20], 100, 10),
        ([100, 100, 400], 200, 5),
    ],
    ids=["no-history", "nothing-made", "today-alone", "a-day-that-has-just-begun", "a-busy-day"],
)
def test_days_are_those_on_which_cards_were_made(
    used: list[int], per_day: float | None, days_left: float | None
) -> None:
    found = outlook(left=1000, in_line=0, used=used)
    assert (found.per_day, found.days_left) == (per_day, days_left)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.lists(st.integers(0, 10**5), max_size=28))
def test_more_blanks_last_longer_and_the_rate_lies_within_what_was_used(
    left: int, in_line: int, used: list[int]
) -> None:
    found, more = outlook(left=left, in_line=in_line, used=used), outlook(left=left + 1, in_line=in_line, used=used)
    assert found.without == max(0, in_line - left)
    if not any(used):
        assert found.days_left is None
        return
    assert found.per_day is not None
    assert min(day for day in used if day) <= found.per_day + 1e-9
    assert found.per_day <= max(used) + 1e-9
    assert found.days_left is not None
    assert more.days_left is not None
    assert 0 <= found.days_left < more.days_left
