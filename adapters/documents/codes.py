"""QR codes as SVG."""

import io

import segno

_QUIET_MODULES = 2
"""Around it on white paper; scanners ask for little more than that."""


def qr(text: str) -> str:
    """Bytes in UTF-8; the lowest level of correction that the size does not raise by itself."""
    drawn = io.BytesIO()
    code = segno.make_qr(text, error="l", mode="byte", encoding="utf-8")
    code.save(drawn, kind="svg", border=_QUIET_MODULES, xmldecl=False, omitsize=True, dark="#000000")
    return drawn.getvalue().decode()
