"""Registrations as spreadsheets save them. The files in tests/inputs/registrations were made for this."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.registrations import BadRow, Dates, hints_that_hold, read_registrations
from daemon.domain.errors import Rejected
from daemon.domain.one_card import FIRST_TIME
from daemon.ports import Record

INPUTS = Path(__file__).parents[2] / "inputs" / "registrations"
JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HEADER = "record_id;nik;name;recorded_at\n"

NO_TIME = "must be a time like 2026-01-05T09:11:00 or 2026-01-05T09:11:00+07:00"

Reading = Callable[..., list[Record | BadRow]]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    def read(content: str | bytes, *, encoding: str = "utf-8", dates: Dates = Dates.ISO) -> list[Record | BadRow]:
        file = tmp_path / "registrations.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return list(read_registrations(file, timezone=JAKARTA, now=NOW, dates=dates))

    return read


def row(number: int, **changes: str) -> str:
    values = {
        "record_id": f"R-{number}",
        "nik": f"120501010190{number:04}",
        "name": "SITI CONTOH",
        "recorded_at": "2024-03-01",
        **changes,
    }
    return ";".join(values.values()) + "\n"


def said(found: list[Record | BadRow]) -> list[tuple[int, str] | str]:
    return [(item.line, item.problem) if isinstance(item, BadRow) else item.record_id for item in found]


@pytest.mark.parametrize(
    ("name", "record_ids"),
    [
        ("excel-trailing-empty-columns.csv", ["REG-001", "REG-002"]),
        ("excel-trailing-empty-in-rows.csv", ["REG-011", "REG-012"]),
        ("excel-header-in-capitals.csv", ["REG-021"]),
        ("excel-sep-line.csv", ["REG-031"]),
        ("excel-tabs.csv", ["REG-041"]),
        ("nik-with-apostrophe.csv", ["REG-061"]),
    ],
)
def test_what_excel_saves_goes_in(name: str, record_ids: list[str]) -> None:
    found = list(read_registrations(INPUTS / name, timezone=JAKARTA, now=NOW))
    assert said(found) == record_ids
    for record in found:
        assert isinstance(record, Record)
        assert (len(record.person.nik), record.person.name) == (16, "CONTOH WARGA")
        assert record.recorded_at == datetime(2017, 3, 1, 2, 11, tzinfo=UTC)
        assert (record.district, record.village, record.request_class) == ("CONTOH", "DESA UJI", "first_time")


def test_rounded_niks_are_refused_and_it_says_how_to_save_them_right() -> None:
    found = list(read_registrations(INPUTS / "excel-rounded-nik.csv", timezone=JAKARTA, now=NOW))
    problem = "nik: ends in 0000, as no NIK does; a spreadsheet has rounded it"
    assert said(found) == [(line, problem) for line in range(2, 7)]
    [hint] = {item.hint for item in found if isinstance(item, BadRow)}
    assert hint is not None
    assert "as Text" in hint
    assert "CSV UTF-8" in hint


def test_a_file_in_which_every_nik_was_rounded_is_refused_as_a_whole(reading: Reading) -> None:
    rounded = "".join(row(number * 10) for number in range(1, 30))
    with pytest.raises(Rejected, match="every NIK ends in 0: a spreadsheet has rounded them; nothing was taken in"):
        reading(HEADER + rounded)
    assert len(reading(HEADER + row(1) + rounded)) == 30


@pytest.mark.parametrize("people", range(3, 10))
def test_a_short_file_in_which_every_nik_was_rounded_is_refused_too(reading: Reading, people: int) -> None:
    rounded = "".join(row(number * 10) for number in range(1, people + 1))
    with pytest.raises(Rejected, match="every NIK ends in 0: a spreadsheet has rounded them; nothing was taken in"):
        reading(HEADER + rounded + row(500, name=""))
    assert len(reading(HEADER + rounded + row(1))) == people + 1


def test_one_person_or_two_may_have_a_nik_that_ends_in_0(reading: Reading) -> None:
    assert len(reading(HEADER + row(10) + row(20))) == 2
    assert len(reading(HEADER + "".join(row(n, nik="1205010101900010") for n in range(1, 6)))) == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_name_is_the_same_in_every_encoding(reading: Reading, encoding: str, delimiter: str) -> None:
    content = (HEADER + row(1, name="JOSÉ CONTOH") + row(2, name="D’ÁVILA")).replace(";", delimiter)
    names = [item.person.name for item in reading(content, encoding=encoding) if isinstance(item, Record)]
    assert names == ["JOSÉ CONTOH", "D’ÁVILA"]


def test_a_file_has_one_encoding(reading: Reading) -> None:
    utf_8, windows = row(1, name="JOSÉ").encode(), row(2, name="JOSÉ").encode("cp1252")
    no_text = "name: is not UTF-8 text; in a spreadsheet choose CSV UTF-8 when saving"
    misread = "name: was read in another encoding than it was written in (UTF-8 as Windows-1252)"
    assert said(reading(HEADER.encode() + utf_8 + windows)) == ["R-1", (3, no_text)]
    assert said(reading(HEADER.encode() + windows + utf_8)) == ["R-2", (3, misread)]
    assert said(reading(HEADER.encode("utf-8-sig") + windows)) == [(2, no_text)]


@pytest.mark.parametrize("start", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_workbook_is_refused_with_what_to_do(reading: Reading, start: bytes) -> None:
    with pytest.raises(Rejected, match="a spreadsheet's own file; in a spreadsheet choose CSV UTF-8 when saving"):
        reading(start + b"\x00" * 100)


@pytest.mark.parametrize(
    "header",
    [
        "Record ID;NIK;Name;Recorded At",
        "ID REKAMAN;NIK;NAMA LENGKAP;WAKTU REKAM",
        "No. Perekaman;Nomor Induk Kependudukan;Nama_Lgkp;Tgl. Perekaman",
        '"record_id";" nik ";"name";"recorded-at"',
    ],
)
def test_columns_have_indonesian_names_too(reading: Reading, header: str) -> None:
    assert said(reading(header + "\n" + row(1))) == ["R-1"]


def test_the_columns_of_the_residence_have_indonesian_names_too(reading: Reading) -> None:
    header = "id_rekaman;nik;nama;waktu_rekam;Kecamatan;Desa/Kelurahan;Jenis Permohonan\n"
    [record] = reading(header + "R-1;1205010101900001;SITI;2024-03-01;STABAT;PERDAMAIAN;FIRST_TIME\n")
    assert isinstance(record, Record)
    assert (record.district, record.village, record.request_class) == ("STABAT", "PERDAMAIAN", "first_time")


@pytest.mark.parametrize("text", ["FIRST_TIME", "First-Time", "first  time"])
def test_a_class_is_known_in_every_spelling(reading: Reading, text: str) -> None:
    [record] = reading(HEADER.strip() + ";request_class\n" + row(1).strip() + f";{text}\n")
    assert isinstance(record, Record)
    assert record.request_class == FIRST_TIME


def test_the_columns_of_an_offices_own_list_are_passed_over_and_named_once(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    header = "No;id_perekaman;N.I.K.;Nama Lengkap;Jenis Kelamin;Tgl. Perekaman;Desa/Kel.;Kec.;No\n"
    file.write_text(
        header + "1;R-1;1205010101900001;SITI;P;2024-03-01;PERDAMAIAN;STABAT;x\n"
        "2;R-2;1205010101900002;ANI;\ufffd;2024-03-01;;;\n"
    )
    told: list[str] = []
    one, two = read_registrations(file, timezone=JAKARTA, now=NOW, tell=told.append)
    assert isinstance(one, Record)
    assert isinstance(two, Record)
    assert (one.person.nik, one.person.name, one.village, one.district) == (
        "1205010101900001", "SITI", "PERDAMAIAN", "STABAT",
    )  # fmt: skip
    assert told == ["Columns that are not needed were passed over: no, jenis_kelamin"]


def test_a_title_above_the_header_is_told_with_the_line_that_should_be_the_first(reading: Reading) -> None:
    title = "DAFTAR PEREKAMAN KTP-EL;;;\nKecamatan;Nama;;\n\n"
    with pytest.raises(Rejected, match=r"csv:1: is a title; the header is in line 4\. Delete the lines above it"):
        reading(title + HEADER + row(1))
    with pytest.raises(Rejected, match=r"csv:2: is a title; the header is in line 5\."):
        reading("sep=;\n" + title + HEADER + row(1))


@pytest.mark.parametrize("said_by", ["sep=;", "SEP=;", "sep=;;;;"])
def test_the_separator_that_the_file_names_counts(reading: Reading, said_by: str) -> None:
    assert said(reading(said_by + "\r\n" + HEADER + row(1))) == ["R-1"]


def test_another_separator_is_refused(reading: Reading) -> None:
    with pytest.raises(Rejected, match="its sep= line must say comma, semicolon or tab"):
        reading("sep=|\n" + HEADER.replace(";", "|"))


@pytest.mark.parametrize("marked", ["'{}", "’{}", '"=""{}"""', "' {}", '="{}"', "\u00a0{}\u00a0"])
def test_how_a_spreadsheet_marks_text_is_no_part_of_it(reading: Reading, marked: str) -> None:
    fields = {"record_id": "R-1", "nik": "1205010101900001", "recorded_at": "2024-03-01"}
    [record] = reading(HEADER + row(1, **{name: marked.format(value) for name, value in fields.items()}))
    assert isinstance(record, Record)
    assert (record.record_id, record.person.nik) == ("R-1", "1205010101900001")


