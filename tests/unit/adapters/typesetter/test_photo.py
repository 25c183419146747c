"""Photos as they come, and as somebody would send them who means harm."""

import base64
import io
import re
import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters.typesetter.photo import BadPhoto, as_svg


def photo(size: tuple[int, int] = (300, 400), mode: str = "RGB", format: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format, **options)
    return out.getvalue()


def inside(svg: str) -> Image.Image:
    match = re.search(r"base64,([A-Za-z0-9+/=]+)", svg)
    assert match is not None
    image = Image.open(io.BytesIO(base64.b64decode(match[1])))
    image.load()
    return image


def claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header says that it is that large."""
    honest = photo((16, 16))
    place = honest.index(b"\xff\xc0") + 5
    return honest[:place] + struct.pack(">HH", height, width) + honest[place + 4 :]


def test_a_photo_is_wrapped_in_an_svg_of_its_size() -> None:
    svg = as_svg(photo((300, 400)))
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400">')
    assert inside(svg).size == (300, 400)


def test_a_large_photo_is_brought_to_the_size_of_a_card() -> None:
    image = inside(as_svg(photo((3000, 4000))))
    assert image.size == (720, 960)


@pytest.mark.parametrize(("mode", "becomes"), [("RGB", "RGB"), ("L", "L"), ("CMYK", "RGB")])
def test_every_colour_mode_of_jpeg_is_taken(mode: str, becomes: str) -> None:
    image = inside(as_svg(photo(mode=mode)))
    assert (image.format, image.mode) == ("JPEG", becomes)


def test_a_progressive_photo_is_taken() -> None:
    assert inside(as_svg(photo(progressive=True))).size == (300, 400)


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: rotated by 90°
    image = inside(as_svg(photo((400, 300), exif=exif)))
    assert image.size == (300, 400)


def test_where_a_photo_was_taken_does_not_go_to_the_printer() -> None:
    exif = Image.Exif()
    exif[0x010E] = "RAHASIA"
    assert b"RAHASIA" in photo(exif=exif)
    assert "exif" not in inside(as_svg(photo(exif=exif))).info


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is not a JPEG that can be opened"),
        (b"<html></html>", "is not a JPEG that can be opened"),
        (photo(format="PNG"), "is not a JPEG that can be opened"),
        (photo()[: len(photo()) // 2], "is not a JPEG that can be opened"),
        (b"\xff\xd8\xff", "is not a JPEG that can be opened"),
        (claiming(8001, 10), "has too many pixels"),
        (claiming(10, 8001), "has too many pixels"),
        (claiming(5000, 5000), "has too many pixels"),
        (claiming(0, 10), "is not a JPEG that can be opened"),
        (photo() + b"\0" * (8 << 20), "is larger than 8 MiB"),
    ],
)
def test_what_cannot_be_printed_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(BadPhoto, match=problem):
        as_svg(content)


@pytest.mark.parametrize("side", [15_000, 65_535])
def test_a_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(BadPhoto):
        as_svg(claiming(side, side))


NOISE = photo((40, 50), exif=Image.Exif())


@pytest.mark.filterwarnings("ignore:.*EXIF:UserWarning")  # Pillow's, about tags that it passes over
@given(place=st.integers(0, len(NOISE) - 1), damage=st.binary(min_size=1, max_size=8))
@settings(deadline=None)
def test_a_damaged_photo_is_taken_or_refused(place: int, damage: bytes) -> None:
    damaged = NOISE[:place] + damage + NOISE[place + len(damage) :]
    with suppress(BadPhoto):
        assert inside(as_svg(damaged)).width > 0
