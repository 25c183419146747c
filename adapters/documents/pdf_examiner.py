"""Looks into PDFs that somebody else made. Run as a program of its own: MOST_PAGES IDLE_SECONDS.

On stdin each document after its length (8 bytes, big-endian), on stdout one line for each: what is wrong with it, empty
when it can be printed. It ends with its input, or when nothing comes for so long.

CUPS's filters draw whatever they can of a damaged page and call that a success, so a half or an empty card would be
booked as printed. Here every stream that a page reaches is unpacked to its end, and its drawing is read operator by
operator. A parser is what is attacked first, so it works in a process of its own, with a limit to its memory and time.
What the drawing looks like is not judged.
"""

import io
import logging
import resource
import select
import sys
import zlib
from collections.abc import Iterator

from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, PdfObject, StreamObject

LARGEST_SIDE_MM = 1000
MOST_MEMORY_BYTES = 512 << 20
MOST_PROCESSOR_SECONDS = 20
"""For each document."""
_LENGTH_BYTES = 8
MOST_STREAM_BYTES = 75_000_000
"""Of one stream as it unpacks; pypdf's own limit for each of its other filters."""
MOST_PIXELS = 50_000_000

_PAINTING = frozenset(b"b B b* B* f F f* s S sh Tj TJ ' \"".split()) | {b"INLINE IMAGE"}
_OPERATORS = _PAINTING | frozenset(
    b"BDC BMC BT BX c cm CS cs d d0 d1 Do DP EMC ET EX G g gs h i j J K k l m M MP n q Q re RG rg ri SC sc SCN scn"
    b" T* Tc Td TD Tf TL Tm Tr Ts Tw Tz v w W W* y".split()
)
"""ISO 32000-1, annex A; pypdf gives an inline image (BI, ID, EI) as one."""


class Unprintable(Exception):
    """What is wrong, without the content."""


def verdict(document: bytes, most_pages: int) -> str:
    """What is wrong with it; nothing when it can be printed."""
    try:
        _examine(PdfReader(io.BytesIO(document), strict=False), most_pages)
    except Unprintable as wrong:
        return str(wrong)
    except (LimitReachedError, MemoryError):
        return "is too large when it is unpacked"
    except (
        PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
        OverflowError, zlib.error,
    ):  # fmt: skip
        return "is broken"
    return ""


def _examine(reader: PdfReader, most_pages: int) -> None:
    if reader.is_encrypted:
        raise Unprintable("is encrypted")
    pages = len(reader.pages)
    if pages == 0:
        raise Unprintable("has no page")
    if pages > most_pages:
        raise Unprintable(f"has {pages:,} pages, a card {most_pages}")
    for page in reader.pages:
        sides = (float(page.mediabox.width), float(page.mediabox.height))
        if not all(0 < side * 25.4 / 72 <= LARGEST_SIDE_MM for side in sides):
            raise Unprintable("has a page of no size, or one that no printer has")
        _examine_drawing(page, reader)


def _examine_drawing(page: PageObject, reader: PdfReader) -> None:
    used: set[bytes] = set()
    pictures = 0
    for stream in _streams(page):
        _unpack(stream)
        match stream.get("/Subtype"):
            case "/Image":
                pictures += 1
                _open_picture(stream)
            case "/Form":
                used |= _operators(stream, reader)
    used |= _operators(page.get("/Contents"), reader)
    if not used & _PAINTING and not (pictures and b"Do" in used):
        raise Unprintable("has a page on which nothing is drawn")


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
    filters = stream.get("/Filter")
    first = filters[0] if isinstance(filters, ArrayObject) and filters else filters
    if first in ("/FlateDecode", "/Fl"):
        inflater = zlib.decompressobj()
        inflater.decompress(stream._data, MOST_STREAM_BYTES)
        if inflater.unconsumed_tail:
            raise LimitReachedError
        if not inflater.eof:
            raise Unprintable("is broken")
    stream.get_data()


def _open_picture(stream: StreamObject) -> None:
    """Its size is sensible, and a JPEG, which pypdf does not decode, is one."""
    width, height = stream["/Width"], stream["/Height"]
    if not isinstance(width, int) or not isinstance(height, int):
        raise Unprintable("is broken")
    if width * height > MOST_PIXELS:
        raise Unprintable("has a picture of too many pixels")
    data = stream.get_data()
    if not data.startswith(b"\xff\xd8"):
        return
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unprintable("has a picture of too many pixels")
            picture.load()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unprintable("has a broken picture") from error


def _operators(content: PdfObject | None, reader: PdfReader) -> set[bytes]:
    """All that are used in it; Unprintable if there is none of that name."""
    if content is None:
        return set()
    used = {operator for _, operator in ContentStream(content, reader).operations}
    if not used <= _OPERATORS and b"BX" not in used:  # between BX and EX anything goes
        raise Unprintable("has a page that cannot be drawn")
    return used


def main() -> int:
    """Always 0: the verdicts are what is said."""
    logging.disable(logging.CRITICAL)  # it could quote what is in the document
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    most_pages, idle_seconds = int(sys.argv[1]), float(sys.argv[2])
    with open(0, "rb", buffering=0) as documents:  # so that what select says holds
        while select.select([documents], [], [], idle_seconds)[0]:
            length = documents.read(_LENGTH_BYTES)
            if not length:
                break
            used = resource.getrusage(resource.RUSAGE_SELF)
            limit = int(used.ru_utime + used.ru_stime) + MOST_PROCESSOR_SECONDS
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
            document = _read(documents, int.from_bytes(length))
            sys.stdout.write(verdict(document, most_pages) + "\n")
            sys.stdout.flush()
    return 0


def _read(documents: io.RawIOBase, length: int) -> bytes:
    document = bytearray()
    while len(document) < length:
        part = documents.read(length - len(document))
        if not part:
            break
        document += part
    return bytes(document)


if __name__ == "__main__":
    sys.exit(main())
