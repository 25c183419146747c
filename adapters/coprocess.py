"""A program of ours that is asked through two pipes, one thing after another: from outside and from within.

Each question is its length (8 bytes, big-endian) and so many bytes. The answer is one line: why there is none. When it
is empty, what was asked for follows in the form of a question.
"""

import io
import os
import select
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO

IDLE_SECONDS = 30.0
"""So long a program waits for the next question."""
PATIENCE_SECONDS = 30.0
"""By the clock, for an answer."""
MOST_IN_A_ROW = 500
"""Then a new process: what one of them leaves behind in memory stays small."""
_LENGTH_BYTES = 8


class Refused(Exception):
    """It said in one line why there is no answer."""


class GaveNoAnswer(Exception):
    """It was ended: nothing came in time."""


class Died(Exception):
    """It ended over the question."""

    def __init__(self, status: int) -> None:
        super().__init__(f"ended with {status}")
        self.status = status


class Coprocess:
    """Keeps the process while there is work for it: starting one costs many times what an answer does.

    Safe to use from several threads, one question at a time. A process without work ends by itself; one that hangs or
    dies over a question is replaced for the next.
    """

    def __init__(self, program: str, *arguments: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """`program`: a package that is run and not imported."""
        self._command = [sys.executable, "-I", "-m", program, *arguments]
        self._patience_seconds = patience_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Of the process that there is."""
        return None if self._process is None else self._process.pid

    def ask(self, question: bytes) -> bytes:
        """The answer. Refused, GaveNoAnswer, Died."""
        with self._lock:
            try:
                return self._ask(self._running(), question)
            except OSError:  # it had ended in this moment, for want of work
                self._end()
                return self._ask(self._running(), question)

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
                start_new_session=True,  # with what it starts itself, it is ended as one
            )
            self._left = MOST_IN_A_ROW
        self._left -= 1
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], question: bytes) -> bytes:
        """OSError when the process had ended before it was asked."""
        assert process.stdin is not None, "it has pipes"
        assert process.stdout is not None, "it has pipes"
        process.stdin.write(len(question).to_bytes(_LENGTH_BYTES) + question)
        process.stdin.flush()
        with selectors.DefaultSelector() as answered:
            answered.register(process.stdout, selectors.EVENT_READ)
            if not answered.select(self._patience_seconds):
                self._end()
                raise GaveNoAnswer
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            status = process.wait()
            if status == 0:
                raise BrokenPipeError
            self._end()
            raise Died(status)
        if why := line.decode(errors="replace").strip():
            raise Refused(why)
        return self._rest(process, process.stdout)

    def _rest(self, process: subprocess.Popen[bytes], answer: IO[bytes]) -> bytes:
        """What follows an empty line. Written in one piece, so it is there or the process is gone."""
        length = int.from_bytes(answer.read(_LENGTH_BYTES))
        said = answer.read(length)
        if not said or len(said) != length:
            self._end()
            raise Died(process.returncode)
        return said

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(OSError), process:  # what was not sent yet goes nowhere
            process.wait()


def serve(answer: Callable[[bytes], bytes], idle_seconds: float) -> None:
    """Within the program: answer until the input ends, or nothing comes for so long. `answer` may raise Refused."""
    with open(0, "rb", buffering=0) as questions:  # so that what select says holds
        while select.select([questions], [], [], idle_seconds)[0]:
            length = questions.read(_LENGTH_BYTES)
            if not length:
                break
            sys.stdout.buffer.write(_said(answer, _read(questions, int.from_bytes(length))))
            sys.stdout.buffer.flush()


def _said(answer: Callable[[bytes], bytes], question: bytes) -> bytes:
    try:
        said = answer(question)
    except Refused as why:
        return f"{why}\n".encode()
    return b"\n" + len(said).to_bytes(_LENGTH_BYTES) + said


def _read(questions: io.RawIOBase, length: int) -> bytes:
    question = bytearray()
    while len(question) < length:
        part = questions.read(length - len(question))
        if not part:
            break
        question += part
    return bytes(question)
