"""A PDF of the centre's, by a real parser in a process of its own."""

import io
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from adapters.documents.pdf import BadPdf, examine
from adapters.documents.pdf_examiner import verdict

CARD = (243.0, 153.0)
"""ISO ID-1 in points."""


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pages(count: int, size: tuple[float, float] = CARD) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(*size)
    return written(writer)


def encrypted() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(*CARD)
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def bomb() -> bytes:
    """An object stream of a few hundred kilobytes that unpacks to as many megabytes."""
    packed = zlib.compress(b"1 0 " + b" " * (200 << 20), 9)
    body = b"%PDF-1.5\n"
    offset = len(body)
    body += b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    body += packed + b"\nendstream\nendobj\n"
    rows = b"".join(
        kind.to_bytes(1, "big") + first.to_bytes(4, "big") + second.to_bytes(2, "big")
        for kind, first, second in ((0, 0, 65535), (2, 2, 0), (1, offset, 0))
    )
    at = len(body)
    body += b"3 0 obj\n<< /Type /XRef /Size 3 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n" % len(rows)
    return body + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at


def test_one_page_is_a_card() -> None:
    examine(pages(1), most_pages=1)
    examine(pages(2), most_pages=2)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: pages(2), "has 2 pages, a card 1"),
        (lambda: pages(0), "has no page"),
        (encrypted, "is encrypted"),
        (lambda: pages(1)[:-200], "is broken|has no page"),
        (lambda: b"%PDF-1.7\nnothing\n%%EOF\n", "is broken"),
        (lambda: pages(1, (0, 100)), "of no size"),
        (lambda: pages(1, (100, 1e6)), "of no size"),
        (bomb, "is broken|too large"),
    ],
    ids=["two-pages", "no-page", "encrypted", "cut", "nonsense", "flat", "a-mile-high", "bomb"],
)
def test_what_would_become_a_persons_question_is_refused(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BadPdf, match=why):
        examine(make(), most_pages=1)


def test_one_that_is_read_for_ever_is_given_up() -> None:
    with pytest.raises(BadPdf, match="takes longer than"):
        examine(pages(1), most_pages=1, patience_seconds=0.001)


@given(st.integers(0, 600), st.binary(max_size=20))
@settings(max_examples=150)
def test_whatever_is_written_over_it_there_is_a_verdict(at: int, garbage: bytes) -> None:
    document = pages(1)
    assert isinstance(verdict(document[:at] + garbage + document[at + len(garbage) :], 1), str)
