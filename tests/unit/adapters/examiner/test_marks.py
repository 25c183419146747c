"""Form fields and annotations: drawn as they are printed, or the document is refused and says why."""

from collections.abc import Callable

import pytest
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, FloatObject, NameObject, NumberObject

from adapters.examiner.reading import printable
from adapters.examiner.verdict import BadDocument
from tests.unit.adapters.examiner.awkward import (
    a_corner,
    annotation,
    box,
    by_ghostscript,
    by_poppler,
    document,
    form,
    given,
    text,
)

RED = (255, 0, 0)
FILL = b"1 0 0 rg 0 0 10 10 re f"


def on_a_page(mark: DictionaryObject, **entries: DictionaryObject) -> bytes:
    return document(b"0 0 1 rg 200 100 20 20 re f", annotations=[mark], catalog=entries)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no-appearance", "it has no appearance"),
        ("not-for-print", "it is not marked for print"),
        ("state-off", "its state is off"),
    ],
)
def test_a_name_that_would_not_be_printed_is_refused_with_the_reason(name: str, why: str) -> None:
    with pytest.raises(BadDocument, match=f"^has a form field that would not be printed: {why}$"):
        printable(given(f"name-in-form-field-{name}"), 1)


@pytest.mark.parametrize("draw", [by_ghostscript, by_poppler])
def test_a_name_in_a_form_field_comes_out(draw: Callable[[bytes], object]) -> None:
    cleaned = printable(given("name-in-form-field-drawn"), 1)
    name = (80, 153 - 86, 230, 153 - 70)
    drawn = by_ghostscript(cleaned) if draw is by_ghostscript else by_poppler(cleaned)
    assert min(low for low, _ in drawn.crop(name).getextrema()) < 100  # type: ignore[misc]


@pytest.mark.parametrize(
    ("bbox", "matrix"),
    [((0, 0, 10, 10), None), ((0, 0, 10, 10), (3, 0, 0, 0.5, 40, 70)), ((0, 0, 10, 10), (0, 1, -1, 0, 0, 0))],
    ids=["plain", "scaled", "turned"],
)
def test_an_appearance_is_brought_onto_its_rectangle(bbox: tuple[float, ...], matrix: tuple[float, ...] | None) -> None:
    entries = {} if matrix is None else {"Matrix": box(*matrix)}
    drawn = by_poppler(printable(on_a_page(annotation("Stamp", form(FILL, bbox, **entries))), 1))
    assert drawn.getpixel((22, 153 - 22)) == drawn.getpixel((117, 153 - 57)) == RED
    assert drawn.getpixel((17, 153 - 22)) == drawn.getpixel((124, 153 - 57)) == (255, 255, 255)


def test_a_box_that_is_ticked_is_drawn_and_one_that_is_not_leaves_nothing() -> None:
    def ticked(state: str) -> bytes:
        states = DictionaryObject({NameObject("/Yes"): form(FILL, (0, 0, 10, 10))})
        value = NameObject(f"/{state}")
        return on_a_page(annotation("Widget", states, FT=NameObject("/Btn"), V=value, AS=value))

    assert by_poppler(printable(ticked("Yes"), 1)).getpixel((60, 153 - 40)) == RED
    assert by_poppler(printable(ticked("Off"), 1)).getpixel((60, 153 - 40)) == (255, 255, 255)


@pytest.mark.parametrize(
    "mark",
    [
        annotation("Widget", None, FT=NameObject("/Tx")),
        annotation("Widget", None, FT=NameObject("/Sig"), V=text("signed"), Rect=box(0, 0, 0, 0)),
        annotation("Link", None),
        annotation("Stamp", None, flags=2),
    ],
    ids=["empty-field", "invisible-signature", "link", "hidden"],
)
def test_what_nobody_sees_is_not_missed(mark: DictionaryObject) -> None:
    assert printable(on_a_page(mark), 1)


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        (annotation("FreeText", None, Contents=text("SITI CONTOH")), "an annotation .* no appearance"),
        (annotation("Stamp", form(a_corner()), flags=0), "an annotation .* not marked for print"),
        (annotation("Widget", NumberObject(1), V=text("SITI CONTOH")), "a form field .* no appearance"),
    ],
    ids=["free-text", "stamp", "widget"],
)
def test_what_a_screen_shows_and_paper_does_not_is_refused(mark: DictionaryObject, why: str) -> None:
    with pytest.raises(BadDocument, match=why):
        printable(on_a_page(mark), 1)


def test_fields_whose_look_is_left_to_the_viewer_are_refused() -> None:
    fields = ArrayObject([FloatObject(0)])
    needed = DictionaryObject({NameObject("/NeedAppearances"): BooleanObject(True), NameObject("/Fields"): fields})
    with pytest.raises(BadDocument, match="NeedAppearances"):
        printable(document(a_corner(), catalog={"AcroForm": needed}), 1)
