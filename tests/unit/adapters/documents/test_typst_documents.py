"""Cards as PDF: what they show, what is refused, and that a person's data are data."""

import io
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from adapters.documents import TypstCards
from daemon.domain.errors import Fatal
from daemon.ports import BadCard, Card, CardRenderer, RendererFailed
from tests.waiting import eventually

TEMPLATES = Path(__file__).parents[4] / "config" / "templates"
POINTS_A_MM = 72 / 25.4

SITI = {
    "nik": "1205010101900001",
    "name": "SITI CONTOH",
    "birth_place": "STABAT",
    "birth_date": "1990-01-31",
    "sex": "F",
    "village": "KWALA BINGAI",
    "district": "STABAT",
}
WHOLE = {
    **SITI,
    "province": "SUMATERA UTARA",
    "regency": "KABUPATEN LANGKAT",
    "address": "JL. CONTOH NO. 1",
    "rt_rw": "003/004",
    "blood_type": "-",
    "religion": "ISLAM",
    "marital_status": "BELUM KAWIN",
    "occupation": "WIRASWASTA",
    "nationality": "WNI",
    "valid_until": "SEUMUR HIDUP",
    "issued_at": "2026-01-05",
}


@pytest.fixture(scope="module")
def documents() -> Iterator[TypstCards]:
    with closing(TypstCards(TEMPLATES, office="Disdukcapil Kabupaten Langkat")) as documents:
        yield documents


def card(fields: Mapping[str, str] = SITI, photo: bytes | None = None, document: bytes | None = None) -> Card:
    return Card(record_id="R-1", fields=fields, photo=photo, document=document)


def siti(**changes: str) -> dict[str, str]:
    return {**SITI, **changes}


def jpeg(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(out, "JPEG")
    return out.getvalue()


def text(pdf: bytes) -> str:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def picture(pdf: bytes, tmp_path: Path) -> Image.Image:
    """The card as the printer's own filter draws it, 300 dpi."""
    (tmp_path / "card.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "300", "-singlefile", "-png", tmp_path / "card.pdf", tmp_path / "card"], check=True
    )
    with Image.open(tmp_path / "card.png") as image:
        return image.convert("RGB")


def test_it_is_the_documents_port(documents: TypstCards) -> None:
    port: CardRenderer = documents
    assert port.render(card(), "card").startswith(b"%PDF-")


def test_a_card_is_one_page_of_iso_id_1_size(documents: TypstCards) -> None:
    [page] = PdfReader(io.BytesIO(documents.render(card(), "card"))).pages
    assert float(page.mediabox.width) == pytest.approx(85.6 * POINTS_A_MM, abs=0.01)
    assert float(page.mediabox.height) == pytest.approx(53.98 * POINTS_A_MM, abs=0.01)


def test_a_card_shows_what_the_centre_sent(documents: TypstCards) -> None:
    shown = text(documents.render(card(WHOLE), "card"))
    for value in WHOLE.keys() - {"birth_date", "sex", "issued_at", "province"}:
        assert WHOLE[value] in shown, value
    for value in ("PROVINSI SUMATERA UTARA", "31-01-1990", "PEREMPUAN", "05-01-2026"):
        assert value in shown


@pytest.mark.parametrize("missing", sorted(WHOLE.keys() - {"nik", "name"}))
def test_any_other_field_may_be_missing(documents: TypstCards, missing: str) -> None:
    fields = {name: value for name, value in WHOLE.items() if name != missing}
    assert "SITI CONTOH" in text(documents.render(card(fields), "card"))


def test_nik_and_name_are_enough(documents: TypstCards) -> None:
    assert "SITI CONTOH" in text(documents.render(card({"nik": SITI["nik"], "name": SITI["name"]}), "card"))


def test_without_a_regency_the_office_heads_the_card(documents: TypstCards) -> None:
    shown = text(documents.render(card(), "card"))
    assert shown.startswith("KABUPATEN LANGKAT")
    assert "DISDUKCAPIL" not in shown


def test_the_photo_stands_on_the_right(documents: TypstCards, tmp_path: Path) -> None:
    shown = picture(documents.render(card(photo=jpeg()), "card"), tmp_path)
    red, green, blue = shown.getpixel((round(shown.width * 0.83), round(shown.height * 0.55)))  # type: ignore[misc]
    assert red > 180
    assert green < 60
    assert blue < 60


def test_the_same_card_gives_the_same_bytes(documents: TypstCards) -> None:
    first = documents.render(card(WHOLE, photo=jpeg()), "card")
    documents.render(card(siti(name="ORANG LAIN")), "card")
    assert documents.render(card(WHOLE, photo=jpeg()), "card") == first
    with closing(TypstCards(TEMPLATES, office="Disdukcapil Kabupaten Langkat")) as again:
        assert again.render(card(WHOLE, photo=jpeg()), "card") == first


def test_nobody_gets_the_card_of_the_one_before(documents: TypstCards) -> None:
    documents.render(card(siti(occupation="PETANI"), photo=jpeg()), "card")
    shown = documents.render(card(siti(name="BUDI CONTOH")), "card")
    assert "PETANI" not in text(shown)
    assert b"DCTDecode" not in shown


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        '#panic("x") *a* _b_ $x$ `y`',
        '"); #sys.inputs',
        "\\ / ] } ) #{ <a> @b // c /* d",
        "= A",
        "#{",
        "{braces} %s %(x)s",
    ],
)
def test_text_is_never_markup(documents: TypstCards, name: str) -> None:
    shown = text(documents.render(card(siti(name=name, address=name)), "card"))
    assert name.upper().replace(" ", "") in shown.replace(" ", "")


