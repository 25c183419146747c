"""The books, after somebody else had a hand in them."""

import json
import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest

from daemon.domain.job import Verdict
from daemon.domain.log import GENESIS
from tests.unit.daemon.cli.conftest import Office


@pytest.fixture
def office(office: Office) -> Office:
    office("blanks", "receive", "90", "--batch", "B1")
    office("blanks", "load", "card-1", "10")
    office.ready("R-1")
    office.start("R-1")
    office.finish("R-1", Verdict.PRINTED)
    return office


def tamper(office: Office, statement: str) -> None:
    with closing(sqlite3.connect(office.folder / "giliran.db")) as connection, connection:
        connection.execute(statement)


def test_books_as_they_were_written(office: Office) -> None:
    told = office("audit", "verify")
    last = office("audit", "verify", "--json").json["last"]
    assert told.status == 0
    assert f"up to #{last['sequence']} {last['hash']}" in told.out
    assert "all accounts together are zero" in told.out


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE log SET actor = 'nobody' WHERE sequence = 2", "log #2: it was changed"),
        ("UPDATE log SET details = replace(details, '90', '80') WHERE sequence = 1", "log #1: it was changed"),
        ("DELETE FROM log WHERE sequence = 2", "log: #2 to #2 are missing"),
        (
            "UPDATE balance SET quantity = quantity + 7 WHERE account = 'store'",
            "store is kept as 87, its entries say 80",
        ),
        ("DELETE FROM ledger_entry WHERE reason = 'loaded'", "hopper:card-1 is kept as"),
        ("INSERT INTO blank_serial VALUES ('A1', 'B9', 0)", "batch B9 has 1 serials and 0 blanks"),
    ],
)
def test_another_hand_is_seen(office: Office, statement: str, fault: str) -> None:
    tamper(office, statement)
    told = office("audit", "verify")
    assert told.status == 1
    assert fault in told.out
    assert told.err.startswith("giliran: the books were changed by other hands")
    assert any(fault in line for line in office("audit", "verify", "--json").json["faults"])


def test_a_log_that_was_written_anew_as_a_whole_is_not_the_one_on_the_paper(office: Office) -> None:
    paper = office("audit", "verify", "--json").json["last"]
    on_it = ("--entry", str(paper["sequence"]), "--hash", paper["hash"])
    office("job", "handover", "R-1")
    assert office("audit", "verify", *on_it).status == 0
    other = office("audit", "verify", "--entry", "1", "--hash", paper["hash"])
    assert "not the one on the paper" in other.out
    beyond = office("audit", "verify", "--entry", "999", "--hash", paper["hash"])
    assert "log #999: there is no such entry" in beyond.out
    assert office("audit", "verify", "--entry", "1").status == 2


@pytest.mark.parametrize(
    ("entry", "told"),
    [("1", "log #1: its hash is "), ("999", "log #999: there is no such entry; the log ends with #")],
)
def test_a_slip_in_typing_from_the_paper_is_no_word_on_the_books(office: Office, entry: str, told: str) -> None:
    found = office("audit", "verify", "--entry", entry, "--hash", "0" * 64)
    assert found.status == 1
    assert "entries of the log are as they were written" in found.out
    assert told in found.out
    assert "the log itself is whole" in found.err
    assert "compare number and hash with the paper once more" in found.err
    assert "other hands" not in found.err
    assert "ask who did" not in found.err


def test_an_entry_of_the_paper_that_was_taken_out_is_told_beside_the_fault(office: Office) -> None:
    tamper(office, "DELETE FROM log WHERE sequence = 2")
    found = office("audit", "verify", "--entry", "2", "--hash", "0" * 64)
    assert found.status == 1
    assert "log #2: there is no such entry" in found.out
    assert "other hands" in found.err


def test_the_log_given_out_can_be_followed_by_anybody(office: Office) -> None:
    entries = [json.loads(line) for line in office("audit", "export").out.splitlines()]
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0]["previous"] == GENESIS
    assert all(after["previous"] == before["hash"] for before, after in pairwise(entries))
    assert "SITI CONTOH" not in json.dumps(entries)
