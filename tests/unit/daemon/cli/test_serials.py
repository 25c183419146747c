from pathlib import Path

import pytest

from daemon.domain.job import Verdict
from tests.unit.daemon.cli.conftest import Office


@pytest.fixture
def office(office: Office) -> Office:
    office.configure(extra="blanks: {serials: true}")
    return office


def test_a_delivery_by_range_or_by_file(office: Office, tmp_path: Path) -> None:
    assert office("blanks", "receive", "3", "--batch", "B1", "--serials", "A01-A02,A09").status == 0
    listed = tmp_path / "delivery.csv"
    listed.write_text("B01,x\nB02,y\n", encoding="utf-8")
    assert office("blanks", "receive", "2", "--batch", "B2", "--serials-file", str(listed)).status == 0
    assert office("blanks", "serial", "b02").out.startswith("B02: came in batch B2 on ")
    assert office("blanks", "serial", "B03").out == "B03: was never received here\n"
    assert office("audit", "verify").status == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("A01-A03", "the list has 3 serials, the delivery 2 blanks"),
        ("A01,A01", "twice"),
        ("A01,A 2", "is no serial number"),
    ],
)
def test_a_list_that_is_wrong_books_nothing(office: Office, given: str, words: str) -> None:
    told = office("blanks", "receive", "2", "--batch", "B1", "--serials", given)
    assert (told.status, told.out) == (1, "")
    assert words in told.err
    assert office("blanks", "balance", "--json").json["store"] == 0


def test_a_file_that_is_not_there(office: Office) -> None:
    told = office("blanks", "receive", "2", "--batch", "B1", "--serials-file", "nowhere.csv")
    assert told.status == 1
    assert "nowhere.csv" in told.err


def test_a_card_gets_its_serial_and_a_wrong_one_is_told(office: Office) -> None:
    office.stock()
    office("blanks", "receive", "2", "--batch", "B1", "--serials", "A01-A02")
    office.ready("R-1")
    office.start("R-1")
    office.finish("R-1", Verdict.PRINTED)
    assert office("job", "serial", "R-1", "a01").out == "R-1: serial A01\n"
    assert office("blanks", "serial", "A01", "--json").json["cards"] == [{"record_id": "R-1", "attempt": 1}]
    wrong = office("job", "serial", "R-1", "A77")
    assert (wrong.status, wrong.out) == (0, "R-1: serial A77\n")
    said = "the card of R-1 bears serial A77, which was never received; if it was misread: giliran job serial R-1"
    assert said in wrong.err
    assert said in office("status").out


def test_where_serials_are_not_kept(office: Office) -> None:
    office.configure()
    for arguments in (("blanks", "receive", "1", "--batch", "B", "--serials", "A1"), ("job", "serial", "R-1", "A1")):
        told = office(*arguments)
        assert told.status == 1
        assert "blanks.serials: true" in told.err
