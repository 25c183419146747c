"""A PDF of the centre's, by a real parser in a process of its own."""

import contextlib
import io
import os
import signal
import threading
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import MappingProxyType

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, RectangleObject, StreamObject

from adapters.coprocess import Failed, GaveNoAnswer
from adapters.documents.pdf import BadPdf, Examiner
from adapters.examiner.reading import printable
from adapters.examiner.verdict import BadDocument

CARD = (243.0, 153.0)
"""ISO ID-1 in points."""
A_LINE = b"10 10 m 200 100 l S"
A_PICTURE = b"q 243 0 0 153 0 0 cm /Photo Do Q"


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stream(data: bytes, entries: Mapping[str, str | int] = MappingProxyType({})) -> StreamObject:
    """With these entries, names and numbers; the data as they are to lie in the file."""
    made = StreamObject()
    made.set_data(data)
    for name, value in entries.items():
        made[NameObject(name)] = NameObject(value) if isinstance(value, str) else NumberObject(value)
    return made


def pages(count: int, size: tuple[float, float] = CARD, content: StreamObject | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        page = writer.add_blank_page(*size)
        page[NameObject("/Contents")] = writer._add_object(stream(A_LINE) if content is None else content)
    return written(writer)


def with_picture(picture: StreamObject, shown_by: bytes = A_PICTURE) -> bytes:
    """A page that shows it and nothing else."""
    writer = PdfWriter()
    page = writer.add_blank_page(*CARD)
    page[NameObject("/Contents")] = writer._add_object(stream(shown_by))
    shown = DictionaryObject({NameObject("/Photo"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): shown})
    return written(writer)


def jpeg(side: int = 64) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 60).save(out, "JPEG")
    return out.getvalue()


def photo(data: bytes, side: int = 64) -> StreamObject:
    return stream(
        data,
        {"/Subtype": "/Image", "/Width": side, "/Height": side, "/ColorSpace": "/DeviceGray",
         "/BitsPerComponent": 8, "/Filter": "/DCTDecode"},
    )  # fmt: skip


def packed(data: bytes) -> StreamObject:
    return stream(data, {"/Filter": "/FlateDecode"})


def nested(form: bytes) -> bytes:
    """A page that shows a form and nothing else."""
    made = stream(form, {"/Subtype": "/Form"})
    made[NameObject("/BBox")] = RectangleObject((0, 0, *CARD))
    return with_picture(made, b"/Photo Do")


def content_bomb() -> bytes:
    """A page's content of a few megabytes that unpacks to a gigabyte."""
    packer = zlib.compressobj(1)
    blanks = b" " * (1 << 20)
    return b"".join([packer.compress(blanks) for _ in range(1024)] + [packer.compress(A_LINE), packer.flush()])


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


def examine(document: bytes, *, most_pages: int) -> None:
    with closing(Examiner(most_pages=most_pages)) as examiner:
        examiner.examine(document)


def test_one_page_is_a_card() -> None:
    examine(pages(1), most_pages=1)
    examine(pages(2), most_pages=2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pages(1, content=packed(zlib.compress(A_LINE))),
        lambda: with_picture(photo(jpeg())),
        lambda: nested(A_LINE),
        lambda: typst.compile(b"#set page(width: 86mm, height: 54mm)\n= SITI CONTOH", format="pdf"),
    ],
    ids=["packed", "photo", "form", "typst"],
)
def test_what_draws_a_card_is_let_through(make: Callable[[], bytes]) -> None:
    examine(make(), most_pages=1)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: pages(2), "has 2 pages, a card 1"),
        (lambda: pages(0), "has no page"),
        (encrypted, "is encrypted"),
        (lambda: pages(1)[:-200], "is broken|has no page"),
        (lambda: b"%PDF-1.7\nnothing\n%%EOF\n", "is broken"),
        (lambda: pages(1, (0, 100)), "of no size"),
        (lambda: pages(1, (100, 1e6)), "has a page of 35.3 × 100000.0 mm, a card is 85.6 × 54.0 mm"),
        (bomb, "too large"),
        (lambda: pages(1, content=packed(content_bomb())), "too large"),
        (lambda: pages(1, content=packed(zlib.compress(A_LINE)[:-8])), "is broken"),
        (lambda: pages(1, content=packed(b"no zlib at all")), "is broken"),
        (lambda: pages(1, content=stream(b"this is no content stream ) >> endstream <<")), "is broken|cannot be drawn"),
        (lambda: pages(1, content=stream(A_LINE + b" nonsense")), "cannot be drawn"),
        (lambda: pages(1, content=stream(b"q Q")), "nothing is drawn"),
        (lambda: nested(b""), "nothing is drawn"),
        (lambda: nested(b"1 2 nonsense"), "cannot be drawn"),
        (lambda: with_picture(photo(jpeg()[:-300])), "broken picture"),
        (lambda: with_picture(photo(jpeg(), side=30_000)), "too many pixels"),
    ],
    ids=[
        "two-pages", "no-page", "encrypted", "cut", "nonsense", "flat", "a-mile-high", "bomb", "content-bomb",
        "content-cut", "content-not-packed", "content-no-pdf", "unknown-operator", "blank", "blank-form",
        "unknown-operator-in-form", "photo-cut", "photo-of-30000-pixels",
    ],
)  # fmt: skip
def test_what_would_become_a_persons_question_is_refused(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BadPdf, match=why):
        examine(make(), most_pages=1)


