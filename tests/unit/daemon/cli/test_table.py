"""Tables fit the terminal: no word is broken, nothing is cut."""

import pytest

from daemon.cli.output import length
from daemon.cli.table import fitted

HEADINGS = ("ENTRY", "TIME", "FROM", "BATCH", "DETAILS")
ROWS = [
    ["12", "2026-11-27 15:00:00", "hopper:card-1", "", "reverses 3; witnesses Budi Saksi and Rahma Contoh, who saw it"],
    ["3", "2026-11-27 14:00:00", "store", "", ""],
]
NUMERIC = (True, False, False, False, False)


def words(lines: list[str]) -> list[str]:
    return sorted(word for line in lines for word in line.split())


def test_for_a_program_it_is_as_wide_as_it_comes() -> None:
    lines = fitted(HEADINGS, ROWS, NUMERIC, None)
    assert len(lines) == 3
    assert lines[1].startswith("   12  2026-11-27 15:00:00  hopper:card-1         reverses 3")


@pytest.mark.parametrize("columns", [80, 60, 50, 30, 22])
def test_at_a_terminal_it_fits_and_every_word_is_whole(columns: int) -> None:
    lines = fitted(HEADINGS, ROWS, NUMERIC, columns)
    assert max(map(len, lines)) <= columns
    assert set(words([" ".join(row) for row in ROWS])) <= set(words(lines))


def test_a_column_without_anything_in_it_makes_room_first() -> None:
    assert "BATCH" not in fitted(HEADINGS, ROWS, NUMERIC, 80)[0]


def test_what_does_not_fit_side_by_side_is_stacked() -> None:
    lines = fitted(HEADINGS, ROWS, NUMERIC, 30)
    assert lines[:3] == ["ENTRY    12", "TIME     2026-11-27 15:00:00", "FROM     hopper:card-1"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (11_525, "3 h 12 min"), (90_000, "1 d 1 h"), (86_400 + 60, "1 d")],
)
def test_a_length_of_time_is_told_in_words(seconds: int, said: str) -> None:
    assert length(seconds) == said
