"""A page's annotations, form fields among them: what of them is printed, and what would silently not be.

CUPS's filters print those that are marked for print and have an appearance; they make none themselves. A name in a
field that is seen on a screen and missing on the card would be nobody's error, so such a document is refused.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from adapters.examiner.objects import numbers, resolved
from adapters.examiner.verdict import BadDocument
from daemon.domain.flaw import Flaw

MOST = 1000
_HIDDEN, _PRINT, _NO_VIEW = 2, 4, 32
_NEVER_DRAWN = ("/Link", "/Popup")
_MOST_PARENTS = 32


class Mark(NamedTuple):
    """An appearance, and from its form's space to the page's."""

    form: PdfObject
    matrix: Sequence[float]


def refuse_unfinished(catalog: DictionaryObject) -> None:
    """BadDocument when whoever shows it is to make the fields' appearance: what they show now may be another name."""
    form = resolved(catalog.get("/AcroForm"))
    if isinstance(form, DictionaryObject):
        unfinished = resolved(form.get("/NeedAppearances"))
        if isinstance(unfinished, BooleanObject) and unfinished.value and resolved(form.get("/Fields")):
            raise BadDocument(Flaw.FORM_UNFINISHED)
        if "/XFA" in form:
            raise BadDocument(Flaw.XFA_FORM)


def printed_marks(page: PageObject) -> Iterator[Mark]:
    """BadDocument when one would be missing on the card."""
    marks = resolved(page.get("/Annots"))
    if not isinstance(marks, ArrayObject):
        return
    if len(marks) > MOST:
        raise BadDocument(Flaw.TOO_MANY_MARKS.format(most=f"{MOST:,}"))
    for entry in marks:
        mark = resolved(entry)
        if not isinstance(mark, DictionaryObject) or resolved(mark.get("/Subtype")) in _NEVER_DRAWN:
            continue
        left, bottom, right, top = numbers(mark["/Rect"])
        if left == right or bottom == top:  # an invisible signature
            continue
        form = _appearance(mark)
        if form is not None:
            yield Mark(form, _placed(form, (min(left, right), min(bottom, top), max(left, right), max(bottom, top))))


def _appearance(mark: DictionaryObject) -> IndirectObject | None:
    """What is printed of it; None if nothing is and nothing is missed."""
    given = resolved(mark.get("/F"))
    flags = int(given) if isinstance(given, NumberObject) else 0
    if flags & _HIDDEN or (flags & _NO_VIEW and not flags & _PRINT):
        return None
    appearances = resolved(mark.get("/AP"))
    normal = appearances.raw_get("/N") if isinstance(appearances, DictionaryObject) and "/N" in appearances else None
    chosen, state = resolved(normal), resolved(mark.get("/AS"))
    if isinstance(chosen, DictionaryObject) and not isinstance(chosen, StreamObject):
        normal = chosen.raw_get(state) if state in chosen else None
        chosen = resolved(normal)
        off = state in (None, "/Off")
    else:
        off = False
        if state == "/Off" and _says_something(mark):
            raise BadDocument(Flaw.FORM_FIELD_OFF if _is_field(mark) else Flaw.ANNOTATION_OFF)
    if not _says_something(mark) and (off or chosen is None):
        return None
    if not flags & _PRINT:
        raise BadDocument(Flaw.FORM_FIELD_NOT_FOR_PRINT if _is_field(mark) else Flaw.ANNOTATION_NOT_FOR_PRINT)
    if not isinstance(chosen, StreamObject) or not isinstance(normal, IndirectObject):
        raise BadDocument(Flaw.FORM_FIELD_WITHOUT_APPEARANCE if _is_field(mark) else Flaw.ANNOTATION_WITHOUT_APPEARANCE)
    return normal


def _says_something(mark: DictionaryObject) -> bool:
    """A field with a value, or a mark that somebody put there; an empty field is only a place for one."""
    if not _is_field(mark):
        return True
    field: object = mark
    for _ in range(_MOST_PARENTS):
        if not isinstance(field, DictionaryObject):
            break
        if "/V" in field:
            value = resolved(field.get("/V"))
            return value is not None and str(value) not in ("", "/Off", "b''")
        field = resolved(field.get("/Parent"))
    return False


def _is_field(mark: DictionaryObject) -> bool:
    """Of a form; else an annotation."""
    return bool(resolved(mark.get("/Subtype")) == "/Widget")


def _placed(reference: IndirectObject, rect: tuple[float, float, float, float]) -> Sequence[float]:
    """ISO 32000-1, 12.5.5: the form's box, as its matrix turns it, is brought onto the mark's rectangle."""
    form = reference.get_object()
    assert isinstance(form, StreamObject), "an appearance is one"
    a, b, c, d, e, f = numbers(form["/Matrix"]) if "/Matrix" in form else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    x0, y0, x1, y1 = numbers(form["/BBox"])
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    if left == right or bottom == top:
        return 1, 0, 0, 1, rect[0] - left, rect[1] - bottom
    across, up = (rect[2] - rect[0]) / (right - left), (rect[3] - rect[1]) / (top - bottom)
    return across, 0, 0, up, rect[0] - across * left, rect[1] - up * bottom
