"""Favours: whoever is moved ahead is moved ahead in public, and another hand in the database is named."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.database.sql.columns import EPOCH
from daemon.domain.job import Verdict
from daemon.queries.audit import verify
from tests.unit.daemon.cli.conftest import RECORDED, Office, record

HEADER = "record_id,nik,name,recorded_at"
MICROSECOND = timedelta(microseconds=1)
LONG_AGO = "2012-03-01T08:00:00+07:00"


def registrations(office: Office, *rows: tuple[str, str], name: str = "rows.csv") -> str:
    path = Path(office.folder / name)
    lines = [f"{record_id},1205010101900001,SITI CONTOH,{recorded_at}" for record_id, recorded_at in rows]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return str(path)


def tamper(office: Office, *statements: str) -> None:
    with closing(sqlite3.connect(office.folder / "giliran.db")) as connection, connection:
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, statement


def at(days: int) -> int:
    """Days after the first recording, as the table keeps them."""
    return (RECORDED + timedelta(days=days) - EPOCH) // MICROSECOND


def in_line(office: Office) -> list[str]:
    return [row["record_id"] for row in office("queue", "--state", "ready", "--json").json]


def favour(office: Office, *options: str) -> None:
    """A row for a friend, from before the centre says; three others are earlier than he."""
    office("import", registrations(office, ("FRIEND", LONG_AGO)), *options)
    office.ready("A-1", "A-2", "A-3", "FRIEND")


def test_a_row_made_up_for_a_friend_moves_nobody(office: Office) -> None:
    favour(office)
    assert in_line(office) == ["A-1", "A-2", "A-3", "FRIEND"]
    told = office("why", "FRIEND", "--json").json
    assert told["recorded_at_by"] == {
        "office": "2012-03-01T01:00:00Z",
        "document": None,
        "centre": "2026-01-05T01:30:00Z",
        "counts": "centre",
    }
    words = office("why", "FRIEND").out
    assert "Recorded by this office's registration 1 Mar 2012 08:00:00, by the central server 5 Jan 2026" in words
    assert "The central server's time counts." in words
    log = office("job", "show", "FRIEND", "--json").json["log"]
    assert any(entry["event"] == "recorded_at_changed" and "2012-03-01" in str(entry) for entry in log)
    assert office("audit", "verify").status == 0


def test_with_its_paper_it_counts_and_everybody_can_see_it(office: Office) -> None:
    favour(office, "--document", "470/12/2026")
    office("import", registrations(office, ("A-3", LONG_AGO), name="more.csv"), "--document", "470/13/2026")
    assert in_line(office) == ["A-3", "FRIEND", "A-1", "A-2"]
    words = office("why", "FRIEND").out
    assert "The office's time counts, under its paper 470/12/2026." in words
    for record_id in ("A-1", "FRIEND"):
        words = office("why", record_id).out
        assert "Papers of this office put 2 people before the time that the central server says" in words
        assert "470/12/2026 (1), 470/13/2026 (1)" in words
    screen = office("status").out
    assert "2 moved ahead of the centre's time by papers of this office, 2 of them still in line" in screen
    assert "470/12/2026 1" in screen
    assert office("status", "--json").json["moved_ahead"] == {
        "people": 2,
        "in_line": 2,
        "by_document": [
            {"document": "470/12/2026", "people": 1, "in_line": 1},
            {"document": "470/13/2026", "people": 1, "in_line": 1},
        ],
    }
    assert office("audit", "verify").status == 0


def test_an_import_says_how_many_it_moves_ahead(office: Office) -> None:
    office.ready("A-1", "A-2")
    moved = office("import", registrations(office, ("A-2", LONG_AGO)), "--document", "470/1")
    assert moved.out.startswith("0 new, 1 already known, 0 bad, 1 moved ahead of the centre's time")


def test_the_report_of_fairness_names_each_import_and_its_paper(office: Office) -> None:
    favour(office, "--document", "470/12/2026")
    office("import", registrations(office, ("R-9", "2025-01-02"), name="plain.csv"))
    told = office("report", "fairness", "--json").json
    rows = [(row["document"], row["new"], row["moved_ahead"], row["in_line"]) for row in told["imports"]]
    assert rows == [("470/12/2026", 1, 1, 1), (None, 1, 0, 0)]
    assert told["figures"]["passed_over"] == 0
    assert "470/12/2026" in office("report", "fairness").out


def test_the_report_of_fairness_says_which_import_was_taken_back(office: Office) -> None:
    for name, record_id in (("first.csv", "R-8"), ("second.csv", "R-9")):
        office("import", registrations(office, (record_id, "2025-01-02"), name=name))
    office("import", "undo", "1")
    first, second = office("report", "fairness", "--json").json["imports"]
    assert first["taken_back_at"] >= second["imported_at"]
    assert second["taken_back_at"] is None


def test_who_was_moved_to_the_head_by_hand_is_named(office: Office) -> None:
    office.ready("A-1", "A-2", "FRIEND")
    tamper(office, f"UPDATE job SET recorded_at = {at(-5000)} WHERE record_id = 'FRIEND'")
    assert in_line(office)[0] == "FRIEND"
    told = office("audit", "verify")
    assert told.status == 1
    now = (RECORDED - timedelta(days=5000)).isoformat()
    assert f"FRIEND: recorded_at is 2026-01-04T01:30:00+00:00 by the log (#3) and {now} in the table" in told.out


def test_who_was_moved_and_printed_and_moved_back_is_named_by_the_start(office: Office) -> None:
    office.stock()
    office.ready("A-1", "A-2", "FRIEND")
    tamper(office, f"UPDATE job SET recorded_at = {at(-5000)} WHERE record_id = 'FRIEND'")
    office.start("FRIEND")
    office.finish("FRIEND", Verdict.PRINTED)
    tamper(office, f"UPDATE job SET recorded_at = {at(2)} WHERE record_id = 'FRIEND'")
    told = office("audit", "verify")
    assert told.status == 1
    (line,) = (line for line in told.out.splitlines() if "was started" in line)
    assert "FRIEND (recorded 2026-01-04T01:30:00+00:00) was started" in line
    assert "though A-1 (recorded 2026-01-02T01:30:00+00:00) is earlier and was ready since #" in line
    assert office("report", "fairness", "--json").json["figures"]["passed_over"] == 1


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE job SET state = 'held' WHERE record_id = 'A-1'"], "A-1: state is ready by the log (#1) and held"),
        (
            ["UPDATE job SET office_document = '470/9' WHERE record_id = 'A-1'"],
            "A-1: its paper is nothing by the log (#1) and 470/9 in the table",
        ),
        (
            [f"UPDATE job SET office_recorded_at = {at(-9)} WHERE record_id = 'A-1'"],
            "A-1: the office's time is nothing by the log (#1) and 2025-12-24",
        ),
        (["UPDATE job SET centre_recorded_at = 5 WHERE record_id = 'A-1'"], "A-1: the centre's time is 2026-01-02"),
        (
            ["DELETE FROM person WHERE record_id = 'A-1'", "DELETE FROM job WHERE record_id = 'A-1'"],
            "A-1: ready by the log (#1), and the table does not have it",
        ),
        (
            ["UPDATE job SET record_id = 'A-9' WHERE record_id = 'A-1'"],
            "A-9: the table has it, and the log never said that it was recorded",
        ),
    ],
)
def test_whatever_another_hand_changed_of_a_person_is_named(office: Office, statements: list[str], fault: str) -> None:
    office.ready("A-1", "A-2")
    assert office("audit", "verify").status == 0
    tamper(office, *statements)
    told = office("audit", "verify")
    assert told.status == 1
    assert fault in told.out


def test_a_waiting_friend_made_ready_by_hand_and_printed_is_named(office: Office) -> None:
    office.stock()
    office.take(record("FRIEND", RECORDED, "DUPLICATE_RECORD"))
    tamper(office, "UPDATE job SET state = 'ready' WHERE record_id = 'FRIEND'")
    tamper(office, "UPDATE job_count SET n = 1 WHERE state = 'ready'")
    office.start("FRIEND")
    told = office("audit", "verify")
    assert told.status == 1
    assert "the state of FRIEND was waiting by the log before it, and was found to be ready" in told.out


def test_a_changed_time_that_the_centres_next_word_would_cover_is_named(office: Office) -> None:
    office.ready("A-1", "FRIEND")
    tamper(office, f"UPDATE job SET recorded_at = {at(-50)} WHERE record_id = 'FRIEND'")
    office.take(record("FRIEND", RECORDED + timedelta(hours=12)))
    told = office("audit", "verify")
    assert told.status == 1
    assert "recorded_at of FRIEND was 2026-01-03T01:30:00+00:00 by the log before it, and was found to be" in told.out


def test_holds_set_backs_and_cards_under_way_are_no_favours(office: Office) -> None:
    office.stock()
    office.ready("A-1", "A-2", "A-3", "A-4")
    office("job", "hold", "A-1", "--reason", "photo")
    office.start("A-2")
    office.take(record("A-3", RECORDED + timedelta(days=2), "DUPLICATE_RECORD"))
    office.start("A-4")
    office.finish("A-2", Verdict.NO_CARD)
    office("job", "release", "A-1")
    office.start("A-1")
    office.finish("A-4", Verdict.PRINTED)
    assert office("audit", "verify").status == 0, office("audit", "verify").out


def test_what_a_daemon_does_while_the_log_is_read_is_no_fault(office: Office) -> None:
    office.stock()
    office.ready("A-1", "A-2")
    under_way = False

    def go_on() -> None:
        nonlocal under_way
        if not under_way:
            under_way = True
            office.start("A-1")
            office.finish("A-1", Verdict.PRINTED)

    with office.store() as store:
        found = verify(store, advance=go_on)
    assert found.faults == ()
    assert office("job", "show", "A-1", "--json").json["state"] == "printed", "it went on meanwhile"
