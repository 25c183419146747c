"""Looks into a PDF that somebody else made. Run as a program of its own: PDF on stdin, one line of verdict on stdout.

A parser is what is attacked first, so it works in a process of its own: what hangs is killed. Memory is bounded by the
parser's own limits alone. What is drawn on a page is not looked at.
"""

import io
import logging
import sys

from pypdf import PdfReader
from pypdf.errors import PyPdfError

LARGEST_SIDE_MM = 1000


def verdict(document: bytes, most_pages: int) -> str:
    """What is wrong with it; nothing when it can be printed. The parser's own limits bound what it unpacks."""
    try:
        reader = PdfReader(io.BytesIO(document), strict=False)
        if reader.is_encrypted:
            return "is encrypted"
        pages = len(reader.pages)
        if pages == 0:
            return "has no page"
        if pages > most_pages:
            return f"has {pages:,} pages, a card {most_pages}"
        for page in reader.pages:
            sides = (float(page.mediabox.width), float(page.mediabox.height))
            if not all(0 < side * 25.4 / 72 <= LARGEST_SIDE_MM for side in sides):
                return "has a page of no size, or one that no printer has"
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError):
        return "is broken"
    except MemoryError:
        return "is too large when it is unpacked"
    return ""


def main() -> int:
    """Always 0: the verdict is what is said."""
    logging.disable(logging.CRITICAL)  # it could quote what is in the document
    sys.stdout.write(verdict(sys.stdin.buffer.read(), int(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
