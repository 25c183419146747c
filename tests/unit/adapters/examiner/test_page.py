"""A page of the centre's comes out as what is seen of it, whichever of CUPS's filters draws it."""

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given as invented
from hypothesis import settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, FloatObject, NameObject, NumberObject

from adapters.examiner.reading import printable
from adapters.examiner.verdict import BadDocument
from daemon.domain.card_size import CARD_MM, TOLERANCE_MM, is_card
from tests.unit.adapters.examiner.awkward import (
    CARD,
    a_corner,
    box,
    by_ghostscript,
    by_poppler,
    document,
    given,
    stream,
    written,
)

PDFTOPDF = Path("/usr/lib/cups/filter/pdftopdf")
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def differ(one: Image.Image, other: Image.Image) -> float:
    """Of 255, the mean over all pixels."""
    assert all(abs(a - b) <= 1 for a, b in zip(one.size, other.size, strict=True))
    size = min(one.width, other.width), min(one.height, other.height)
    drawn = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size))).convert("L")
    return sum(value * count for value, count in enumerate(drawn.histogram())) / (size[0] * size[1])


@pytest.mark.parametrize("name", ["card-cropbox-on-a4", "card-userunit"])
@pytest.mark.parametrize("draw", [by_ghostscript, by_poppler])
def test_the_same_card_in_another_way_comes_out_the_same(name: str, draw: Callable[[bytes], Image.Image]) -> None:
    expected = draw(given("card-good"))
    assert expected.size == (243, 153)
    assert differ(draw(printable(given("card-good"), 1)), expected) < 1
    assert differ(draw(printable(given(name), 1)), expected) < 1


@pytest.mark.skipif(not PDFTOPDF.exists(), reason="no CUPS filters here")
@pytest.mark.parametrize("name", ["card-good", "card-cropbox-on-a4", "card-userunit", "name-in-form-field-drawn"])
def test_cupss_own_filter_takes_it_and_changes_nothing_of_its_size(name: str) -> None:
    filtered = subprocess.run(
        [PDFTOPDF, "1", "giliran", "card", "1", "print-scaling=none"],
        input=printable(given(name), 1),
        capture_output=True,
        check=True,
        env={**os.environ, "PPD": ""},
    )
    on_paper = by_poppler(filtered.stdout)
    left, top, right, bottom = ImageChops.difference(on_paper, Image.new("RGB", on_paper.size, "white")).getbbox() or (
        0, 0, 0, 0
    )  # fmt: skip
    assert sorted((right - left, bottom - top)) == pytest.approx([153, 243], abs=2)


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [
        ("a4-letter", "209.9", "297.0"),
        ("card-in-corner-of-a4", "209.9", "297.0"),
        ("card-a-tenth-of-the-size", "8.6", "5.4"),
    ],
)
def test_a_page_of_another_size_is_no_card_and_both_sizes_are_said(name: str, width: str, height: str) -> None:
    with pytest.raises(BadDocument, match=rf"^has a page of {width} × {height} mm, a card is 85\.6 × 54\.0 mm$"):
        printable(given(name), 1)


@pytest.mark.parametrize(
    "pdf", [path for folder in ("cups/data", "doc") for path in Path("/usr/share", folder).rglob("*.pdf")], ids=str
)
def test_what_other_makers_ship_is_no_card(pdf: Path) -> None:
    with pytest.raises(BadDocument):
        printable(pdf.read_bytes(), 1000)


def lying(turned: int, drawn: Image.Image) -> None:
    """The page stands upright as a viewer shows it: both squares lie where the turn has brought them."""
    below, above = {
        0: ((40, 123), (40, 33)),
        90: ((30, 40), (120, 40)),
        180: ((203, 30), (203, 120)),
        270: ((123, 203), (33, 203)),
    }[turned]
    assert drawn.getpixel(below) == RED
    assert drawn.getpixel(above) == BLUE


@pytest.mark.parametrize("turned", [0, 90, 180, 270, -90, 450])
@pytest.mark.parametrize("draw", [by_ghostscript, by_poppler])
@pytest.mark.parametrize("at", [(0, 0), (100, 50), (-30, -400)], ids=str)
def test_a_turned_page_away_from_the_origin_comes_out_as_it_is_seen(
    turned: int, at: tuple[int, int], draw: Callable[[bytes], Image.Image]
) -> None:
    left, bottom = at
    made = document(a_corner(left, bottom), (left, bottom, left + 243, bottom + 153), Rotate=NumberObject(turned))
    drawn = draw(printable(made, 1))
    assert drawn.size == ((243, 153) if turned % 180 == 0 else (153, 243))
    lying(turned % 360, drawn)


