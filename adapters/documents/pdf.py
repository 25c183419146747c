"""A PDF of the centre's: whether it can be printed, asked in a process of its own."""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO

from daemon.domain.errors import Fatal

_EXAMINER = "adapters.examiner"
"""Run and not imported: the parser has no place in the daemon."""
MOST_PROCESSOR_SECONDS = 5
"""To read one; to draw it there is a limit of its own."""
PATIENCE_SECONDS = 30.0
"""By the clock, for what neither limit ends: a machine under load is not the document's fault."""
IDLE_SECONDS = 30.0
"""So long the process waits for the next one."""
_LENGTH_BYTES = 8
MOST_IN_A_ROW = 500
"""Then a new process: what one of them leaves behind in memory stays small."""


class BadPdf(Exception):
    """It cannot be printed; why, without its content."""


class Examiner:
    """Keeps the process while there is work for it: starting one costs 30 times what a card's PDF does.

    Safe to use from several threads, one document at a time. A process without work ends by itself; one that hangs or
    dies over a document is replaced for the next.
    """

    def __init__(
        self,
        *,
        most_pages: int,
        most_processor_seconds: int = MOST_PROCESSOR_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Fatal without Ghostscript."""
        if shutil.which("gs") is None:
            raise Fatal("Ghostscript (gs) is missing, which looks at the centre's PDFs: apt install ghostscript")
        limits = (most_pages, idle_seconds, most_processor_seconds)
        self._command = [sys.executable, "-I", "-m", _EXAMINER, *map(str, limits)]
        self._most_processor_seconds = most_processor_seconds
        self._patience_seconds = patience_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._lock = threading.Lock()

    def examine(self, document: bytes) -> bytes:
        """The same as it is to be printed. BadPdf. For when it is pulled, not for when it is printed."""
        with self._lock:
            try:
                return self._ask(self._running(), document)
            except OSError:  # it had ended in this moment, for want of work
                self._end()
                return self._ask(self._running(), document)

    def close(self) -> None:
        """End the process. More than once is fine."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._process.poll() is not None or not self._left):
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # with what draws for it, it is ended as one
            )
            self._left = MOST_IN_A_ROW
        self._left -= 1
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], document: bytes) -> bytes:
        """OSError when the process had ended before it was asked."""
        assert process.stdin is not None, "it has pipes"
        assert process.stdout is not None, "it has pipes"
        process.stdin.write(len(document).to_bytes(_LENGTH_BYTES) + document)
        process.stdin.flush()
        with selectors.DefaultSelector() as answered:
            answered.register(process.stdout, selectors.EVENT_READ)
            if not answered.select(self._patience_seconds):
                self._end()
                raise BadPdf(f"takes longer than {self._patience_seconds:g} s to look into")
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            ended = process.wait()
            if ended == 0:
                raise BrokenPipeError
            self._end()
            if ended == -signal.SIGXCPU:
                raise BadPdf(f"takes more than {self._most_processor_seconds} s of processor time to read")
            raise BadPdf("cannot be read")
        if wrong := line.decode(errors="replace").strip():
            raise BadPdf(wrong)
        return self._rest(process.stdout)

    def _rest(self, answer: IO[bytes]) -> bytes:
        """What follows an empty line. Written in one piece, so it is there or the process is gone."""
        length = int.from_bytes(answer.read(_LENGTH_BYTES))
        document = answer.read(length)
        if not document or len(document) != length:
            self._end()
            raise BadPdf("cannot be read")
        return document

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(OSError), process:  # what was not sent yet goes nowhere
            process.wait()
