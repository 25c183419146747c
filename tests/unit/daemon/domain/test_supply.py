import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.supply import LOW_PERCENT, Consumable, consumables, outlook


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


RIBBON = Consumable(name="YMCKO Ribbon", percent=40)
FILM = Consumable(name="Film", percent=80)


def test_what_a_printer_reports_is_good_for_as_many_cards_as_the_configuration_says() -> None:
    ribbon, film = consumables([RIBBON, FILM], {"ribbon": 250}, lambda name: None)
    assert (ribbon.cards, film.cards) == (100, None)


@pytest.mark.parametrize(
    ("made", "found"),
    [(None, []), (0, [("film", 100, 500)]), (125, [("film", 75, 375)]), (900, [("film", 0, 0)])],
    ids=["nobody-said-when", "new", "a-quarter-used", "longer-than-it-should"],
)
def test_where_a_printer_is_silent_the_cards_made_since_it_was_new_tell(
    made: int | None, found: list[tuple[str, int, int]]
) -> None:
    told = consumables([RIBBON], {"ribbon": 250, "film": 500}, lambda name: made)
    assert [(each.name, each.percent, each.cards) for each in told[1:]] == found


@pytest.mark.parametrize(
    ("consumable", "per_day", "is_low"),
    [
        (Consumable(name="ribbon", percent=40, full=250), 99.0, False),
        (Consumable(name="ribbon", percent=40, full=250), 101.0, True),
        (Consumable(name="ribbon", percent=40, full=250), None, False),
        (Consumable(name="ribbon", percent=LOW_PERCENT), 1000.0, True),
        (Consumable(name="ribbon", percent=LOW_PERCENT + 1), 1000.0, False),
    ],
)
def test_low_is_what_ends_within_a_day(consumable: Consumable, per_day: float | None, is_low: bool) -> None:
    assert consumable.is_low(per_day) is is_low