def test_a_name_keeps_its_apostrophes(reading: Reading) -> None:
    [record] = reading(HEADER + row(1, name="'AISYAH JUM'AT"))
    assert isinstance(record, Record)
    assert record.person.name == "'AISYAH JUM'AT"


def test_empty_tails_are_nothing_and_filled_ones_are_a_bad_row(reading: Reading) -> None:
    tails = HEADER.strip() + ";;\n" + row(1).strip() + ";;\n" + ";;;;;\n" + row(2).strip() + ";;;;\n"
    assert said(reading(tails)) == ["R-1", "R-2"]
    filled = HEADER.strip() + ";;\n" + row(1).strip() + ";;x\n" + row(2).strip() + ";;;x\n"
    assert said(reading(filled)) == [
        (2, "has something in column 6, which has no name"),
        (3, "has 7 columns instead of 6"),
    ]


@pytest.mark.parametrize("text", ["01/03/2024", "1/3/2024", "01-03-2024", "01.03.2024 00.00", "1/3/2024 0:00:00"])
def test_the_day_comes_first_where_that_is_said_of_the_whole_file(reading: Reading, text: str) -> None:
    [record] = reading(HEADER + row(1, recorded_at=text), dates=Dates.DMY)
    assert isinstance(record, Record)
    assert record.recorded_at == datetime(2024, 2, 29, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31 09.11", (9, 11, 0)),
        ("2024-01-31 9.11", (9, 11, 0)),
        ("2024-01-31 09.11.05", (9, 11, 5)),
        ("2024-01-31 9:11", (9, 11, 0)),
        ("2024-1-31 09:11", (9, 11, 0)),
        ("2024-1-31  9:1:5", (9, 1, 5)),
        ("2024-01-31T09:11:05", (9, 11, 5)),
        ("2024-1-31", (0, 0, 0)),
        ("2024-01-31T02:11:05Z", (9, 11, 5)),
        ("2024-01-31 09.11+07:00", (9, 11, 0)),
        ("2024-01-31T09:11:05.999999999+0700", (9, 11, 5)),
    ],
)
def test_hours_and_minutes_are_read_as_they_are_written_in_indonesia(
    reading: Reading, text: str, moment: tuple[int, int, int]
) -> None:
    [record] = reading(HEADER + row(1, recorded_at=text))
    assert isinstance(record, Record)
    assert record.recorded_at.astimezone(JAKARTA).replace(microsecond=0) == datetime(
        2024, 1, 31, *moment, tzinfo=JAKARTA
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2024-W05", "names a week or a day of the year, not a date like 2026-01-31"),
        ("2024W053", "names a week or a day of the year, not a date like 2026-01-31"),
        ("2024-W05-3T09:11", "names a week or a day of the year, not a date like 2026-01-31"),
        ("2024-031", "names a week or a day of the year, not a date like 2026-01-31"),
        ("2024-01-31 09.5", "has a part of an hour or of a minute, not a time like 09:11 or 09.11"),
        ("2024-01-31 09.511", "has a part of an hour or of a minute, not a time like 09:11 or 09.11"),
        ("2024-01-31T09,5", "has a part of an hour or of a minute, not a time like 09:11 or 09.11"),
        ("2024-01-31T09:11.5", "has a part of an hour or of a minute, not a time like 09:11 or 09.11"),
        ("2024-02-30 09:11", NO_TIME),
        ("2024-01-31 24.11", NO_TIME),
        ("2024-01-31 09.60", NO_TIME),
        ("2024-01-31 09", NO_TIME),
        ("20240131", NO_TIME),
        ("2024-01", NO_TIME),
    ],
)
def test_a_time_that_may_be_another_is_refused_with_what_it_is(reading: Reading, text: str, problem: str) -> None:
    found = reading(HEADER + row(1, recorded_at=text) + row(2))
    assert said(found) == [(2, f"recorded_at: {problem}"), "R-2"]


