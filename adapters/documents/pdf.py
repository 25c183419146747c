"""A PDF of the centre's: whether it can be printed, asked in a process of its own."""

import subprocess
import sys
from pathlib import Path

_EXAMINER = Path(__file__).with_name("pdf_examiner.py")
"""Run and not imported: the parser has no place in the daemon."""
PATIENCE_SECONDS = 20.0


class BadPdf(Exception):
    """It cannot be printed; why, without its content."""


def examine(document: bytes, *, most_pages: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """BadPdf. Takes some 0.2 s, most of it for the process: for when it is pulled, not for when it is printed."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_EXAMINER), str(most_pages)],
            input=document,
            capture_output=True,
            timeout=patience_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BadPdf(f"takes longer than {patience_seconds:g} s to read") from None
    if done.returncode:
        raise BadPdf("cannot be read")
    if done.stdout:
        raise BadPdf(done.stdout.decode(errors="replace"))
