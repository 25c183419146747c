"""Draws a document as CUPS's filters will, small, to see that something comes out of it and that it ends.

By Ghostscript, which Debian's cups depends on and rasterises with (gstoraster). A process of its own for each document,
which reads it from memory: no temporary file holds it.
"""

import os
import re
import resource
import signal
import subprocess
from functools import partial

from adapters.examiner.verdict import BadDocument
from daemon.domain.flaw import Flaw

DOTS_PER_INCH = 100
MOST_PROCESSOR_SECONDS = 5
"""A card of a photo and text takes 0.1."""
_WHITE = 250
"""Of 255: what is as light as this, nobody sees on a card."""
_BROKEN_PICTURE = b"ERROR decoding image"
"""It leaves out a JBIG2 picture that it cannot read, and calls that a success."""
_PAGE = re.compile(rb"P5\n(?:#[^\n]*\n)*([0-9]{1,6}) ([0-9]{1,6})\n255\n")
_GHOSTSCRIPT = (
    "gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONERROR", "-sDEVICE=pgmraw", f"-r{DOTS_PER_INCH}",
    "-sstdout=%stderr", "-sOutputFile=%stdout", "/proc/self/fd/0",
)  # fmt: skip


def refuse_undrawn(document: bytes, pages: int, *, most_processor_seconds: int = MOST_PROCESSOR_SECONDS) -> None:
    """BadDocument when a page stays white, cannot be drawn, or takes too long or too much memory."""
    with open(os.memfd_create("document"), "r+b", buffering=0) as held:
        held.write(document)
        held.seek(0)
        drawn = subprocess.run(
            _GHOSTSCRIPT,
            stdin=held,
            capture_output=True,
            preexec_fn=partial(_limit, most_processor_seconds),
            check=False,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        )
    if drawn.returncode == -signal.SIGKILL:
        raise ChildProcessError("Ghostscript was killed")  # by the machine: of the document that says nothing
    if drawn.returncode == -signal.SIGXCPU:
        raise BadDocument(Flaw.SLOW_TO_DRAW.format(seconds=most_processor_seconds))
    if drawn.returncode:
        raise BadDocument(Flaw.UNDRAWABLE)
    if _BROKEN_PICTURE in drawn.stderr:
        raise BadDocument(Flaw.PICTURE_BROKEN)
    rest, count = drawn.stdout, 0
    while head := _PAGE.match(rest):
        end = head.end() + int(head[1]) * int(head[2])
        if min(rest[head.end() : end], default=255) >= _WHITE:
            raise BadDocument(Flaw.PAGE_EMPTY)
        rest, count = rest[end:], count + 1
    if count != pages:
        raise BadDocument(Flaw.UNDRAWABLE)


def _limit(processor_seconds: int) -> None:
    """In the new process, of a program with one thread. The limit to memory is inherited."""
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