def test_a_parser_that_takes_more_and_more_memory_is_stopped() -> None:
    """By the system: none of these streams is over the parser's own limits."""
    writer = PdfWriter()
    page = writer.add_blank_page(*CARD)
    page[NameObject("/Contents")] = writer._add_object(stream(A_LINE))
    large = zlib.compress(b" " * (70 << 20))
    shown = {NameObject(f"/L{number}"): writer._add_object(packed(large)) for number in range(60)}
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject(shown)})
    with pytest.raises(BadPdf, match="too large"):
        examine(written(writer), most_pages=1)


def test_one_that_is_read_for_ever_is_given_up_and_the_next_is_looked_at() -> None:
    slow = pages(1, content=stream(A_LINE + b" q Q" * 2_000_000))
    with closing(Examiner(most_pages=1, most_processor_seconds=1)) as examiner:
        with pytest.raises(BadPdf, match=r"takes more than 1 s of processor time to read"):
            examiner.examine(slow)
        examiner.examine(pages(1))


def test_a_machine_under_load_is_not_the_documents_fault() -> None:
    """A second of work goes on for longer than that by the clock; the limit is the work."""
    with closing(Examiner(most_pages=1, most_processor_seconds=1)) as examiner:
        examiner.examine(pages(1))
        assert examiner.process.pid is not None
        os.kill(examiner.process.pid, signal.SIGSTOP)
        going_on = threading.Timer(1.5, os.kill, (examiner.process.pid, signal.SIGCONT))
        going_on.start()
        examiner.examine(pages(1))
        going_on.join()


def hangs_over(examiner: Examiner, document: bytes) -> Exception:
    examiner.examine(pages(1))
    assert examiner.process.pid is not None
    os.kill(examiner.process.pid, signal.SIGSTOP)
    with pytest.raises((BadPdf, Failed)) as caught:
        examiner.examine(document)
    return caught.value


def test_what_neither_limit_ends_is_given_up_by_the_clock_and_is_no_fault_until_it_comes_again_and_again() -> None:
    with closing(Examiner(most_pages=1, patience_seconds=1.5)) as examiner:
        told = [hangs_over(examiner, pages(2)) for _ in range(3)]
        examiner.examine(pages(1))
    assert [type(error) for error in told] == [GaveNoAnswer, GaveNoAnswer, BadPdf]
    assert str(told[0]) == "the examiner gave no answer in 1.5 s"
    assert str(told[-1]) == "takes longer than 1.5 s to look into"


def test_one_process_looks_at_many_from_several_threads() -> None:
    with closing(Examiner(most_pages=1)) as examiner, ThreadPoolExecutor(4) as threads:
        verdicts = list(threads.map(lambda number: told(examiner, pages(1 + number % 2)), range(40)))
    assert verdicts == ["", "has 2 pages, a card 1"] * 20


def test_a_process_that_ended_for_want_of_work_is_started_again() -> None:
    with closing(Examiner(most_pages=1, idle_seconds=0.0)) as examiner:
        for _ in range(6):
            with contextlib.suppress(Failed):  # this one ends as fast as it starts
                examiner.examine(pages(1))
    with closing(Examiner(most_pages=1, idle_seconds=0.3)) as examiner:
        for _ in range(3):
            examiner.examine(pages(1))
            threading.Event().wait(0.4)


def told(examiner: Examiner, document: bytes) -> str:
    try:
        examiner.examine(document)
    except BadPdf as bad:
        return str(bad)
    return ""


@given(st.integers(0, 600), st.binary(max_size=20))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_over_it_there_is_a_verdict(at: int, garbage: bytes) -> None:
    document = pages(1)
    with contextlib.suppress(BadDocument):
        assert printable(document[:at] + garbage + document[at + len(garbage) :], 1).startswith(b"%PDF-")