@pytest.mark.parametrize("name", ["ÀÉÎÕÜ ŠŽ Ñ", "ЛЕВ ТОЛСТОЙ", "محمد", "ΣΩΚΡΑΤΗΣ", "ĐẶNG THỊ", "O’NEIL – D'ARCY"])
def test_letters_of_other_scripts_are_drawn(documents: TypstCards, name: str) -> None:
    assert documents.render(card(siti(name=name)), "card").startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["王小明", "SITI 😀", "ꦱꦶꦠꦶ"])
def test_a_letter_that_no_font_has_spoils_no_blank(documents: TypstCards, name: str) -> None:
    with pytest.raises(BadCard, match="R-1: template card: no font has one of its letters") as caught:
        documents.render(card(siti(name=name)), "card")
    assert_silent(caught.value, name)


def test_a_long_name_stays_on_the_card(documents: TypstCards, tmp_path: Path) -> None:
    name = "RADEN AJENG KUSUMANINGTYAS WIDYAWATI PURNAMASARI HADININGRAT BINTI SOEMOATMODJO KARTOSOEWIRJO"
    pdf = documents.render(card({**WHOLE, "name": name, "address": "X" * 300}), "card")
    shown = text(pdf).replace(" ", "").replace("\u200b", "")
    assert name.replace(" ", "") in shown
    assert shown.count("X") >= 300
    assert no_ink_near_edges(picture(pdf, tmp_path))


def no_ink_near_edges(shown: Image.Image) -> bool:
    """Whether the outermost two millimetres hold no dark text (the background's waves are pale)."""
    margin = round(2 / 25.4 * 300)
    grey = shown.convert("L")
    width, height = grey.size
    strips = [
        (0, 0, width, margin),
        (0, height - margin, width, height),
        (0, 0, margin, height),
        (width - margin, 0, width, height),
    ]
    return all(grey.crop(strip).getextrema()[0] > 120 for strip in strips)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("nik", "120501010190001", "field nik is not 16 digits"),
        ("nik", "", "field nik is not 16 digits"),
        ("nik", "１205010101900001", "field nik is not 16 digits"),
        ("name", " \n", "field name is missing"),
        ("address", "JL.\x00RAHASIA", "field address holds control characters"),
        ("address", "JL. \ud800RAHASIA", "field address holds control characters"),
        ("address", "RAHASIA " * 40, "field address is longer than 300 characters"),
    ],
)
def test_a_field_that_cannot_be_printed_is_named_and_not_repeated(
    documents: TypstCards, field: str, value: str, problem: str
) -> None:
    with pytest.raises(BadCard, match=f"R-1: {problem}") as caught:
        documents.render(card(siti(**{field: value})), "card")
    assert_silent(caught.value, "RAHASIA")
    assert_silent(caught.value, "SITI")


