"""Reports: real SQLite, real Typst; the page is read back with a PDF reader."""

import csv
import io
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from daemon.domain import ledger
from daemon.domain.ledger import Movement
from daemon.domain.link import Cause, Link, LinkState
from daemon.queries.audit import verify
from daemon.queries.tree import stamp
from tests.unit.daemon.cli.conftest import Office

OCTOBER = datetime(2025, 10, 20, 3, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 5, 3, tzinfo=UTC)
DAY = timedelta(days=1)
OF_NOVEMBER = ("--from", "2025-11-01", "--to", "2025-11-30")
REPORTS = ("blanks", "destruction", "count", "outages")


@pytest.fixture
def office(office: Office) -> Office:
    """What happened in October and November 2025, in Indonesian."""
    office.configure(language="id")
    with office.store() as store:

        def move(quantity: int, credit: str, debit: str, reason: str, at: datetime, **more: object) -> None:
            movement = Movement(quantity=quantity, credit=credit, debit=debit, reason=reason, **more)  # type: ignore[arg-type]
            assert store.ledger.move(movement, at=at, actor="siti")

        move(100, "centre", "store", ledger.RECEIVED, OCTOBER, batch="B10")
        move(500, "centre", "store", ledger.RECEIVED, NOVEMBER, batch="B11", document="SJ/11")
        move(200, "store", "hopper:card-1", ledger.LOADED, NOVEMBER)
        move(150, "hopper:card-1", "in_process", "print", NOVEMBER + DAY)
        move(140, "in_process", "issued", "printed", NOVEMBER + DAY)
        move(10, "in_process", "spoiled", "print_spoiled", NOVEMBER + DAY)
        witnesses = ("Budi Saksi", "Rahma #strong[x] *y*")
        move(6, "spoiled", "destroyed", ledger.WRITTEN_OFF, NOVEMBER + 2 * DAY, witnesses=witnesses, document="BA/1")
        move(1, "issued", "destroyed", ledger.WRITTEN_OFF, NOVEMBER + 3 * DAY, witnesses=("Budi Saksi",))
        store.ledger.count(
            ledger.Count(account="store", quantity=398, note="opname", document="SO/1"),
            at=NOVEMBER + 4 * DAY,
            actor="budi",
        )
        store.ledger.count(
            ledger.Count(account="hopper:card-1", quantity=50, note="opname"), at=NOVEMBER + 4 * DAY, actor="budi"
        )
        up = Link(state=LinkState.UP, since=OCTOBER)
        down = Link(state=LinkState.DOWN, since=NOVEMBER, cause=Cause.CAPTIVE_PORTAL)
        store.links.save_link(down, up)
        store.links.save_link(Link(state=LinkState.UP, since=NOVEMBER + timedelta(hours=2)), down)
    return office


def rows(office: Office, kind: str, *options: str) -> list[dict[str, str]]:
    told = office("report", kind, *OF_NOVEMBER, "--format", "csv", *options)
    assert (told.status, told.err) == (0, "")
    return list(csv.DictReader(io.StringIO(told.out)))


def page(office: Office, kind: str, *options: str) -> tuple[PdfReader, str]:
    file = office.folder / f"{kind}.pdf"
    told = office("report", kind, *OF_NOVEMBER, "--format", "pdf", "--output", str(file), *options)
    assert (told.status, told.out) == (0, "")
    read = PdfReader(file)
    return read, re.sub(r"\s+", " ", " ".join(leaf.extract_text() for leaf in read.pages))


def test_the_use_of_blanks_adds_up_batch_by_batch(office: Office) -> None:
    first, second = rows(office, "blanks")
    assert (first["batch"], first["opening"], first["issued"], first["closing"]) == ("B10", "100", "100", "0")
    assert (second["batch"], second["received"], second["issued"], second["print_spoiled"]) == (
        "B11", "500", "40", "10"
    )  # fmt: skip
    assert (second["variance"], second["closing"]) == ("-2", "448")
    assert (second["destroyed"], second["spoiled_closing"]) == ("6", "4")
    balances = office("blanks", "balance", "--json").json
    assert sum(int(row["closing"]) for row in (first, second)) == balances["store"] + balances["hopper"]["card-1"]


