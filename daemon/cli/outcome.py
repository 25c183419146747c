"""What becomes of a command: an exit status, and of an error one line on stderr, never a traceback."""

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from daemon.cli.failure import ReaderLeft, lines_about
from daemon.domain.errors import GiliranError

INTERRUPTED = 130


def outcome_of(command: Callable[[], int]) -> int:
    """Its exit status, whatever it ends with."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf_8(stream)
    if "JOURNAL_STREAM" in os.environ:
        sys.excepthook = _complain_of_uncaught
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except (ReaderLeft, BrokenPipeError):
        return _reader_left()
    except (GiliranError, OSError) as error:
        return _complain_of(error)


def _complain_of(error: GiliranError | OSError) -> int:
    from daemon.cli.output import complain

    status, lines = lines_about(error)
    for line in lines:
        complain(line)
    return status


def _complain_of_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A traceback at the daemon's start: each line an error in the journal. Once the log is there, that does it."""
    import traceback

    from daemon.cli.output import complain

    for part in traceback.format_exception(kind, error, trace):
        for line in part.splitlines():
            complain(line)


def _speak_utf_8(stream: TextIO) -> None:
    """JSON is UTF-8 whatever the locale says; what cannot be shown is escaped rather than fatal."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def _reader_left() -> int:
    """`| head` closed the pipe. Nothing more can be said, and Python must not complain about that at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return 0
