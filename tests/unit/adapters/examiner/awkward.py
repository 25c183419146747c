"""Documents as other makers' programs write them, and what comes of them on paper."""

import io
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

INPUTS = Path(__file__).parents[3] / "inputs" / "documents"
CARD = (0.0, 0.0, 243.0, 153.0)
"""ISO ID-1 in points."""
FONT = DictionaryObject(
    {
        NameObject("/Type"): NameObject("/Font"),
        NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica-Bold"),
    }
)


def given(name: str) -> bytes:
    return (INPUTS / f"{name}.pdf").read_bytes()


def a_corner(left: float = 0, bottom: float = 0, unit: float = 1) -> bytes:
    """Red below on the left, blue above on the left, of a card whose corner is there: how it lies can be seen."""
    u = 1 / unit
    red = b"1 0 0 rg %f %f %f %f re f" % (left + 10 * u, bottom + 10 * u, 60 * u, 40 * u)
    return red + b" 0 0 1 rg %f %f %f %f re f" % (left + 10 * u, bottom + 100 * u, 60 * u, 40 * u)


def box(*sides: float) -> ArrayObject:
    return ArrayObject([FloatObject(side) for side in sides])


def stream(data: bytes, **entries: PdfObject) -> StreamObject:
    made = StreamObject()
    made.set_data(data)
    for key, value in entries.items():
        made[NameObject(f"/{key}")] = value
    return made


def form(data: bytes, bbox: Sequence[float] = CARD, **entries: PdfObject) -> StreamObject:
    return stream(data, Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=box(*bbox), **entries)


def document(
    content: bytes,
    media: Sequence[float] | None = CARD,
    *,
    named: Mapping[str, Mapping[str, PdfObject]] | None = None,
    catalog: Mapping[str, PdfObject] | None = None,
    annotations: Sequence[DictionaryObject] = (),
    pages: int = 1,
    **entries: PdfObject,
) -> bytes:
    """Pages of this content; `named` are their resources, `entries` stand in each page."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(10, 10)
        page[NameObject("/Contents")] = writer._add_object(stream(content))
        resources = {"Font": {"F1": FONT}, **(named or {})}
        page[NameObject("/Resources")] = DictionaryObject(
            {
                NameObject(f"/{kind}"): DictionaryObject(
                    {NameObject(f"/{name}"): writer._add_object(value) for name, value in members.items()}
                )
                for kind, members in resources.items()
            }
        )
        if media is None:
            del page["/MediaBox"]
        else:
            page[NameObject("/MediaBox")] = box(*media)
        if annotations:
            page[NameObject("/Annots")] = ArrayObject([writer._add_object(made) for made in annotations])
        for key, value in entries.items():
            page[NameObject(f"/{key}")] = value
    for key, value in (catalog or {}).items():
        writer.root_object[NameObject(f"/{key}")] = value
    return written(writer)


def annotation(kind: str, appearance: PdfObject | None, *, flags: int = 4, **entries: PdfObject) -> DictionaryObject:
    made = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject(f"/{kind}"),
            NameObject("/Rect"): box(20, 20, 120, 60),
            NameObject("/F"): NumberObject(flags),
        }
    )
    if appearance is not None:
        made[NameObject("/AP")] = DictionaryObject({NameObject("/N"): appearance})
    for key, value in entries.items():
        made[NameObject(f"/{key}")] = value
    return made


def text(value: str) -> TextStringObject:
    return TextStringObject(value)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def by_ghostscript(pdf: bytes) -> Image.Image:
    return _drawn(
        ["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=ppmraw", "-r72", "-sOutputFile=%stdout", "-"], pdf
    )


def by_poppler(pdf: bytes) -> Image.Image:
    return _drawn(["pdftoppm", "-r", "72", "-"], pdf)


def _drawn(command: list[str], pdf: bytes) -> Image.Image:
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True, timeout=60)
    return Image.open(io.BytesIO(drawn.stdout)).convert("RGB")
