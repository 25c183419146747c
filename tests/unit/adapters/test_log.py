"""What is written where: a real terminal, a real file, a real datagram socket in the journal's place."""

import io
import logging
import os
import pty
import socket
import struct
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from loguru import logger

from adapters import log


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, show = root.handlers[:], root.level, warnings.showwarning
    yield
    logging.captureWarnings(False)
    warnings.showwarning = show
    root.handlers[:], root.level = handlers, level
    logger.remove()
    logger.add(sys.stderr)


@pytest.fixture
def stderr(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "stderr").open("w+", encoding="utf-8") as file:
        yield file


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "journal"))
        listening.settimeout(5)
        yield listening


def under_systemd(stderr: TextIO) -> dict[str, str]:
    status = os.fstat(stderr.fileno())
    return {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}


def written(stream: TextIO) -> list[str]:
    stream.flush()
    stream.seek(0)
    return stream.read().splitlines()


def fields(datagram: bytes) -> dict[str, str]:
    """The journal's native protocol, read as journald reads it."""
    found = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            (length,) = struct.unpack("<Q", rest[:8])
            value, rest = rest[8 : 8 + length], rest[9 + length :]
        found[name.decode()] = value.decode()
        datagram = rest
    return found


def fail_with(secret: str) -> None:
    raise ValueError("it went wrong")


def test_a_plain_stream_gets_one_line_an_event(stderr: TextIO) -> None:
    log.configure(stream=stderr, environ={})
    logger.bind(record_id="R-1", printer="card-1").info("card made")
    logger.warning("two\nlines\r{braces} <red>tags</red>")
    lines = written(stderr)
    assert len(lines) == 2
    assert lines[0].endswith("INFO    card made record_id=R-1 printer=card-1")
    assert lines[1].endswith("WARNING two\\nlines\\r{braces} <red>tags</red>")


def test_what_is_below_the_level_is_not_written(stderr: TextIO) -> None:
    log.configure("WARNING", stream=stderr, environ={})
    logger.info("not this")
    assert written(stderr) == []


def test_a_terminal_gets_colours() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb", buffering=0) as screen:
        log.configure(stream=terminal, environ={})
        logger.bind(printer="card-1").error("jam")
        terminal.flush()
        shown = screen.read(1000).decode()
    assert "\x1b[" in shown
    assert "jam" in shown
    assert "printer=card-1" in shown


def test_the_journal_gets_fields(stderr: TextIO, journal: socket.socket, tmp_path: Path) -> None:
    log.configure(stream=stderr, environ=under_systemd(stderr), journal=tmp_path / "journal")
    logger.bind(record_id="R-1", printer="card-1").warning("printer rests")
    entry = fields(journal.recv(100_000))
    assert entry["MESSAGE"] == "printer rests"
    assert entry["PRIORITY"] == "4"
    assert entry["SYSLOG_IDENTIFIER"] == "giliran"
    assert (entry["GILIRAN_RECORD_ID"], entry["GILIRAN_PRINTER"]) == ("R-1", "card-1")
    assert written(stderr) == []


def test_a_message_of_several_lines_stays_one_entry(stderr: TextIO, journal: socket.socket, tmp_path: Path) -> None:
    log.configure(stream=stderr, environ=under_systemd(stderr), journal=tmp_path / "journal")
    logger.bind(printer="a\nPRIORITY=0").info("first\nPRIORITY=0\nlast")
    entry = fields(journal.recv(100_000))
    assert entry["MESSAGE"] == "first\nPRIORITY=0\nlast"
    assert entry["GILIRAN_PRINTER"] == "a\nPRIORITY=0"
    assert entry["PRIORITY"] == "6"


