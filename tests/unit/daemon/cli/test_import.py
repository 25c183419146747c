from pathlib import Path

from tests.unit.daemon.cli.conftest import RECORDED, Office, record

HEADER = "record_id,nik,name,recorded_at,district,village,request_class"
GOOD = "R-{n},1205010101900001,SITI CONTOH,2026-01-02T08:30:00+07:00,Stabat,Kwala Bingai,first_time"


def registrations(office: Office, *rows: str) -> Path:
    path = office.folder / "rows.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_good_rows_go_in_and_wait_for_the_centre(office: Office) -> None:
    path = registrations(office, GOOD.format(n=1), GOOD.format(n=2))
    outcome = office("import", str(path))
    assert (outcome.status, outcome.out, outcome.err) == (
        0,
        "2 new, 0 already known, 0 bad\nimport 1; taken back with: giliran import undo 1\n",
        "",
    )
    assert [row["reason"] for row in office("queue", "--json").json] == ["absent_at_centre"] * 2


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    path = registrations(office, GOOD.format(n=1))
    office("import", str(path))
    assert office("import", str(path)).out == "0 new, 1 already known, 0 bad\n"
    assert len(office.queue()) == 1


def test_a_bad_row_is_told_with_its_line_and_the_good_ones_go_in(office: Office) -> None:
    bad = GOOD.format(n=2).replace("1205010101900001", "120501010190000")
    path = registrations(office, GOOD.format(n=1), bad, GOOD.format(n=3))
    outcome = office("import", str(path))
    assert outcome.status == 1
    assert outcome.err.startswith(f"{path}:3: ")
    assert len(outcome.err.splitlines()) == 1
    assert "120501010190000" not in outcome.err
    assert outcome.out.startswith("2 new, 0 already known, 1 bad\n")
    assert set(office.queue()) == {"R-1", "R-3"}


def test_what_helps_bad_rows_is_said_once_at_the_end(office: Office) -> None:
    slashed = [GOOD.format(n=n).replace("2026-01-02T08:30:00+07:00", "02/01/2026") for n in (1, 2)]
    path = registrations(office, *slashed)
    refused = office("import", str(path))
    assert refused.status == 1
    assert [line for line in refused.err.splitlines() if "--dates dmy" in line] == refused.err.splitlines()[-1:]
    assert office("import", str(path), "--dates", "dmy").out.startswith("2 new, 0 already known, 0 bad\n")
    assert office("import", str(path), "--dates", "mdy").status == 2


def test_columns_that_are_not_needed_are_named_once_and_the_rows_go_in(office: Office) -> None:
    path = office.folder / "rows.csv"
    path.write_text("No," + HEADER + ",jenis_kelamin\n" + "".join(f"{n},{GOOD.format(n=n)},P\n" for n in (1, 2)))
    outcome = office("import", str(path))
    assert (outcome.status, outcome.err) == (0, "Columns that are not needed were passed over: no, jenis_kelamin\n")
    assert outcome.out.startswith("2 new, 0 already known, 0 bad\n")


def test_who_writes_the_month_first_is_not_told_to_say_that_the_day_is(office: Office) -> None:
    rows = [
        GOOD.format(n=n).replace("2026-01-02T08:30:00+07:00", day) for n, day in ((1, "1/2/2024"), (2, "1/31/2024"))
    ]
    outcome = office("import", str(registrations(office, *rows)))
    assert outcome.status == 1
    assert "--dates dmy" not in outcome.err
    assert outcome.err.splitlines()[-1].startswith("Some dates of this file have the month first")


def test_a_file_that_is_not_there_or_has_no_header_is_one_line(office: Office) -> None:
    headless = office.folder / "headless.csv"
    headless.write_text(GOOD.format(n=1) + "\n")
    for path in (office.folder / "missing.csv", headless, office.folder):
        outcome = office("import", str(path))
        assert outcome.status == 1
        assert outcome.err.startswith("giliran: ")
        assert len(outcome.err.splitlines()) == 1
    assert office.queue() == {}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(office: Office) -> None:
    bad = GOOD.format(n=3).replace("1205010101900001", "120501010190000")
    office("import", str(registrations(office, GOOD.format(n=1))))
    path = registrations(office, GOOD.format(n=1), GOOD.format(n=2), bad)
    outcome = office("import", str(path), "--dry-run")
    assert (outcome.status, outcome.out) == (
        1,
        "1 new, 1 already known, 1 bad\na dry run: nothing was written\n",
    )
    assert f"{path}:4: nik" in outcome.err
    assert set(office.queue()) == {"R-1"}


