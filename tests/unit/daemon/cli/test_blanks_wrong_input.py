"""Everything wrong that can be said of blanks, with what it is answered. docs/blanks.md has the same table."""

from pathlib import Path

import pytest

from tests.unit.daemon.cli.conftest import Office

DOCS = Path(__file__).parents[4] / "docs" / "blanks.md"

WRONG: dict[str, tuple[str, int, str]] = {
    "a negative quantity": ("receive -5 --batch B1", 2, "such option: -5"),
    "a quantity of zero": ("receive 0 --batch B1", 2, "must be at least 1"),
    "too large a quantity": ("receive 10000001 --batch B1", 2, "must be at most 10000000"),
    "no whole number": ("load card-1 1.5", 2, "plain digits, such as 1000"),
    "a quantity that is written with marks": ("receive 1.000 --batch B1", 2, "did you mean 1000?"),
    "a quantity in other digits": ("receive ٣ --batch B1", 2, "did you mean 3?"),
    "no batch": ("receive 5", 2, "Missing option '--batch'"),
    "an unknown batch": ("load card-1 5 --batch B9", 1, "batch B9 was never received here"),
    "more than there is": ("load card-1 101", 1, "store holds 100 blanks, 101 were to be taken"),
    "more than is spoiled": ("destroy 1 --witness Budi", 1, "spoiled holds 0 blanks, 1 were to be taken"),
    "an unknown printer": ("load card-9 5", 1, "there is no printer 'card-9'"),
    "a paper printer": ("load letters 5", 1, "letters prints on paper"),
    "an unknown reason": ("spoil store 1 --reason ugly", 2, "--reason is one of print_spoiled"),
    "a wrong account": ("spoil issued 1 --reason lost", 2, "done in store or a hopper, not in issued"),
    "what cannot be counted": (
        "count in_process 1 --reason x",
        2,
        "done in store, spoiled or a hopper, not in in_process",
    ),
    "a negative count": ("count store -1 --reason x", 2, "such option: -1"),
    "no reason for a count": ("count store 99", 2, "Missing option '--reason'"),
    "an empty reason": ("count store 99 --reason ''", 2, "visible characters"),
    "no witness": ("destroy 1", 2, "--witness NAME"),
    "a witness without a name": ("destroy 1 --witness ''", 2, "visible characters"),
    "what is not destroyed": ("destroy 1 --witness Budi --account store", 2, "a blank is spoiled first"),
    "no office": ("transfer 5", 2, "either --to OFFICE or --from OFFICE"),
    "two offices": ("transfer 5 --to A --from B", 2, "either --to OFFICE or --from OFFICE"),
    "a date in the future": ("load card-1 5 --date 2999-01-01", 2, "2999-01-01 lies in the future"),
    "a date long ago": ("load card-1 5 --date 2020-01-01", 2, "more than 31 days ago"),
    "no date": ("load card-1 5 --date yesterday", 2, "a date reads 2026-01-31"),
    "another paper of that number": (
        "load card-1 5 --document SJ/1",
        1,
        "as: 100 from centre to store (received), batch B1",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_answered_in_one_way_and_nothing_is_booked(office: Office, wrong: str) -> None:
    import shlex

    command, status, said = WRONG[wrong]
    office("blanks", "receive", "100", "--batch", "B1", "--document", "SJ/1")
    before = office("blanks", "balance", "--json").json
    outcome = office("blanks", *shlex.split(command))
    assert (outcome.status, outcome.out) == (status, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert office("blanks", "balance", "--json").json == before
    assert len(office("blanks", "ledger", "--json").json) == 1


@pytest.mark.parametrize("wrong", WRONG)
def test_the_page_says_the_same(wrong: str) -> None:
    command, status, _ = WRONG[wrong]
    row = next(line for line in DOCS.read_text().splitlines() if line.startswith(f"| {wrong} |"))
    assert f"`blanks {command}`" in row
    assert f"| {status} |" in row