def test_a_card_without_nik_is_refused(documents: TypstCards) -> None:
    with pytest.raises(BadCard, match="field nik"):
        documents.render(card({"name": "SITI CONTOH"}), "card")


def test_line_breaks_in_a_field_become_spaces(documents: TypstCards) -> None:
    assert "SITI CONTOH" in text(documents.render(card(siti(name=" SITI\r\n\tCONTOH ")), "card"))


def assert_silent(error: BaseException | None, secret: str) -> None:
    """Neither the error nor what a log would print with it repeats this."""
    while error is not None:
        assert secret not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@given(value=st.text(max_size=80), field=st.sampled_from(["name", "address", "birth_date", "sex", "anything"]))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_card_or_a_bad_card(documents: TypstCards, value: str, field: str) -> None:
    with suppress(BadCard):
        pdf = documents.render(card(siti(**{field: value})), "card")
        assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


# --- documents of the centre ------------------------------------------------------------------------------


def test_the_centres_document_goes_out_as_it_came(documents: TypstCards) -> None:
    theirs = documents.render(card(), "card") + b"\n"
    assert documents.render(card(document=theirs), "card") == theirs


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"", "is not a PDF"),
        (b"<html>masuk dulu</html>", "is not a PDF"),
        (b"%PDF-1.7\n" + b"x" * 4000, "is cut short"),
        (b"%PDF-1.7\n" + b"x" * (8 << 20) + b"%%EOF", "is larger than 8 MiB"),
    ],
)
def test_a_document_that_is_none_is_refused(documents: TypstCards, document: bytes, problem: str) -> None:
    with pytest.raises(BadCard, match=f"R-1: the document {problem}"):
        documents.render(card(document=document), "card")


# --- templates --------------------------------------------------------------------------------------------


def test_what_is_admitted_of_the_centres_document_is_what_is_printed(documents: TypstCards) -> None:
    came = (Path(__file__).parents[3] / "inputs/documents/card-cropbox-on-a4.pdf").read_bytes()
    admitted = documents.admit(card(document=came))
    printed = documents.render(admitted, "card")
    assert printed == admitted.document != came
    (page,) = PdfReader(io.BytesIO(printed)).pages
    assert [float(side) for side in page.mediabox] == [0, 0, 243, 153]


def test_a_card_that_giliran_makes_itself_is_not_looked_into(documents: TypstCards) -> None:
    made = card()
    assert documents.admit(made) is made


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    return folder


def test_a_missing_template_is_fatal_at_once(templates: Path) -> None:
    with pytest.raises(Fatal, match=f"there is no template {templates}/green.typ"):
        TypstCards(templates, office="x", used=["card", "green"])


def test_a_broken_template_is_fatal_at_once_and_says_where(templates: Path) -> None:
    (templates / "card.typ").write_text("#let x = \n#set page(width: 85mm, \n")
    with pytest.raises(Fatal, match=r"card\.typ: error: ") as caught:
        TypstCards(templates, office="x")
    assert "2" in str(caught.value)


def test_a_template_that_reads_outside_its_folder_is_fatal(templates: Path) -> None:
    (templates / "card.typ").write_text('#read("../../../../../../etc/passwd")')
    with pytest.raises(Fatal):
        TypstCards(templates, office="x")


def test_a_template_that_fails_with_a_persons_data_repeats_none_of_them(templates: Path) -> None:
    (templates / "card.typ").write_text(
        '#let card = json(bytes(sys.inputs.card))\n#if card.fields.name != "SITI CONTOH" { panic(card.fields.name) }\n'
    )
    with (
        closing(TypstCards(templates, office="x")) as documents,
        pytest.raises(BadCard, match="it fails with what the centre sent") as caught,
    ):
        documents.render(card(siti(name="BUDI RAHASIA")), "card")
    assert_silent(caught.value, "RAHASIA")