@pytest.mark.parametrize("unit", [0.5, 2.0, 3.0])
def test_units_of_another_size_come_out_in_points(unit: float) -> None:
    media = tuple(side / unit for side in CARD)
    for turned in (0, 270):
        made = document(a_corner(unit=unit), media, UserUnit=FloatObject(unit), Rotate=NumberObject(turned))
        lying(turned, by_poppler(printable(made, 1)))


def inherited() -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(10, 10)
    page[NameObject("/Contents")] = writer._add_object(stream(a_corner()))
    del page["/MediaBox"]
    parent = page["/Parent"]
    assert isinstance(parent, DictionaryObject)
    parent[NameObject("/MediaBox")] = box(0, 0, 600, 800)
    parent[NameObject("/CropBox")] = box(*CARD)
    return written(writer)


@pytest.mark.parametrize(
    "make",
    [
        inherited,
        lambda: document(a_corner(), (243, 153, 0, 0)),
        lambda: document(a_corner(), CropBox=box(-100, -100, 900, 900)),
        lambda: document(a_corner(), (0, 0, 243, 1000), CropBox=box(-50, 0, 400, 153)),
        lambda: document(a_corner(), CropBox=box(243, 153, 0, 0), TrimBox=box(0, 0, 10, 10), ArtBox=box(0, 0, 5, 5)),
        lambda: document(b"q q q 2 0 0 2 0 0 cm Q Q Q " + a_corner() + b" q 3 0 0 3 0 0 cm q Q Q Q Q"),
    ],
    ids=["inherited", "corners-swapped", "crop-larger", "crop-overlaps", "other-boxes", "unbalanced"],
)
def test_boxes_as_they_are_found_in_life(make: Callable[[], bytes]) -> None:
    cleaned = printable(make(), 1)
    for draw in (by_ghostscript, by_poppler):
        lying(0, draw(cleaned))
    (page,) = PdfReader(io.BytesIO(cleaned)).pages
    assert [float(side) for side in page.mediabox] == [0, 0, 243, 153]
    assert not {"/CropBox", "/Rotate", "/UserUnit", "/Annots"} & set(page)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: document(a_corner(), None), "no size"),
        (lambda: document(a_corner(), (0, 0, 243)), "no size"),
        (lambda: document(a_corner(), CropBox=box(300, 300, 543, 453)), "no size"),
        (lambda: document(a_corner(), UserUnit=FloatObject(-1)), "no size"),
        (lambda: document(a_corner(), UserUnit=NameObject("/One")), "no number"),
        (lambda: document(a_corner(), Rotate=NumberObject(45)), "no right angle"),
        (lambda: document(a_corner(), UserUnit=FloatObject(2)), r"171\.4 × 107\.9 mm"),
        (lambda: document(a_corner(), (0, 0, 252, 153)), r"88\.9 × 54\.0 mm"),
    ],
    ids=["no-box", "three-sides", "crop-elsewhere", "unit-negative", "unit-a-name", "askew", "unit-2", "3.3-mm-wider"],
)
def test_a_page_that_has_no_cards_size_is_refused(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BadDocument, match=why):
        printable(make(), 1)


def test_two_pages_are_two_sides_each_of_a_cards_size() -> None:
    assert len(PdfReader(io.BytesIO(printable(document(a_corner(), pages=2), 2))).pages) == 2


@invented(st.floats(-10, 10), st.floats(-10, 10), st.booleans())
@settings(max_examples=200)
def test_a_card_is_what_is_near_enough_to_its_size_lying_or_standing(wider: float, higher: float, stands: bool) -> None:
    sides = CARD_MM[0] + wider, CARD_MM[1] + higher
    near = max(abs(wider), abs(higher))
    if near > TOLERANCE_MM + 1e-9 or near < TOLERANCE_MM - 1e-9:
        assert is_card(sides[::-1] if stands else sides) == (near < TOLERANCE_MM)
