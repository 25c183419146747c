"""Recorded here, absent there: the list, and the letter that asks the centre."""

import csv
import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.unit.daemon.cli.conftest import RECORDED, Office, record

NIK = "1205010101900001"


@pytest.fixture
def office(office: Office) -> Office:
    file = Path(office.folder / "rows.csv")
    rows = (f"R-{n},{NIK[:-1]}{n},SITI CONTOH,2026-0{n}-05T08:00:00+07:00" for n in range(1, 4))
    file.write_text("\n".join(["record_id,nik,name,recorded_at", *rows]), encoding="utf-8")
    assert office("import", str(file), "--document", "470/1").status == 0
    office.take(record("R-2", RECORDED), record("OTHER", RECORDED, "PROCESSING"))
    return office


def looked_up(office: Office) -> list[tuple[object, object]]:
    with office.store() as store:
        found = [entry.details for entry in store.log.entries() if entry.event == "looked_up"]
    return [(each["by"], each["found"]) for each in found]


def test_who_is_unknown_at_the_centre_is_listed_with_the_age_and_without_a_name(office: Office) -> None:
    told = office("report", "absent", "--json").json
    assert [row["record_id"] for row in told["rows"]] == ["R-1", "R-3"]
    first, second = told["rows"]
    assert first["age_days"] > second["age_days"] > 0
    assert told["figures"]["oldest_days"] == first["age_days"]
    assert (first["nik"], first["name"], first["document"]) == ("…0001", "S. C.", "470/1")
    out = office("report", "absent").out
    assert NIK not in out
    assert "SITI" not in out
    assert looked_up(office) == []


def test_the_centre_gets_nik_and_name_and_that_is_logged(office: Office) -> None:
    rows = list(csv.DictReader(io.StringIO(office("report", "absent", "--format", "csv").out)))
    assert [(row["nik"], row["name"]) for row in rows] == [(NIK, "SITI CONTOH"), (f"{NIK[:-1]}3", "SITI CONTOH")]
    file = office.folder / "letter.pdf"
    assert office("report", "absent", "--lang", "id", "--format", "pdf", "-o", str(file)).status == 0
    text = " ".join(PdfReader(file).pages[0].extract_text().split())
    assert "Kepada Yth. Direktorat Jenderal Kependudukan dan Pencatatan Sipil" in text
    assert NIK in text.replace("\u200b", "")
    assert looked_up(office) == [("absent", 2), ("absent", 2)]


def test_why_gives_each_of_them_the_answer(office: Office) -> None:
    words = office("why", "R-1").out
    assert "recorded at this office, but absent at the central server" in words
    assert "The office has to ask the centre for the record" in words
    assert office("why", "R-1", "--json").json["moved_next_by"] == "office"


def test_nobody_absent_is_said_in_one_line(office: Office) -> None:
    office.take(record("R-1", RECORDED), record("R-3", RECORDED))
    assert "knows every record" in office("report", "absent").out
    assert office("report", "absent", "--json").json["rows"] == []
    assert office("report", "absent", "--to", "2026-01-31").status == 2
