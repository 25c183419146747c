"""Where the log goes: the journal with fields under systemd, coloured lines on a terminal, plain lines elsewhere."""

import logging
import os
import socket
import struct
import sys
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from loguru import logger

from adapters.systemd import leads_to_journal

if TYPE_CHECKING:
    from loguru import Message, Record

JOURNAL = Path("/run/systemd/journal/socket")
MOST_BYTES = 16 << 10
"""Of a message; journald's datagrams have their limit, and a log line is read by people."""

_PRIORITIES = ((50, 2), (40, 3), (30, 4), (25, 5), (20, 6), (0, 7))
"""Lowest loguru level, syslog priority."""
_FIELDS = {"record_id": "GILIRAN_RECORD_ID", "printer": "GILIRAN_PRINTER"}


def configure(
    level: str = "INFO",
    *,
    environ: Mapping[str, str] = os.environ,
    stream: TextIO | None = None,
    journal: Path = JOURNAL,
) -> None:
    """Send everything at this level or above to `stream` (stderr), or to the journal when that is where it leads."""
    stream = stream if stream is not None else sys.stderr
    logger.remove()
    if leads_to_journal(stream, environ):
        logger.add(_JournalSink(journal, stream), level=level, format="{message}", diagnose=False, backtrace=True)
    elif stream.isatty():
        logger.add(stream, level=level, format=_readable, colorize=True, diagnose=False, backtrace=True)
    else:
        sink = partial(_write_line, stream)
        logger.add(sink, level=level, format=_readable, colorize=False, diagnose=False, backtrace=True)
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)


def hear_uncaught() -> None:
    """An error of ours that nobody catches, in whatever thread, becomes one entry, as an error."""
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda about: _log_uncaught(
        about.exc_type, about.exc_value or about.exc_type(), about.exc_traceback
    )


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logger.opt(exception=(kind, error, trace)).error(
        "an error of ours that nobody caught; report it: {}", kind.__name__
    )


def _readable(record: "Record") -> str:
    fields = "".join(f" {name}={{extra[{name}]}}" for name in _FIELDS if record["extra"].get(name) is not None)
    return f"<green>{{time:HH:mm:ss}}</green> <level>{{level: <7}} {{message}}</level>{fields}\n{{exception}}"


def _write_line(stream: TextIO, message: "Message") -> None:
    """One event, one line."""
    line = _cut(_on_one_line(message))
    stream.write(line + "\n")
    stream.flush()


class _JournalSink:
    """journald's native protocol; when that fails, the lines with a <priority> that it also understands."""

    def __init__(self, path: Path, stream: TextIO) -> None:
        self._path = str(path)
        self._stream = stream
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def write(self, message: "Message") -> None:
        """loguru calls this for each event."""
        record = message.record
        text = _cut(message.rstrip("\n"))
        priority = next(number for lowest, number in _PRIORITIES if record["level"].no >= lowest)
        try:
            self._socket.sendto(_datagram(text, priority, record), self._path)
        except OSError:
            self._stream.write(f"<{priority}>{_on_one_line(text)}\n")
            self._stream.flush()

    def stop(self) -> None:
        """loguru calls this when the sink is removed."""
        self._socket.close()


def _on_one_line(text: str) -> str:
    return text.rstrip("\n").replace("\r", "\\r").replace("\n", "\\n")


def _datagram(text: str, priority: int, record: "Record") -> bytes:
    fields = {
        "MESSAGE": text,
        "PRIORITY": str(priority),
        "SYSLOG_IDENTIFIER": "giliran",
        "CODE_FUNC": f"{record['name']}.{record['function']}",
        "CODE_LINE": str(record["line"]),
    }
    for name, field in _FIELDS.items():
        value = record["extra"].get(name)
        if value is not None:
            fields[field] = _cut(str(value))
    return b"".join(_field(name, value) for name, value in fields.items())


def _field(name: str, value: str) -> bytes:
    """NAME=value, or with its length (64 bits, little-endian) where the value has more than one line."""
    encoded = value.encode(errors="replace")
    if b"\n" not in encoded:
        return name.encode() + b"=" + encoded + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(encoded)) + encoded + b"\n"


def _cut(text: str) -> str:
    """At most about MOST_BYTES: the beginning, and the end, where a traceback says what it was."""
    encoded = text.encode(errors="replace")
    if len(encoded) <= MOST_BYTES:
        return text
    half = MOST_BYTES // 2
    return f"{encoded[:half].decode(errors='ignore')} … (cut) … {encoded[-half:].decode(errors='ignore')}"


class _ToLoguru(logging.Handler):
    """What libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        logger.opt(exception=record.exc_info, depth=6).log(level, "{}: {}", record.name, record.getMessage())
