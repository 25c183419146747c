"""The office's registrations as spreadsheets and people write them."""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.registrations import BadRow, read_registrations
from daemon.domain.errors import Rejected
from daemon.ports import Record

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HEADER = "record_id,nik,name,recorded_at,district,village,request_class\n"
GOOD = "R-1,1205010101900001,SITI CONTOH,2024-03-01T09:00:00+07:00,STABAT,KWALA BINGAI,first_time\n"

Reading = Callable[[str | bytes], list[Record | BadRow]]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    def read(content: str | bytes) -> list[Record | BadRow]:
        file = tmp_path / "registrations.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_registrations(file, timezone=JAKARTA, now=NOW))

    return read


def row(record_id: str = "R-1", **changes: str) -> str:
    values = {"nik": "1205010101900001", "name": "SITI CONTOH", "recorded_at": "2024-03-01 09:00", **changes}
    return f"{record_id},{values['nik']},{values['name']},{values['recorded_at']},STABAT,CONTOH,first_time\n"


def said(found: list[Record | BadRow]) -> list[tuple[int, str] | str]:
    """Bad rows as (line, problem), good ones as their record id."""
    return [(item.line, item.problem) if isinstance(item, BadRow) else item.record_id for item in found]


def test_a_row_becomes_a_record(reading: Reading) -> None:
    [record] = reading(HEADER + GOOD)
    assert isinstance(record, Record)
    assert record.record_id == "R-1"
    assert (record.person.nik, record.person.name) == ("1205010101900001", "SITI CONTOH")
    assert record.recorded_at == datetime(2024, 3, 1, 2, 0, tzinfo=UTC)
    assert (record.district, record.village, record.request_class) == ("STABAT", "KWALA BINGAI", "first_time")
    assert record.status is None


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + HEADER + GOOD,
        (HEADER + GOOD).replace("\n", "\r\n"),
        (HEADER + GOOD).replace("\n", "\r"),
        (HEADER + GOOD).replace(",", ";"),
        "\n" + HEADER + "\n" + GOOD + "\n,,,,,,\n",
        HEADER + GOOD.rstrip("\n"),
        HEADER.replace("record_id", ' "record_id" ').replace(' "', '"').replace('" ', '"') + GOOD,
        HEADER + GOOD.replace("SITI CONTOH", '"SITI\n CONTOH "'),
        "name,recorded_at,nik,record_id\nSITI CONTOH,2024-03-01 09:00,1205010101900001,R-1\n",
    ],
)
def test_the_forms_in_which_a_csv_comes(reading: Reading, content: str) -> None:
    [record] = reading(content)
    assert isinstance(record, Record)
    assert record.person.name == "SITI CONTOH"
    assert record.recorded_at == datetime(2024, 3, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-01T09:00:00+07:00", datetime(2024, 3, 1, 2, 0, tzinfo=UTC)),
        ("2024-03-01T02:00:00Z", datetime(2024, 3, 1, 2, 0, tzinfo=UTC)),
        ("2024-03-01T09:00:00.250", datetime(2024, 3, 1, 2, 0, 0, 250_000, tzinfo=UTC)),
        ("2024-03-01 09:00", datetime(2024, 3, 1, 2, 0, tzinfo=UTC)),
        ("2024-03-01", datetime(2024, 2, 29, 17, 0, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_the_offices(reading: Reading, text: str, moment: datetime) -> None:
    [record] = reading(HEADER + row(recorded_at=text))
    assert isinstance(record, Record)
    assert record.recorded_at == moment


NO_TIME = "recorded_at: must be a time like 2026-01-05T09:11:00 or 2026-01-05T09:11:00+07:00"
SPREADSHEET = "nik: a spreadsheet has turned it into a number; make the column text and type it in again"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (row("R 2"), "record_id: must be 1 to 64 of A-Z a-z 0-9 . _ -"),
        (row(""), "record_id: must be 1 to 64 of A-Z a-z 0-9 . _ -"),
        (row("R" * 65), "record_id: must be 1 to 64 of A-Z a-z 0-9 . _ -"),
        (row("R-2", nik="120501010190000"), "nik: must be 16 digits"),
        (row("R-2", nik="１205010101900001"), "nik: must be 16 digits"),
        (row("R-2", nik="1.20501E+15"), SPREADSHEET),
        (row("R-2", nik='"1,20501E+15"'), SPREADSHEET),
        (row("R-2", nik="1205010101900001.0"), SPREADSHEET),
        (row("R-2", name=""), "name: is empty"),
        (row("R-2", name="SITI\x00"), "name: holds control characters"),
        (row("R-2", name="S" * 201), "name: is longer than 200 characters"),
        (row("R-2", recorded_at="01/03/2024"), NO_TIME),
        (row("R-2", recorded_at=""), NO_TIME),
        (row("R-2", recorded_at="0001-01-01"), NO_TIME),
        (row("R-2", recorded_at="2026-01-05T09:00:01+07:00"), "recorded_at: lies in the future"),
        (row("R-2", recorded_at="1926-01-05"), "recorded_at: lies before the year 2000"),
        ("R-2,1205010101900001\n", "has 2 columns instead of 7"),
        (row("R-2").replace("\n", ",x\n"), "has 8 columns instead of 7"),
        (row("R-2", name='"SITI" CONTOH'), "is not CSV: ',' expected after '\"'"),
        (row("R-1"), "record_id: line 2 has it already"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_go_in(reading: Reading, bad: str, problem: str) -> None:
    assert said(reading(HEADER + row("R-1") + bad + row("R-3"))) == ["R-1", (3, problem), "R-3"]


def test_a_row_that_is_no_text_is_told_and_the_good_ones_go_in(reading: Reading) -> None:
    bad = row("R-2", name="SITI").encode().replace(b"SITI", b"S\x81TI")
    content = (HEADER + row("R-1")).encode() + bad + row("R-3").encode()
    problem = "name: is not UTF-8 text; in a spreadsheet choose CSV UTF-8 when saving"
    assert said(reading(content)) == ["R-1", (3, problem), "R-3"]


def test_a_quote_that_is_never_closed_swallows_nobody(reading: Reading) -> None:
    rows = [row(f"R-{number}") for number in range(3, 30)]
    found = said(reading(HEADER + row("R-1") + row("R-2", name='"SITI') + "".join(rows)))
    assert found == ["R-1", (3, "is not CSV: unexpected end of data"), *(f"R-{number}" for number in range(3, 30))]


def test_two_quotes_that_are_never_closed_swallow_nobody(reading: Reading) -> None:
    found = said(reading(HEADER + row("R-1", name='"SITI') + row("R-2") + row("R-3", name='"SITI') + row("R-4")))
    assert [item for item in found if isinstance(item, str)] == ["R-2", "R-4"]
    assert [item[0] for item in found if isinstance(item, tuple)] == [2, 4]


def test_lines_are_counted_where_a_row_starts(reading: Reading) -> None:
    content = HEADER + "\n" + row("R-1", name='"SITI\nCONTOH"') + "\n" + row("R-2", nik="1") + row("R-3")
    assert said(reading(content)) == ["R-1", (6, "nik: must be 16 digits"), "R-3"]


def test_an_endless_line_is_one_bad_row(reading: Reading) -> None:
    found = said(reading(HEADER + row("R-1") + "x" * 1_000_000 + "\n" + row("R-3")))
    assert found == ["R-1", (3, "has 1 columns instead of 7"), "R-3"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty; its first line must be record_id,nik,name"),
        (b"\n\n", "is empty"),
        (GOOD.encode(), ":1: is not a header; its first line must be record_id,nik"),
        (HEADER.replace("nik,", "").encode(), "has no column nik"),
        (b"record_id;name\n", "has no column nik, recorded_at"),
        (HEADER.replace("\n", ",nik\n").encode(), "has a column twice"),
        (HEADER.encode("utf-16-le"), "is not UTF-8 text"),
        (b"PK\x03\x04\x00\x00\x08\x00", "is not UTF-8 text"),
        (b'record_id,"nik\n', "is not CSV"),
    ],
)
def test_a_file_that_is_no_such_csv_is_one_clear_line(reading: Reading, content: bytes, problem: str) -> None:
    with pytest.raises(Rejected, match=problem) as caught:
        reading(content)
    assert "\n" not in str(caught.value)
    assert "1205010101900001" not in str(caught.value)


@pytest.mark.parametrize("where", ["missing.csv", "."])
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path, where: str) -> None:
    with pytest.raises(Rejected, match="cannot be read: "):
        list(read_registrations(tmp_path / where, timezone=JAKARTA, now=NOW))


def test_a_header_alone_is_an_empty_import(reading: Reading) -> None:
    assert reading(HEADER) == []


def test_rows_are_read_as_a_stream(tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    count = 5_000
    with file.open("w") as out:
        out.write(HEADER)
        out.writelines(row(f"R-{number}") for number in range(count))
    tracemalloc.start()
    try:
        assert sum(isinstance(item, Record) for item in read_registrations(file, timezone=JAKARTA, now=NOW)) == count
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / count < 250, "bytes a row: its id, to find doubles"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv") / "registrations.csv"


@given(junk=st.lists(st.binary(max_size=60).map(lambda line: line.replace(b"\n", b"").replace(b"\r", b"")), max_size=5))
def test_whatever_stands_between_them_good_rows_go_in(scratch: Path, junk: list[bytes]) -> None:
    rows = [row(f"R-{number}").encode() for number in range(len(junk) + 1)]
    between = [*(line + b"\n" for line in junk), b""]
    scratch.write_bytes(HEADER.encode() + b"".join(good + bad for good, bad in zip(rows, between, strict=True)))
    found = list(read_registrations(scratch, timezone=JAKARTA, now=NOW))
    good = {item.record_id for item in found if isinstance(item, Record)}
    assert {f"R-{number}" for number in range(len(rows))} <= good
