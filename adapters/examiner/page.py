"""A page as every filter prints it alike: what is seen of it and no more, at the origin, upright, in points.

CropBox, UserUnit, Rotate and boxes away from the origin are each read by one of CUPS's filters and not by another. What
a page's fields and marks show is drawn into it, as printing would show it, so that no filter decides on it again.
"""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    RectangleObject,
)

from adapters.examiner.marks import printed_marks
from adapters.examiner.objects import resolved
from adapters.examiner.verdict import BadDocument
from daemon.domain.card_size import is_card, wrong_size
from daemon.domain.flaw import Flaw

POINT_MM = 25.4 / 72
LARGEST_SIDE_MM = 100_000
_KEPT = frozenset({"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources", "/Group", "/Annots"})


class Visible(NamedTuple):
    """What is seen of a page, in its own units before it is turned."""

    left: float
    bottom: float
    right: float
    top: float
    unit: float
    """Points of one of them."""
    turned: int
    """Clockwise: 0, 90, 180 or 270."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as it is seen, in points."""
        sides = (self.right - self.left) * self.unit, (self.top - self.bottom) * self.unit
        return sides[::-1] if self.turned in (90, 270) else sides

    @property
    def matrix(self) -> list[float]:
        """From the page's units to points from the lower left corner of what is seen."""
        (width, height), u = self.size, self.unit
        match self.turned:
            case 90:
                return [0, -u, u, 0, -self.bottom * u, height + self.left * u]
            case 180:
                return [-u, 0, 0, -u, width + self.left * u, height + self.bottom * u]
            case 270:
                return [0, u, -u, 0, width + self.bottom * u, -self.left * u]
            case _:
                return [u, 0, 0, u, -self.left * u, -self.bottom * u]


def visible(page: PageObject) -> Visible:
    """BadDocument when it has not the size of a card."""
    left, bottom, right, top = _box(page.get("/MediaBox"))
    if (cropped := page.get("/CropBox")) is not None:
        crop = _box(cropped)
        left, bottom = max(left, crop[0]), max(bottom, crop[1])
        right, top = min(right, crop[2]), min(top, crop[3])
    turned, unit = _number(page.get("/Rotate"), 0), _number(page.get("/UserUnit"), 1)
    if turned % 90:
        raise BadDocument(Flaw.PAGE_TURNED)
    if right <= left or top <= bottom or unit <= 0:
        raise BadDocument(Flaw.PAGE_WITHOUT_SIZE)
    seen = Visible(left, bottom, right, top, unit, int(turned) % 360)
    sides_mm = [min(side * POINT_MM, LARGEST_SIDE_MM) for side in seen.size]
    if not is_card(sides_mm):
        raise BadDocument(wrong_size(sides_mm))
    return seen


def normalise(pages: Sequence[tuple[PageObject, Visible]]) -> PdfWriter:
    """A document of these pages alone: no scripts, forms, attachments or layers."""
    writer = PdfWriter()
    for page, seen in pages:
        for key in [key for key in page if key not in _KEPT]:
            del page[key]
        _redraw(writer.add_page(page), seen, writer)
    return writer


def _redraw(page: PageObject, seen: Visible, writer: PdfWriter) -> None:
    """The page's drawing becomes a form: its patterns move with it, and what it leaves open ends with it."""
    content = page.get_contents()
    whole = DecodedStreamObject()
    whole.set_data(b"" if content is None else content.get_data())
    form = whole.flate_encode()
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/BBox")] = RectangleObject((seen.left, seen.bottom, seen.right, seen.top))
    form[NameObject("/Resources")] = page.get("/Resources", DictionaryObject())
    shown: dict[NameObject, PdfObject] = {NameObject("/Page"): writer._add_object(form)}
    drawing = [b"q %s cm /Page Do Q" % _written(seen.matrix)]
    for number, mark in enumerate(printed_marks(page)):
        shown[NameObject(f"/Mark{number}")] = mark.form
        drawing.append(b"q %s cm %s cm /Mark%d Do Q" % (_written(seen.matrix), _written(mark.matrix), number))
    contents = DecodedStreamObject()
    contents.set_data(b"\n".join(drawing))
    page.pop("/Annots", None)
    page[NameObject("/MediaBox")] = RectangleObject((0, 0, *seen.size))
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject(shown)})
    page[NameObject("/Contents")] = writer._add_object(contents)


def _box(value: PdfObject | None) -> tuple[float, float, float, float]:
    """Left, bottom, right, top, whichever corners it names."""
    box = resolved(value)
    if not isinstance(box, ArrayObject) or len(box) != 4:
        raise BadDocument(Flaw.PAGE_WITHOUT_SIZE)
    first, second, third, fourth = (_number(side, None) for side in box)
    return min(first, third), min(second, fourth), max(first, third), max(second, fourth)


def _number(value: PdfObject | None, otherwise: float | None) -> float:
    found = resolved(value)
    if found is None and otherwise is not None:
        return otherwise
    if not isinstance(found, int | float) or isinstance(found, bool) or not isfinite(found):
        raise BadDocument(Flaw.PAGE_SIZE_NO_NUMBER)
    return float(found)


def _written(numbers: Sequence[float]) -> bytes:
    return b" ".join(b"%.6f" % number for number in numbers)