def test_the_page_has_the_figures_the_names_and_the_logs_hash(office: Office) -> None:
    office.configure(language="id", office='town: Stabat, head: "Dra. Siti Contoh", head_nip: "197001011990012001"')
    read, text = page(office, "blanks")
    for words in (
        "LAPORAN PENGGUNAAN BLANGKO",
        "1 November 2025 sampai dengan 30 November 2025",
        "Stok awal 100",
        "Tercetak -140",
        "Stok akhir 448",
        "Kartu yang ditarik dan dimusnahkan 1",
        "Dra. Siti Contoh",
        "NIP 197001011990012001",
        "Stabat, ",
        "Halaman 1 dari 1",
    ):
        assert words in text
    with office.store() as store:
        last = stamp(store.tree)
    assert last is not None
    assert last.hash in text.replace(" ", "")
    assert len(read.pages) == 1


def test_what_people_wrote_stands_on_the_page_as_they_wrote_it(office: Office) -> None:
    _, text = page(office, "destruction")
    assert "Rahma #strong[x] *y*" in text
    assert text.count("Saksi") >= 3
    assert "BA/1" in text


def test_one_paper_alone(office: Office) -> None:
    assert [row["quantity"] for row in rows(office, "destruction")] == ["6", "1"]
    (alone,) = rows(office, "destruction", "--document", "BA/1")
    assert (alone["what"], alone["witnesses"]) == ("spoiled", "Budi Saksi, Rahma #strong[x] *y*")
    (counted,) = rows(office, "count", "--document", "SO/1")
    assert counted["variance"] == "-2"


def test_a_count_that_agreed_is_told_too(office: Office) -> None:
    assert [(row["account"], row["ledger_said"], row["counted"], row["variance"]) for row in rows(office, "count")] == [
        ("store", "400", "398", "-2"),
        ("hopper:card-1", "50", "50", "0"),
    ]


def test_outages_with_their_length_and_cause(office: Office) -> None:
    (outage,) = rows(office, "outages")
    assert (outage["seconds"], outage["cause"]) == ("7200", "captive_portal")
    told = office("report", "outages", *OF_NOVEMBER).out
    assert "2 jam" in told
    assert "0,3 %" in told
    assert "Halaman login jaringan" in told


@pytest.mark.parametrize("kind", REPORTS)
def test_a_period_without_anything_says_so(office: Office, kind: str) -> None:
    empty = ("--from", "2020-01-01", "--to", "2020-01-31")
    assert "Tidak ada" in office("report", kind, *empty).out
    assert office("report", kind, *empty, "--json").json["rows"] == []
    file = office.folder / "empty.pdf"
    assert office("report", kind, *empty, "--format", "pdf", "-o", str(file)).status == 0
    assert "Tidak ada" in PdfReader(file).pages[0].extract_text()


def test_a_report_is_in_the_language_that_is_asked_for_else_in_the_offices(office: Office) -> None:
    _, text = page(office, "count", "--lang", "en")
    for words in (
        "RECORD OF A STOCK-TAKING",
        "Period 1 Nov 2025 to 30 Nov 2025",
        "Area code 1205",
        "9 Nov 2025",
        "Printer card-1",
        "Counts 2",
        "This seal vouches for every entry before it",
        "Page 1 of 1",
    ):
        assert words in text
    assert "Halaman" not in text
    told = office("report", "outages", *OF_NOVEMBER, "--lang", "en").out
    for words in ("2025-11-05 10:00", "2 hours", "0.3 %", "Login page of the network"):
        assert words in told
    office.configure(language="en")
    assert "Outages of the Link" in office("report", "outages", *OF_NOVEMBER).out
    assert "Laporan Gangguan" in office("report", "outages", *OF_NOVEMBER, "--lang", "id").out
    assert office("report", "outages", "--lang", "jv").status == 2


