"""A PDF of the centre's: whether it can be printed, asked in a process of its own."""

import selectors
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

_EXAMINER = Path(__file__).with_name("pdf_examiner.py")
"""Run and not imported: the parser has no place in the daemon."""
PATIENCE_SECONDS = 20.0
IDLE_SECONDS = 30.0
"""So long the process waits for the next one."""
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
        self, *, most_pages: int, patience_seconds: float = PATIENCE_SECONDS, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._command = [sys.executable, "-I", str(_EXAMINER), str(most_pages), str(idle_seconds)]
        self._patience_seconds = patience_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._lock = threading.Lock()

    def examine(self, document: bytes) -> None:
        """BadPdf. For when it is pulled, not for when it is printed."""
        with self._lock:
            try:
                verdict = self._ask(self._running(), document)
            except OSError:  # it had ended in this moment, for want of work
                self._end()
                verdict = self._ask(self._running(), document)
        if verdict:
            raise BadPdf(verdict)

    def close(self) -> None:
        """End the process. More than once is fine."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._process.poll() is not None or not self._left):
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._left = MOST_IN_A_ROW
        self._left -= 1
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], document: bytes) -> str:
        """What is wrong with it; OSError when the process had ended before it was asked."""
        assert process.stdin is not None, "it has pipes"
        assert process.stdout is not None, "it has pipes"
        process.stdin.write(len(document).to_bytes(8) + document)
        process.stdin.flush()
        with selectors.DefaultSelector() as answered:
            answered.register(process.stdout, selectors.EVENT_READ)
            if not answered.select(self._patience_seconds):
                self._end()
                return f"takes longer than {self._patience_seconds:g} s to read"
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            if process.wait() == 0:
                raise BrokenPipeError
            self._end()
            return "cannot be read"
        return line.decode(errors="replace").strip()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with suppress(OSError), process:  # what was not sent yet goes nowhere
            process.wait()
