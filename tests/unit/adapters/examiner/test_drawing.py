"""A document of which nothing, or never anything, would come out of the printer is refused before a blank is spent."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, PdfObject

from adapters.examiner.drawing import refuse_undrawn
from adapters.examiner.reading import printable
from adapters.examiner.verdict import BadDocument
from tests.unit.adapters.examiner.awkward import (
    CARD,
    a_corner,
    annotation,
    box,
    by_ghostscript,
    by_poppler,
    document,
    form,
    given,
    stream,
    written,
)


def name(value: str) -> NameObject:
    return NameObject(f"/{value}")


def dictionary(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({name(key): value for key, value in entries.items()})


def picture(data: bytes = b"\x00" * 8, **entries: PdfObject) -> PdfObject:
    sides = {"Width": NumberObject(8), "Height": NumberObject(8), "BitsPerComponent": NumberObject(1)}
    return stream(data, Subtype=name("Image"), ColorSpace=name("DeviceGray"), **sides, **entries)


def showing(at: bytes, shown: PdfObject, **resources: dict[str, PdfObject]) -> bytes:
    return document(b"q " + at + b" /X Do Q", named={"XObject": {"X": shown}, **resources})


def layered(state: str, **more: PdfObject) -> bytes:
    """All that is on the page lies in a layer."""
    writer = PdfWriter()
    page = writer.add_blank_page(243, 153)
    layer = writer._add_object(dictionary(Type=name("OCG")))
    page[name("Contents")] = writer._add_object(stream(b"/OC /L BDC " + a_corner() + b" EMC"))
    page[name("Resources")] = dictionary(Properties=dictionary(L=layer))
    shown = dictionary(**{state: ArrayObject([layer])}, **more)
    writer.root_object[name("OCProperties")] = dictionary(OCGs=ArrayObject([layer]), D=shown)
    return written(writer)


def nested(depth: int) -> bytes:
    """Forms that each show the next one ten times: a few kilobytes, 10 to the power of `depth` squares."""
    writer = PdfWriter()
    page = writer.add_blank_page(243, 153)
    inner = writer._add_object(form(a_corner()))
    for _ in range(depth):
        inner = writer._add_object(form(b"/X Do " * 10, Resources=dictionary(XObject=dictionary(X=inner))))
    page[name("Contents")] = writer._add_object(stream(b"/X Do"))
    page[name("Resources")] = dictionary(XObject=dictionary(X=inner))
    return written(writer)


def tiled() -> bytes:
    """A pattern of tiles far smaller than a dot, in each of which there is a pattern again."""
    writer = PdfWriter()
    page = writer.add_blank_page(243, 153)
    kind = {"PatternType": NumberObject(1), "PaintType": NumberObject(1), "TilingType": NumberObject(1)}
    step = {"XStep": FloatObject(0.001), "YStep": FloatObject(0.001), "BBox": box(0, 0, 40, 40)}
    fill = b"/Pattern cs /P scn 0 0 243 153 re f"
    inner = writer._add_object(stream(b"1 0 0 rg 0 0 20 20 re f", Resources=dictionary(), **kind, **step))
    for _ in range(3):
        used = dictionary(Pattern=dictionary(P=inner))
        inner = writer._add_object(stream(fill, Resources=used, **kind, **step))
    page[name("Contents")] = writer._add_object(stream(fill))
    page[name("Resources")] = dictionary(Pattern=dictionary(P=inner))
    return written(writer)


def letters(drawn: bytes) -> bytes:
    """A font whose letter A is drawn by these operators."""
    glyphs = {"CharProcs": dictionary(), "FontBBox": box(0, 0, 1000, 1000), "Resources": dictionary()}
    encoding = dictionary(Type=name("Encoding"), Differences=ArrayObject([NumberObject(65), name("A")]))
    writer = PdfWriter()
    page = writer.add_blank_page(243, 153)
    font = dictionary(
        Type=name("Font"), Subtype=name("Type3"), FontMatrix=box(0.001, 0, 0, 0.001, 0, 0), Encoding=encoding,
        FirstChar=NumberObject(65), LastChar=NumberObject(65), Widths=box(1000), **glyphs,
    )  # fmt: skip
    font[name("CharProcs")] = dictionary(A=writer._add_object(stream(drawn)))
    page[name("Contents")] = writer._add_object(stream(b"BT /F 40 Tf 20 50 Td (A) Tj ET"))
    page[name("Resources")] = dictionary(Font=dictionary(F=writer._add_object(font)))
    return written(writer)


def broken_jbig2() -> bytes:
    whole = given("signature-jbig2")
    start = whole.index(b"stream\n", whole.index(b"/JBIG2Decode")) + len(b"stream\n")
    return whole[:start] + b"\xff" * 231 + whole[start + 231 :]


WHOLE = b"243 0 0 153 0 0 cm"
SEEN: dict[str, Callable[[], bytes]] = {
    "lines": lambda: document(b"10 10 m 200 100 l S"),
    "thinnest-line": lambda: document(b"0 w 10 10 m 200 100 l S"),
    "picture": lambda: showing(WHOLE, picture()),
    "inline-picture": lambda: document(WHOLE + b" BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI"),
    "form": lambda: showing(b"", form(a_corner())),
    "type-3-letter": lambda: letters(b"1000 0 d0 0 0 700 700 re f"),
    "layer-on": lambda: layered("ON"),
    "annotation-alone": lambda: document(b"", annotations=[annotation("Stamp", form(a_corner()))]),
    "half-transparent": lambda: document(
        b"/T gs " + a_corner(), named={"ExtGState": {"T": dictionary(ca=FloatObject(0.5))}}
    ),
    "jbig2": lambda: given("signature-jbig2"),
    "yellow": lambda: document(b"1 1 0 rg 10 10 50 50 re f"),
    "nested": lambda: nested(2),
}  # fmt: skip
UNSEEN: dict[str, Callable[[], bytes]] = {
    "empty": lambda: document(b""),
    "saved-and-restored": lambda: document(b"q Q"),
    "white-on-white": lambda: document(b"1 g 10 10 100 100 re f BT /F1 20 Tf 10 100 Td (SITI CONTOH) Tj ET"),
    "all-transparent": lambda: document(
        b"/T gs " + a_corner(), named={"ExtGState": {"T": dictionary(ca=FloatObject(0))}}
    ),
    "picture-outside": lambda: showing(b"100 0 0 100 300 300 cm", picture()),
    "picture-of-no-size": lambda: showing(b"0 0 0 0 10 10 cm", picture()),
    "outside-the-crop": lambda: document(b"10 500 50 50 re f", (0, 0, 595, 842), CropBox=box(*CARD)),
    "clipped-away": lambda: document(b"300 300 10 10 re W n " + a_corner()),
    "hidden-letters": lambda: document(b"BT /F1 20 Tf 3 Tr 10 100 Td (SITI CONTOH) Tj ET"),
    "blank-type-3-letter": lambda: letters(b"1000 0 d0"),
    "form-without-a-box": lambda: showing(b"", stream(a_corner(), Subtype=name("Form"))),
    "nothing-shown": lambda: document(b"/Missing Do"),
}


@pytest.mark.parametrize("case", SEEN)
def test_what_is_drawn_is_a_card_and_comes_out(case: str) -> None:
    cleaned = printable(SEEN[case](), 1)
    for draw in (by_ghostscript, by_poppler):
        assert min(low for low, _ in draw(cleaned).getextrema()) < 250  # type: ignore[misc]


@pytest.mark.parametrize("case", UNSEEN)
def test_what_is_drawn_nowhere_is_no_card(case: str) -> None:
    with pytest.raises(BadDocument, match=r"nothing is drawn|cannot be drawn"):
        printable(UNSEEN[case](), 1)


def test_each_side_is_looked_at() -> None:
    writer = PdfWriter()
    for content in (a_corner(), b"q Q"):
        page = writer.add_blank_page(243, 153)
        page[name("Contents")] = writer._add_object(stream(content))
    with pytest.raises(BadDocument, match="nothing is drawn"):
        printable(written(writer), 2)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: given("card-nothing-comes-out"), "is broken: its catalog is none"),
        (lambda: given("filter-fails"), "is broken: resources that are a stream"),
        (lambda: layered("OFF"), "layers"),
        (lambda: layered("ON", BaseState=name("OFF")), "layers"),
        (lambda: layered("ON", AS=ArrayObject([dictionary(Event=name("Print"))])), "layers"),
        (broken_jbig2, "broken picture"),
        (lambda: document(b"q Q Q " + a_corner()), "Q without q"),
    ],
    ids=["catalog", "resources", "layer-off", "layers-off", "layers-by-event", "jbig2", "q"],
)
def test_what_filters_draw_in_different_ways_or_fail_on_is_refused(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BadDocument, match=why):
        printable(make(), 1)


@pytest.mark.parametrize("make", [lambda: nested(12), tiled], ids=["nested", "tiled"])
def test_a_document_that_never_ends_is_refused_by_the_processor_time_it_takes(make: Callable[[], bytes]) -> None:
    with pytest.raises(BadDocument, match=r"^takes more than 1 s of processor time to draw$"):
        refuse_undrawn(make(), 1, most_processor_seconds=1)


def test_a_ghostscript_that_the_machine_kills_says_nothing_against_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = tmp_path / "gs"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ChildProcessError, match="Ghostscript was killed"):
        printable(document(a_corner()), 1)