@pytest.mark.parametrize("kind", REPORTS)
def test_the_table_and_json_say_the_same(office: Office, kind: str) -> None:
    told, table = office("report", kind, *OF_NOVEMBER, "--json").json, office("report", kind, *OF_NOVEMBER)
    assert table.status == 0
    assert (told["from"], told["to"]) == ("2025-11-01", "2025-11-30")
    assert told["title"] in table.out
    assert told["log"]["hash"] in table.out
    assert len(told["rows"]) == len(rows(office, kind))
    with office.store() as store:
        found = verify(store).last
    assert found is not None
    assert told["log"] == {"sequence": found.sequence, "hash": found.hash}


@pytest.mark.parametrize("kind", REPORTS)
def test_what_programs_read_of_the_figures_is_the_same_in_every_language(office: Office, kind: str) -> None:
    told = [office("report", kind, *OF_NOVEMBER, "--lang", lang, "--json").json["figures"] for lang in ("id", "en")]
    assert told[0] == told[1]
    assert told[0]
    assert all(re.fullmatch("[a-z_]+", key) for key in told[0])


def test_many_batches_run_over_several_pages_with_their_heading_on_each(office: Office) -> None:
    with office.store() as store:
        for number in range(120):
            shipment = Movement(
                quantity=5, credit="centre", debit="store", reason=ledger.RECEIVED, batch=f"KTP-2025/{number:03}"
            )
            store.ledger.move(shipment, at=NOVEMBER + 5 * DAY, actor="siti")
    read, text = page(office, "blanks")
    assert len(read.pages) > 1
    assert text.count("Stok awal") >= len(read.pages)  # once among the figures; signatures may have a page alone
    assert f"Halaman {len(read.pages)} dari {len(read.pages)}" in text


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        pytest.param(("--from", "yesterday"), 2, "a date reads 2026-01-31", id="no-date"),
        pytest.param(
            ("--from", "2025-02-02", "--to", "2025-02-01"), 1, "an earlier day to a later one", id="backwards"
        ),
        pytest.param(("--from", "2999-01-01"), 1, "lies in the future", id="future"),
        pytest.param(("--from", "2026-01-01", "--to", "9999-12-31"), 1, "no day after", id="the-end-of-days"),
        pytest.param(("--format", "docx"), 2, "docx", id="no-such-format"),
        pytest.param(("--document", "BA/1"), 2, "has no --document", id="a-paper-where-there-is-none"),
    ],
)
def test_what_is_asked_wrongly(office: Office, options: tuple[str, ...], status: int, words: str) -> None:
    told = office("report", "blanks", *options)
    assert told.status == status
    assert words in told.err
    assert told.out == ""


def test_a_file_that_is_there_stays(office: Office) -> None:
    file = office.folder / "laporan.csv"
    file.write_text("mine")
    told = office("report", "blanks", "--format", "csv", "-o", str(file))
    assert told.status == 1
    assert "laporan.csv" in told.err
    assert file.read_text() == "mine"


@pytest.mark.parametrize("trap", ["link", "link that leads nowhere", "pipe"])
def test_a_report_goes_into_a_new_file_alone(office: Office, trap: str) -> None:
    file, elsewhere = office.folder / "laporan.csv", office.folder / "elsewhere"
    if trap == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to(elsewhere)
    if trap == "link":
        elsewhere.write_text("mine")
    told = office("report", "blanks", "--format", "csv", "-o", str(file))
    assert (told.status, "laporan.csv: File exists" in told.err) == (1, True)
    assert elsewhere.exists() is (trap == "link")
    assert trap != "link" or elsewhere.read_text() == "mine"


def test_a_page_goes_to_stdout_whole(office: Office) -> None:
    command = [sys.executable, "-m", "daemon", "--config", str(office.config), "report", "count", "--format", "pdf"]
    told = subprocess.run(command, capture_output=True, check=True)
    assert told.stdout.startswith(b"%PDF")
    assert b"%%EOF" in told.stdout[-64:]