def test_an_import_is_taken_back_as_far_as_nothing_has_come_of_it(office: Office) -> None:
    office("import", str(registrations(office, *(GOOD.format(n=n) for n in range(1, 5)))))
    office.take(record("R-2", RECORDED, "SENT_FOR_ENROLLMENT"))
    office("job", "hold", "R-3", "--reason", "wrong photo")
    outcome = office("import", "undo", "1")
    assert (outcome.status, outcome.out) == (1, "import 1 is taken back: 2 gone, 2 stay\n")
    assert outcome.err.splitlines() == [
        "R-2 stays: the centre knows it (SENT_FOR_ENROLLMENT)",
        "R-3 stays: is held (wrong photo)",
    ]
    assert set(office.queue()) == {"R-2", "R-3"}
    assert office("status", "--json").json["queue"]["waiting"] == 1
    again = office("import", "undo", "1")
    assert again.status == 1
    assert "import 1 was taken back on" in again.err
    assert office("import", str(registrations(office, GOOD.format(n=1)))).out.splitlines()[1].startswith("import 2;")
    assert office("audit", "verify").status == 0


def test_an_import_that_there_never_was_is_one_line(office: Office) -> None:
    office("import", str(registrations(office, GOOD.format(n=1))))
    assert "there are 1 to 1" in office("import", "undo", "7").err
    assert office("import", "undo").status == 2
    assert office("import", "undo", "1.000").status == 2


def test_another_person_under_a_known_record_and_a_time_that_does_not_count_are_told(office: Office) -> None:
    office.ready("A-1")
    (office.folder / "favour.csv").write_text(
        "record_id,nik,name,recorded_at\nA-1,1205010101909999,TEMAN SAYA,2012-01-01T08:00:00\n"
    )
    for words in (["--dry-run"], []):
        told = office("import", str(office.folder / "favour.csv"), *words)
        assert "0 new, 1 already known, 0 bad" in told.out
        assert "A-1 is another person here (the NIK ends in other digits), who stays" in told.err
        assert "1 say an earlier time than the centre, which does not count" in told.err
        assert "TEMAN" not in told.out + told.err


def test_people_moved_ahead_are_foreseen_and_moved_back(office: Office) -> None:
    office.ready("R-9", "R-1", "R-2")
    early = GOOD.replace("2026-01-02", "2012-01-02").replace("first_time", "lost")
    path = registrations(office, *(early.format(n=n) for n in (1, 2)))
    foreseen = office("import", str(path), "--document", "470/1", "--dry-run")
    assert foreseen.out == (
        "0 new, 2 already known, 0 bad, 2 moved ahead of the centre's time\na dry run: nothing was written\n"
    )
    assert list(office.queue()) == ["R-9", "R-1", "R-2"]
    assert office("import", str(path), "--document", "470/1").out == (
        "0 new, 2 already known, 0 bad, 2 moved ahead of the centre's time\n"
        "import 1; taken back with: giliran import undo 1\n"
    )
    assert list(office.queue()) == ["R-1", "R-2", "R-9"]
    office("job", "cancel", "R-2", "--reason", "moved away", "--yes")
    outcome = office("import", "undo", "1")
    assert (outcome.status, outcome.out) == (1, "import 1 is taken back: 0 gone, 1 moved back, 1 stay\n")
    assert outcome.err == "R-2 stays: is cancelled (moved away)\n"
    assert [row["record_id"] for row in office("queue", "--state", "ready", "--json").json] == ["R-9", "R-1"]
    assert office("audit", "verify").status == 0


def test_an_office_without_any_import_is_told_so(office: Office) -> None:
    assert "none has brought or moved anybody so far" in office("import", "undo", "1").err