@pytest.mark.parametrize("text", ["01/03/2024", "25/03/2024 09:11", "1.3.2024 9.11"])
def test_which_part_is_the_day_is_never_guessed(reading: Reading, text: str) -> None:
    [bad] = reading(HEADER + row(1, recorded_at=text))
    assert isinstance(bad, BadRow)
    assert bad.problem.startswith("recorded_at: must be a time like 2026-01-05T09:11:00")
    assert bad.hint is not None
    assert "--dates dmy" in bad.hint


def test_a_date_with_the_month_first_is_not_said_to_have_the_day_first(reading: Reading) -> None:
    found = reading(HEADER + row(1, recorded_at="1/2/2024") + row(2, recorded_at="1/31/2024 9:11"))
    hints = hints_that_hold(item.hint for item in found if isinstance(item, BadRow) and item.hint is not None)
    assert [hint.startswith("Some dates of this file have the month first") for hint in hints] == [True]
    assert "dmy" not in str(hints)


def test_a_file_that_contradicts_what_is_said_of_its_dates_is_refused_as_a_whole(reading: Reading) -> None:
    content = HEADER + row(1, recorded_at="03/04/2024") + row(2, recorded_at="03/25/2024")
    with pytest.raises(Rejected, match=r":3: has the month first, so --dates dmy does not hold for this file; nothing"):
        reading(content, dates=Dates.DMY)


