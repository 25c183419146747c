"""A document as a whole: parsed, each stream unpacked to its end, each operator known, then drawn.

CUPS's filters draw whatever they can of a damaged page and call that a success, so a half or an empty card would be
booked as printed. What the drawing looks like is not judged.
"""

import io
import zlib
from collections.abc import Iterator

from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
)

from adapters.examiner.drawing import refuse_undrawn
from adapters.examiner.marks import refuse_unfinished
from adapters.examiner.objects import resolved
from adapters.examiner.page import normalise, visible
from adapters.examiner.verdict import BadDocument
from daemon.domain.flaw import Flaw

MOST_STREAM_BYTES = 75_000_000
"""Of one stream as it unpacks; pypdf's own limit for each of its other filters."""
MOST_PIXELS = 50_000_000
_DRAWN_ALONE = frozenset({"/JBIG2Decode"})
"""Filters that pypdf does not read: whether such a picture is whole, drawing it tells."""

_PAINTING = frozenset(b"b B b* B* Do f F f* s S sh Tj TJ ' \"".split()) | {b"INLINE IMAGE"}
_OPERATORS = _PAINTING | frozenset(
    b"BDC BMC BT BX c cm CS cs d d0 d1 DP EMC ET EX G g gs h i j J K k l m M MP n q Q re RG rg ri SC sc SCN scn"
    b" T* Tc Td TD Tf TL Tm Tr Ts Tw Tz v w W W* y".split()
)
"""ISO 32000-1, annex A; pypdf gives an inline image (BI, ID, EI) as one."""


def printable(document: bytes, most_pages: int) -> bytes:
    """The same as every filter prints it alike. BadDocument."""
    try:
        return _examine(PdfReader(io.BytesIO(document), strict=False), most_pages)
    except (LimitReachedError, MemoryError) as error:
        raise BadDocument(Flaw.UNPACKED_TOO_LARGE) from error
    except (
        PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
        OverflowError, zlib.error,
    ) as error:  # fmt: skip
        raise BadDocument(Flaw.BROKEN) from error


def _examine(reader: PdfReader, most_pages: int) -> bytes:
    if reader.is_encrypted:
        raise BadDocument(Flaw.ENCRYPTED)
    catalog = reader.root_object
    if resolved(catalog.get("/Type")) != "/Catalog":  # Ghostscript takes it for no PDF, others print it
        raise BadDocument(Flaw.BROKEN_CATALOG)
    pages = len(reader.pages)
    if pages == 0:
        raise BadDocument(Flaw.NO_PAGE)
    if pages > most_pages:
        raise BadDocument(Flaw.TOO_MANY_PAGES.format(pages=f"{pages:,}", most=most_pages))
    refuse_unfinished(catalog)
    _refuse_layers(catalog)
    seen = []
    for page in reader.pages:
        seen.append((page, visible(page)))
        _examine_drawing(page, reader)
    out = io.BytesIO()
    normalise(seen).write(out)
    document = out.getvalue()
    refuse_undrawn(document, pages)
    return document


def _refuse_layers(catalog: DictionaryObject) -> None:
    """One that is off is seen by no filter or by every one, as it is read."""
    layers = resolved(catalog.get("/OCProperties"))
    shown = resolved(layers.get("/D")) if isinstance(layers, DictionaryObject) else None
    if isinstance(shown, DictionaryObject) and (
        resolved(shown.get("/OFF"))
        or resolved(shown.get("/AS"))
        or resolved(shown.get("/BaseState")) not in (None, "/ON")
    ):
        raise BadDocument(Flaw.LAYERS)


def _examine_drawing(page: PageObject, reader: PdfReader) -> None:
    _refuse_odd_resources(page)
    for stream in _streams(page):
        _unpack(stream)
        _refuse_odd_resources(stream)
        match resolved(stream.get("/Subtype")):
            case "/Image":
                _open_picture(stream)
            case "/Form":
                _read_operators(stream, reader)
    _read_operators(page.get("/Contents"), reader)


def _refuse_odd_resources(drawn: DictionaryObject) -> None:
    """A stream in their place: pypdf and Ghostscript take its entries, and CUPS's pdftopdf fails."""
    if isinstance(resolved(drawn.get("/Resources")), StreamObject):
        raise BadDocument(Flaw.BROKEN_RESOURCES)


def _streams(page: PageObject) -> Iterator[StreamObject]:
    """Every stream that the page leads to, each once."""
    seen: set[tuple[int, int]] = set()
    open_ends: list[PdfObject | None] = [value for key, value in page.items() if key != "/Parent"]
    while open_ends:
        end = open_ends.pop()
        if isinstance(end, IndirectObject):
            if (end.idnum, end.generation) in seen:
                continue
            seen.add((end.idnum, end.generation))
            end = end.get_object()
        if isinstance(end, StreamObject):
            yield end
        if isinstance(end, DictionaryObject):
            open_ends += [value for key, value in end.items() if key != "/Parent"]
        elif isinstance(end, ArrayObject):
            open_ends += end


def _unpack(stream: StreamObject) -> None:
    """To its end: pypdf, as CUPS's filters, would take what it can of one that is cut or damaged."""
    filters = resolved(stream.get("/Filter"))
    first = filters[0] if isinstance(filters, ArrayObject) and filters else filters
    if first in ("/FlateDecode", "/Fl"):
        inflater = zlib.decompressobj()
        inflater.decompress(stream._data, MOST_STREAM_BYTES)
        if inflater.unconsumed_tail:
            raise LimitReachedError
        if not inflater.eof:
            raise BadDocument(Flaw.BROKEN)
    if not _filters(stream) & _DRAWN_ALONE:
        stream.get_data()


def _open_picture(stream: StreamObject) -> None:
    """Its size is sensible, and a JPEG, which pypdf does not decode, is one."""
    width, height = stream["/Width"], stream["/Height"]
    if not isinstance(width, int) or not isinstance(height, int):
        raise BadDocument(Flaw.BROKEN)
    if width * height > MOST_PIXELS:
        raise BadDocument(Flaw.PICTURE_TOO_LARGE)
    if _filters(stream) & _DRAWN_ALONE:
        return
    data = stream.get_data()
    if not data.startswith(b"\xff\xd8"):
        return
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadDocument(Flaw.PICTURE_TOO_LARGE)
            picture.load()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadDocument(Flaw.PICTURE_BROKEN) from error


def _filters(stream: StreamObject) -> set[str]:
    filters = resolved(stream.get("/Filter"))
    if filters is None:
        return set()
    return {str(name) for name in filters} if isinstance(filters, ArrayObject) else {str(filters)}


def _read_operators(content: PdfObject | None, reader: PdfReader) -> None:
    """BadDocument when one is unknown, or when something is painted after more was restored than saved."""
    if content is None:
        return
    used = [operator for _, operator in ContentStream(content, reader).operations]
    if not _OPERATORS.issuperset(used) and b"BX" not in used:  # between BX and EX anything goes
        raise BadDocument(Flaw.PAGE_UNDRAWABLE)
    saved = 0
    for operator in used:
        saved += (operator == b"q") - (operator == b"Q")
        if saved < 0 and operator in _PAINTING:  # Ghostscript goes on, poppler draws no more
            raise BadDocument(Flaw.PAGE_AMBIGUOUS)
