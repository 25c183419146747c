"""What stands on paper: the log's checkpoint, the key, a citizen's receipt. Pages are read back with a PDF reader."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from adapters.documents.codes import qr
from daemon import main as root
from daemon.domain.job import Verdict
from daemon.domain.merkle import is_included, leaf_hash
from daemon.domain.note import head, parts
from daemon.queries.sheets import MOST_CODE_BYTES
from tests.unit.daemon.cli.conftest import Office

NIK, NAME = "1205010101900001", "SITI CONTOH"
NOTE = re.compile(r"giliran/1205\n\d+\n[A-Za-z0-9+/]{43}=\n+— giliran/1205 [A-Za-z0-9+/]+=*")


@pytest.fixture
def office(office: Office) -> Office:
    """With a key, and one card made."""
    assert root.make_log_key(office.settings)
    office.stock()
    office.ready("A-1", "A-2")
    office.start("A-1")
    office.finish("A-1", Verdict.PRINTED)
    return office


def text_of(file: Path) -> list[str]:
    """Page by page, without the signs that allow a break."""
    return [page.extract_text().replace("\u200b", "") for page in PdfReader(file).pages]


def note_on(page: str) -> str:
    """The checkpoint that stands at its foot, as somebody would type it."""
    *_, found = NOTE.findall(re.sub(r"\n\s*\n", "\n", page))
    first, signature = re.split(r"\n+— ", found)
    return f"{first}\n\n— {signature}\n"


def paper(office: Office, *arguments: str) -> list[str]:
    file = office.folder / "paper.pdf"
    file.unlink(missing_ok=True)
    told = office(*arguments, str(file))
    assert (told.status, told.out) == (0, ""), told.err
    return text_of(file)


@pytest.mark.parametrize("kind", ["blanks", "destruction", "count", "outages", "fairness", "daily"])
def test_every_report_bears_a_checkpoint_that_the_log_is_verified_against(office: Office, kind: str) -> None:
    page, *_ = paper(office, "report", kind, "--format", "pdf", "--output")
    typed = office.folder / "typed"
    typed.write_text(note_on(page), encoding="utf-8")
    assert office("audit", "verify", "--checkpoint", str(typed)).status == 0


def test_each_page_of_a_long_report_bears_it(office: Office) -> None:
    with office.store() as store:
        for number in range(120):
            told: dict[str, Any] = {"import": number, "new": 1, "changed": 0}
            store.log.append("imported", at=office.now, actor="siti", **told)
    pages = paper(office, "report", "fairness", "--format", "pdf", "--output")
    assert len(pages) > 2
    assert len({note_on(page) for page in pages}) == 1


def test_without_a_key_a_report_is_made_without_a_checkpoint_and_says_so(office: Office) -> None:
    root.log_key_path(office.settings).unlink()
    file = office.folder / "bare.pdf"
    told = office("report", "outages", "--format", "pdf", "-o", str(file))
    assert told.status == 0
    assert "no checkpoint stands on this paper" in told.err
    [page] = text_of(file)
    assert "— giliran/1205" not in page
    assert "Audit log, entry" in page


def test_the_key_on_paper_is_the_key(office: Office) -> None:
    [page] = paper(office, "audit", "key", "--print")
    assert office("audit", "key").out.strip() in page.replace("\n", "")
    assert note_on(page)


def test_a_receipt_tells_how_the_card_stands_and_nothing_else_of_the_person(office: Office) -> None:
    [page] = paper(office, "why", "A-2", "--lang", "id", "--print")
    for words in ("KETERANGAN PROSES KARTU", "A-2", "S. C.", "Selanjutnya:", "Disdukcapil Contoh".upper()):
        assert words in page
    assert NAME not in page
    assert NIK not in page
    assert "A-1" not in page
    assert note_on(page)


def test_the_proof_on_a_receipt_leads_to_the_head_that_was_signed(office: Office) -> None:
    [page] = paper(office, "why", "A-1", "--print")
    text = page[page.index("c2sp.org/tlog-proof@v1") :]
    extra, index, rest = re.split(r"\nindex (\d+)\n", text, maxsplit=1)[0:3]
    leaf = base64.b64decode(extra.partition("extra ")[2].replace("\n", ""))
    note = note_on(rest)
    tree = head(parts(note)[0])
    hashes = [base64.b64decode(line) for line in rest[: rest.index("giliran/1205")].split()]
    assert is_included(leaf_hash(leaf), int(index), tree.size, hashes, tree.root)
    assert b'"event":"attempt_printed"' in leaf


def test_a_receipt_is_for_one_record(office: Office) -> None:
    several = office("why", NIK, "--print", str(office.folder / "x.pdf"))
    assert several.status == 1
    assert "A-1, A-2" in several.err
    assert not (office.folder / "x.pdf").exists()


def test_what_does_not_fit_a_code_is_left_to_the_text() -> None:
    assert qr("x" * MOST_CODE_BYTES).startswith("<svg")
    with pytest.raises(ValueError, match="too large"):
        qr("x" * 3000)