@pytest.mark.parametrize(
    ("level", "priority"),
    [("TRACE", 7), ("DEBUG", 7), ("INFO", 6), ("SUCCESS", 5), ("WARNING", 4), ("ERROR", 3), ("CRITICAL", 2)],
)
def test_a_level_is_syslogs_priority(
    level: str, priority: int, stderr: TextIO, journal: socket.socket, tmp_path: Path
) -> None:
    log.configure("TRACE", stream=stderr, environ=under_systemd(stderr), journal=tmp_path / "journal")
    logger.log(level, "x")
    assert fields(journal.recv(100_000))["PRIORITY"] == str(priority)


def test_without_the_journals_socket_lines_carry_their_priority(stderr: TextIO, tmp_path: Path) -> None:
    log.configure(stream=stderr, environ=under_systemd(stderr), journal=tmp_path / "nowhere")
    logger.error("two\nlines")
    assert written(stderr) == ["<3>two\\nlines"]


UNCAUGHT = """
import sys, threading
from pathlib import Path
from adapters import log

log.configure(journal=Path(sys.argv[1]))
log.hear_uncaught()

def fail(nik):
    raise ValueError("it went wrong")

if sys.argv[2] == "thread":
    thread = threading.Thread(target=fail, args=("1205010101900001",))
    thread.start()
    thread.join()
else:
    fail("1205010101900001")
"""


@pytest.mark.parametrize("where", ["main", "thread"])
def test_what_nobody_catches_is_one_entry_and_an_error(
    stderr: TextIO, journal: socket.socket, tmp_path: Path, where: str
) -> None:
    command = [sys.executable, "-c", UNCAUGHT, str(tmp_path / "journal"), where]
    subprocess.run(command, stderr=stderr, env={**os.environ, **under_systemd(stderr)}, check=False, timeout=60)
    entry = fields(journal.recv(100_000))
    assert entry["PRIORITY"] == "3"
    assert "ValueError: it went wrong" in entry["MESSAGE"]
    assert "1205010101900001" not in entry["MESSAGE"].replace('fail("1205010101900001")', "")
    assert written(stderr) == []


def test_a_huge_message_is_cut_and_keeps_its_end(stderr: TextIO, journal: socket.socket, tmp_path: Path) -> None:
    log.configure(stream=stderr, environ=under_systemd(stderr), journal=tmp_path / "journal")
    logger.info("begin" + "é" * 300_000 + "end")
    message = fields(journal.recv(1_000_000))["MESSAGE"]
    assert len(message.encode()) <= log.MOST_BYTES + 50
    assert message.startswith("beginé")
    assert message.endswith("éend")
    assert " … (cut) … " in message


def test_a_traceback_never_shows_values(stderr: TextIO) -> None:
    log.configure(stream=stderr, environ={})
    try:
        fail_with("12050101" + "01900001")
    except ValueError:
        logger.exception("step failed")
    [line] = written(stderr)
    assert "step failed" in line
    assert "ValueError: it went wrong" in line
    assert "fail_with" in line
    assert "1205010101900001" not in line


def test_libraries_are_heard_from_warning_on(stderr: TextIO) -> None:
    log.configure("DEBUG", stream=stderr, environ={})
    logging.getLogger("apscheduler.scheduler").info("not this")
    logging.getLogger("apscheduler.scheduler").warning("run was %s", "missed")
    logging.getLogger("odd").log(35, "a level of its own")
    lines = written(stderr)
    assert len(lines) == 2
    assert lines[0].endswith("WARNING apscheduler.scheduler: run was missed")
    assert lines[1].endswith("odd: a level of its own")


def test_configured_twice_each_event_is_written_once(stderr: TextIO) -> None:
    log.configure(stream=stderr, environ={})
    log.configure(stream=stderr, environ={})
    logger.info("once")
    logging.getLogger("library").warning("once")
    assert len(written(stderr)) == 2


def test_a_stream_without_a_descriptor_is_no_journal() -> None:
    stream = io.StringIO()
    log.configure(stream=stream, environ={"JOURNAL_STREAM": "1:1"})
    logger.info("here")
    assert stream.getvalue().endswith("INFO    here\n")
