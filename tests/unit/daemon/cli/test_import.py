from pathlib import Path

from tests.unit.daemon.cli.conftest import Office

HEADER = "record_id,nik,name,recorded_at,district,village,request_class"
GOOD = "R-{n},1205010101900001,SITI CONTOH,2026-01-02T08:30:00+07:00,Stabat,Kwala Bingai,first_time"


def registrations(office: Office, *rows: str) -> Path:
    path = office.folder / "rows.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_good_rows_go_in_and_wait_for_the_centre(office: Office) -> None:
    path = registrations(office, GOOD.format(n=1), GOOD.format(n=2))
    outcome = office("import", str(path))
    assert (outcome.status, outcome.out, outcome.err) == (0, "2 new, 0 already known, 0 bad\n", "")
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
    assert outcome.out == "2 new, 0 already known, 1 bad\n"
    assert set(office.queue()) == {"R-1", "R-3"}


def test_what_helps_bad_rows_is_said_once_at_the_end(office: Office) -> None:
    slashed = [GOOD.format(n=n).replace("2026-01-02T08:30:00+07:00", "02/01/2026") for n in (1, 2)]
    path = registrations(office, *slashed)
    refused = office("import", str(path))
    assert refused.status == 1
    assert [line for line in refused.err.splitlines() if "--dates dmy" in line] == refused.err.splitlines()[-1:]
    assert office("import", str(path), "--dates", "dmy").out == "2 new, 0 already known, 0 bad\n"
    assert office("import", str(path), "--dates", "mdy").status == 2


def test_a_file_that_is_not_there_or_has_no_header_is_one_line(office: Office) -> None:
    headless = office.folder / "headless.csv"
    headless.write_text(GOOD.format(n=1) + "\n")
    for path in (office.folder / "missing.csv", headless, office.folder):
        outcome = office("import", str(path))
        assert outcome.status == 1
        assert outcome.err.startswith("giliran: ")
        assert len(outcome.err.splitlines()) == 1
    assert office.queue() == {}