@pytest.mark.parametrize("text", ["2024-03-01", "31/02/2024", "1/3/24", "45352", "01/03-2024"])
def test_a_date_that_is_not_as_said_is_a_bad_row(reading: Reading, text: str) -> None:
    found = reading(HEADER + row(1, recorded_at=text) + row(2, recorded_at="01/03/2024"), dates=Dates.DMY)
    problem = "recorded_at: must be a time like 31/01/2026 or 31/01/2026 09:11, as the rest of the file (--dates dmy)"
    assert said(found) == [(2, problem), "R-2"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "SIT\ufffd"}, "name: has letters that were lost on the way (U+FFFD)"),
        ({"name": "SIT?"}, "name: has a sign that is in no name (number 4)"),
        ({"nik": "1205010101900000"}, "nik: ends in 0000, as no NIK does; a spreadsheet has rounded it"),
        ({"recorded_at": "1970-01-01"}, "recorded_at: lies before the year 2000"),
    ],
)
def test_the_rules_for_the_centre_hold_for_registrations(
    reading: Reading, changes: dict[str, str], problem: str
) -> None:
    assert said(reading(HEADER + row(1, **changes) + row(2))) == [(2, problem), "R-2"]


@given(
    minutes=st.integers(1, 13_000_000),
    between=st.sampled_from("/-."),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_both_ways_to_write_a_date_mean_the_same(
    tmp_path_factory: pytest.TempPathFactory, minutes: int, between: str, delimiter: str, encoding: str
) -> None:
    folder = tmp_path_factory.mktemp("dates")
    moment = datetime(2001, 1, 1, tzinfo=JAKARTA) + timedelta(minutes=minutes)
    texts = {Dates.ISO: f"{moment:%Y-%m-%dT%H:%M}", Dates.DMY: moment.strftime(f"%d{between}%m{between}%Y %H:%M")}
    times = []
    for dates, text in texts.items():
        file = folder / dates
        file.write_bytes((HEADER + row(1, recorded_at=text)).replace(";", delimiter).encode(encoding))
        [record] = read_registrations(file, timezone=JAKARTA, now=NOW + timedelta(days=1), dates=dates)
        assert isinstance(record, Record)
        times.append(record.recorded_at)
    shutil.rmtree(folder)
    assert times[0] == times[1]