def test_a_template_that_was_improved_is_used_at_once(templates: Path) -> None:
    with closing(TypstCards(templates, office="x")) as documents:
        (templates / "card.typ").write_text("baru")
        assert text(documents.render(card(), "card")) == "baru"


def test_a_photo_that_cannot_be_printed_is_told_without_a_word_of_typst(documents: TypstCards) -> None:
    with pytest.raises(BadCard, match=r"^R-1: the photo is not a JPEG that can be opened$"):
        documents.render(card(photo=b"no photo"), "card")


# --- the process that makes them ---------------------------------------------------------------------------


def test_without_work_there_is_no_process_and_the_next_card_starts_one() -> None:
    with closing(TypstCards(TEMPLATES, office="x", idle_seconds=0.1)) as documents:
        stat = Path(f"/proc/{documents.typesetter.pid}/stat")
        eventually(lambda: stat.read_text().rpartition(")")[2].split()[0] == "Z", what="it has ended")
        assert "SITI CONTOH" in text(documents.render(card(), "card"))


def dies_over(documents: TypstCards, name: str) -> Exception:
    """What is told of a card over which the process is killed, as one is that takes too much memory."""
    documents.render(card(siti(name=f"BEFORE {name}")), "card")
    pid = documents.typesetter.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    dying = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
    dying.start()
    with pytest.raises((RendererFailed, BadCard)) as caught:
        documents.render(card(siti(name=name)), "card")
    dying.join()
    return caught.value


def test_one_that_dies_over_a_card_says_nothing_against_the_card(documents: TypstCards) -> None:
    error = dies_over(documents, "YANG PERTAMA")
    assert isinstance(error, RendererFailed)
    assert str(error) == "R-1: the typesetter was ended by SIGKILL"
    assert_silent(error, "PERTAMA")
    assert "YANG PERTAMA" in text(documents.render(card(siti(name="YANG PERTAMA")), "card"))


def test_a_card_over_which_it_dies_again_and_again_while_others_are_made_is_at_fault() -> None:
    with closing(TypstCards(TEMPLATES, office="x")) as documents:
        told = []
        for number in range(3):
            told.append(dies_over(documents, "BUDI RAHASIA"))
            documents.render(card(siti(name=f"ORANG {number}")), "card")
    assert [type(error) for error in told] == [RendererFailed, RendererFailed, BadCard]
    assert str(told[-1]) == "R-1: template card: Typst ended with -9 over it"
    assert_silent(told[-1], "RAHASIA")


def test_one_that_dies_as_the_daemon_starts_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Fatal, match=r"card\.typ: the typesetter ended with status 1$"):
        TypstCards(TEMPLATES, office="x")


# --- where the data go ------------------------------------------------------------------------------------


RENDER_WITHOUT_WRITING = """
import resource, sys
from pathlib import Path
from adapters.documents import TypstCards
from daemon.ports import Card

resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
documents = TypstCards(Path(sys.argv[1]), office="x")
fields = {"nik": "1205010101900001", "name": "SITI CONTOH"}
pdf = documents.render(Card(record_id="R-1", fields=fields, photo=sys.stdin.buffer.read(), document=None), "card")
assert pdf.startswith(b"%PDF-")
"""


def test_a_card_is_made_where_no_byte_can_be_written_to_any_file() -> None:
    command = [sys.executable, "-c", RENDER_WITHOUT_WRITING, str(TEMPLATES)]
    subprocess.run(command, input=jpeg(), check=True, cwd=TEMPLATES.parents[1], timeout=60)


def test_several_threads_get_their_own_cards(documents: TypstCards) -> None:
    names = [f"ORANG {chr(65 + number)}" for number in range(8)]
    cards: dict[str, bytes] = {}

    def render(name: str) -> None:
        cards[name] = documents.render(card(siti(name=name)), "card")

    threads = [threading.Thread(target=render, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [name for name in names if name in text(cards[name])] == names
