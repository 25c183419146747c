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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from adapters.blame import Blame
from adapters.clock import SystemClock

IDLE_SECONDS = 30.0
"""So long a program waits for the next question."""
PATIENCE_SECONDS = 30.0
"""By the clock, from the first byte of a question to the last one of its answer."""
MOST_IN_A_ROW = 500
"""Then a new process: what one of them leaves behind in memory stays small."""
_ENDING_SECONDS = 5.0
"""One that was killed, or has said its last, is gone by then, unless the machine itself hangs."""
_LENGTH_BYTES = 8
_PART_BYTES = 1 << 16


class Declined(Exception):
    """It said in one line why there is no answer."""


class Failed(Exception):
    """There is no answer, and it did not say why: the same question may get one later."""

    is_over_question = False
    """It failed over this question again and again, and answered others in between."""


class GaveNoAnswer(Failed):
    """It was ended: its answer was not whole in time."""


class Died(Failed):
    """It ended over the question."""

    def __init__(self, name: str, status: int) -> None:
        """`status` as subprocess has it: a signal's number is negative."""
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        super().__init__(f"the {name} {how}")
        self.status = status


class _EndedBefore(Exception):
    """It had ended for want of work when it was asked."""


class Coprocess:
    """Keeps the process while there is work for it: starting one costs many times what an answer does.

    Safe to use from several threads, one question at a time. A process without work ends by itself; one that hangs or
    dies over a question is replaced for the next.
    """

    def __init__(self, program: str, *arguments: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """`program`: a package that is run and not imported."""
        self._name = program.rpartition(".")[2]
        self._command = [sys.executable, "-I", "-m", program, *arguments]
        self._patience_seconds = patience_seconds
        self._clock = SystemClock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._lock = threading.Lock()
        self._blame = Blame()

    @property
    def pid(self) -> int | None:
        """Of the process that there is."""
        return None if self._process is None else self._process.pid

    def ask(self, question: bytes) -> bytes:
        """The answer. Declined; Failed, GaveNoAnswer or Died among them."""
        with self._turn():
            try:
                said = self._ask_again(question)
            except Declined:
                self._blame.answered(question)
                raise
            except (GaveNoAnswer, Died) as failure:
                failure.is_over_question = self._blame.failed(question)
                raise
            self._blame.answered(question)
            return said

    def close(self) -> None:
        """End the process, once the question under way has its answer. More than once is fine."""
        with self._lock:
            self._end()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """With the process for oneself. Failed when others have it for too long."""
        if not self._lock.acquire(timeout=self._patience_seconds):
            raise Failed(f"the {self._name} was busy for {self._patience_seconds:g} s")
        try:
            yield
        finally:
            self._lock.release()

    def _ask_again(self, question: bytes) -> bytes:
        with suppress(_EndedBefore):
            return self._ask(self._running(), question)
        try:
            return self._ask(self._running(), question)
        except _EndedBefore as error:
            raise Failed(f"the {self._name} ends before it is asked") from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._process.poll() is not None or not self._left):
            self._end()
        if self._process is None:
            self._process = self._started()
            self._left = MOST_IN_A_ROW
        self._left -= 1
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                self._command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # with what it starts itself, it is ended as one
            )
        except OSError as error:
            raise Failed(f"the {self._name} cannot be started: {error.strerror}") from error
        assert process.stdin is not None, "it has pipes"
        os.set_blocking(process.stdin.fileno(), False)
        return process

    def _ask(self, process: subprocess.Popen[bytes], question: bytes) -> bytes:
        """Whatever it does, this ends in time."""
        assert process.stdin is not None, "it has pipes"
        assert process.stdout is not None, "it has pipes"
        give_up_at = self._clock.monotonic() + self._patience_seconds
        unsent = memoryview(len(question).to_bytes(_LENGTH_BYTES) + question)
        said = bytearray()
        with selectors.PollSelector() as pipes:  # it needs no file descriptor, of which there may be none left
            pipes.register(process.stdin, selectors.EVENT_WRITE)
            pipes.register(process.stdout, selectors.EVENT_READ)
            while (answer := _whole(said)) is None:
                left_seconds = give_up_at - self._clock.monotonic()
                ready = [key.fileobj for key, _ in pipes.select(left_seconds)] if left_seconds > 0 else []
                if not ready:
                    self._end()
                    raise GaveNoAnswer(f"the {self._name} gave no answer in {self._patience_seconds:g} s")
                if process.stdin in ready:
                    unsent = unsent[_send(process.stdin.fileno(), unsent) :]
                    if not unsent:
                        pipes.unregister(process.stdin)
                if process.stdout in ready:
                    part = os.read(process.stdout.fileno(), _PART_BYTES)
                    if not part:
                        raise self._ended(process, said)
                    said += part
        return answer

    def _ended(self, process: subprocess.Popen[bytes], said: bytearray) -> Died | _EndedBefore:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDING_SECONDS)
        self._end()
        if process.returncode == 0 and not said:
            return _EndedBefore()
        return Died(self._name, -signal.SIGKILL if process.returncode is None else process.returncode)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDING_SECONDS)


def _send(pipe: int, unsent: memoryview) -> int:
    """How many bytes need not be sent any more: all, when nobody reads them."""
    try:
        return os.write(pipe, unsent[:_PART_BYTES])
    except BrokenPipeError:
        return len(unsent)


def _whole(said: bytearray) -> bytes | None:
    """The answer in what it said so far; None: there is more to come. Declined."""
    line_end = said.find(b"\n")
    if line_end > 0:
        raise Declined(said[:line_end].decode(errors="replace").strip())
    begin = 1 + _LENGTH_BYTES
    if line_end < 0 or len(said) < begin:
        return None
    end = begin + int.from_bytes(said[1:begin])
    return bytes(said[begin:end]) if len(said) >= end else None


def serve(answer: Callable[[bytes], bytes], idle_seconds: float) -> None:
    """Within the program: answer until the input ends, or nothing comes for so long. `answer` may raise Declined."""
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
    except Declined as why:
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
