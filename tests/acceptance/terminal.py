"""A terminal with a program on it: what it printed, and what stands on the screen then."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

ROWS, COLUMNS = 50, 120
_TOKEN = re.compile(r"\x1b\[(?P<number>[0-9;?]*)(?P<kind>[A-Za-z])|(?P<move>[\r\n])|(?P<text>[^\x1b\r\n]+)")


class Terminal:
    """While inside the program runs; whatever is left of it then is killed."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = ["env", "--default-signal=INT", *command]  # tests in the background ignore SIGINT
        self.printed = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": os.getcwd()}
        for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            self._command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=environment
        )
        os.close(theirs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def read_until(self, text: str, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds  # noqa: TID251 - the tests' own patience
        while text not in self.printed:
            left = deadline - time.monotonic()  # noqa: TID251
            assert left > 0, f"{text!r} was not printed within {timeout_seconds:g} s, but:\n{self.printed[-3000:]}"
            assert self._read(left), f"it ended without {text!r}, but:\n{self.printed[-3000:]}"

    def interrupt(self) -> None:
        """Ctrl-C: to all that run on the terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, timeout_seconds: float) -> int:
        """Read until it ends; its exit status."""
        while self._read(timeout_seconds):
            pass
        return self.process.wait(timeout_seconds)

    def screen(self) -> list[str]:
        """The lines as a person sees them, on a screen so high that nothing leaves it."""
        lines: list[str] = [""]
        row = column = 0
        for token in _TOKEN.finditer(self.printed):
            if text := token["text"]:
                line = lines[row].ljust(column)
                lines[row] = line[:column] + text + line[column + len(text) :]
                column += len(text)
            elif token["move"] == "\r":
                column = 0
            elif token["move"] == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif token["kind"] == "A":
                row -= int(token["number"] or 1)
                assert row >= 0, "the cursor went above the screen"
            elif token["kind"] == "K":
                assert token["number"] == "2", token[0]
                lines[row] = ""
            else:
                assert token["kind"] in "mhl", f"an unknown order to the terminal: {token[0]!r}"
        return [line.rstrip() for line in lines]

    def _read(self, timeout_seconds: float) -> bool:
        """What comes next; False when it is over."""
        assert select.select([self._ours], [], [], timeout_seconds)[0], "nothing more was printed"
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # EIO: nobody is at the other end any more
            return False
        self.printed += self._decoder.decode(data)
        return bool(data)
