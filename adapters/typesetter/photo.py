"""The photo: opened with suspicion, brought to the size of a card."""

import base64
import io
import struct

from PIL import Image, ImageOps

from daemon.domain.flaw import Flaw

MOST_BYTES = 8 << 20
MOST_PIXELS_A_SIDE = 8000
MOST_PIXELS = 20_000_000
_PRINTED = (720, 960)
"""Width and height that a card can show: 20.5 × 26 mm at 600 dpi is 484 × 614."""

_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises for a file that is broken or meant to break it."""


class BadPhoto(Exception):
    """The photo cannot be printed; why, without its content."""


def as_svg(photo: bytes) -> str:
    """The photo as an SVG, upright and no larger than a card shows: the form in which Typst takes it from memory.

    Typst's inputs are text, and it draws a JPEG in an SVG without decoding it.
    """
    jpeg, width, height = _normalised(photo)
    encoded = base64.b64encode(jpeg).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{encoded}"/></svg>'
    )


def _normalised(photo: bytes) -> tuple[bytes, int, int]:
    if len(photo) > MOST_BYTES:
        raise BadPhoto(Flaw.TOO_LARGE.format(most=MOST_BYTES >> 20))
    try:
        with Image.open(io.BytesIO(photo), formats=["JPEG"]) as image:
            width, height = image.size  # from the header: nothing is decoded yet
            if max(width, height) > MOST_PIXELS_A_SIDE or width * height > MOST_PIXELS:
                raise BadPhoto(Flaw.TOO_MANY_PIXELS)
            return _encoded(image)
    except _UNREADABLE as error:
        raise BadPhoto(Flaw.NOT_A_JPEG) from error


def _encoded(image: Image.Image) -> tuple[bytes, int, int]:
    image.draft("RGB", (2 * max(_PRINTED), 2 * max(_PRINTED)))
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("L", "RGB"):
        upright = upright.convert("RGB")
    upright.thumbnail(_PRINTED, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=92)
    return out.getvalue(), upright.width, upright.height
