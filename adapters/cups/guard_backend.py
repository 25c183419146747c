#!/usr/bin/python3 -IS
"""The guard: a CUPS backend in front of a card printer's real one that lets each token reach the device at most once.

Standard library alone and Python 3.9 or later, because CUPS runs a copy of this file outside our environment.
Device URI: `giliran:/REAL_URI`. A job named by a token (`giliran:RECORD:ATTEMPT`) is printed only after its file in
the journal folder was created by us, durably; is it there already, CUPS holds the job (exit 3) and nothing is sent.
Foreign jobs go through untouched. A journal that is not the one the guard was installed with (lost, and made again
empty) cannot tell what was printed: then everything is held, and a job that names another one is held for ever.

A journal file is a few JSON lines: `started` (or `voided`, written by the daemon) and, when the real backend is
over, `ended` with its exit status and the state reasons it reported. It appears under its name whole and locked,
never empty: it is written and locked under another name and then linked. The lock (flock) is inherited by the real
backend, so it is held as long as anything can still reach the device, even when the guard alone is killed.
The document is taken in whole, in memory, before that, so that one which is cut short by CUPS's end never reaches the
device; what the real backend reads of it is counted, because one that failed without reading a byte made no card.
No personal data gets in.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from typing import NoReturn

JOURNAL = ""  # the installed copy names the folder here
IDENTITY = ""  # and here the identity of the journal that it was installed with
VERSION = 1

PREFIX = "giliran:/"
IDENTITY_FILE = ".identity"
TOKEN = re.compile(r"giliran:[A-Za-z0-9._-]{1,64}:[1-9][0-9]{0,8}")

JOURNAL_OPTION = re.compile(r"(?:^|\s)giliran-journal=(\w*)")
"""The job option by which a job names the journal that it was submitted under."""

EXIT_FAILED = 1
EXIT_HOLD = 3
"""CUPS_BACKEND_FAILED and CUPS_BACKEND_HOLD (cups/backend.h)."""

NOT_STARTED = "backend-not-started"
"""Our own reason beside the real backend's: the token is used up, and nothing was sent."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_SEVERITY = re.compile(r"-(error|warning|report)$")
_CHUNK_BYTES = 64 * 1024
_FILE_ARGUMENT = 6
_MOST_REASONS = 64
_LONGEST_IDENTITY = 64
_LAST_WORDS_SECONDS = 2.0
_GRACE_SECONDS = 0.02
"""CUPS stops the filters first, then us; and while it starts another job, a child of its own may hold our pipe open."""
_MOST_BYTES = 1024**3
_KERNEL_COUNTS = "/proc/vmstat"
_FREE_DESCRIPTOR = 10
"""Ours start here: 3 and 4 are CUPS's back and side channel, open or not."""


class Hold(Exception):
    """CUPS is to keep the job, held; nothing was sent to the device. The message is for the operator."""


def create_entry(folder: str, token: str, line: dict[str, object]) -> int | None:
    """Make the token's file with this first line, durably: its locked descriptor; None if somebody has it. OSError."""
    name = os.path.join(folder, token)
    temporary = os.path.join(folder, f".new-{token}-{os.getpid()}-{threading.get_ident()}")
    descriptor = _open_high(temporary)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fchmod(descriptor, 0o644)  # CUPS sets umask 077, and the daemon is another user
            write_line(descriptor, line)
            created = _link(temporary, name)
        finally:
            os.unlink(temporary)
        sync_folder(folder)  # also when another made it: whoever asked may rely on it from now on
    except BaseException:
        os.close(descriptor)
        raise
    if created:
        return descriptor
    os.close(descriptor)
    return None


def read_identity(folder: str) -> str:
    """What tells this journal from any other that stands in its place; empty when it has none (yet). OSError."""
    try:
        with open(os.path.join(folder, IDENTITY_FILE), encoding="ascii", errors="replace") as file:
            return file.read(_LONGEST_IDENTITY).strip()
    except FileNotFoundError:
        return ""


def write_line(descriptor: int, line: dict[str, object]) -> None:
    """Append one JSON line and sync it. OSError when it is not whole on the disk."""
    data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def sync_folder(folder: str) -> None:
    """Make the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def main(argv: list[str]) -> int:
    """The backend's whole life; returns its exit status."""
    if len(argv) == 1:
        return 0  # discovery: we have no devices of our own
    if len(argv) not in (6, 7):
        _say(f"ERROR: usage: {argv[0]} job-id user title copies options [file]")
        return EXIT_FAILED
    try:
        uri, program = _real_backend(argv[0])
        title = argv[3]
        if not title.startswith("giliran:"):
            _become(program, uri, argv)
        return _print_once(program, uri, argv, title)
    except Hold as hold:
        _say(f"ERROR: Giliran: {hold}")
    except OSError as error:
        _say(f"ERROR: Giliran: held, nothing was printed: {error.strerror}: {error.filename}")
    return EXIT_HOLD


def _real_backend(this_file: str) -> tuple[str, str]:
    """(device URI, program) of the backend that we stand in front of."""
    device = os.environ.get("DEVICE_URI", "")
    if not device.startswith(PREFIX):
        raise Hold(f"held, nothing was printed: the device URI does not start with {PREFIX}")
    uri = device[len(PREFIX) :]
    scheme = uri.partition(":")[0]
    if not _SCHEME.fullmatch(scheme) or scheme == "giliran":
        raise Hold("held, nothing was printed: no real device URI follows giliran:/")
    program = os.path.join(os.path.dirname(os.path.abspath(this_file)), scheme)
    if not os.access(program, os.X_OK):
        raise Hold(f"held, nothing was printed: there is no backend {program}")
    return uri, program


def _become(program: str, uri: str, argv: list[str]) -> NoReturn:
    """Run the real backend in our place."""
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    os.execve(program, [_without_login(uri), *argv[1:]], {**os.environ, "DEVICE_URI": uri})  # noqa: S606 - we are it


def _print_once(program: str, uri: str, argv: list[str], token: str) -> int:
    if not TOKEN.fullmatch(token):
        raise Hold("held, nothing was printed: the job's name starts like ours and is not a token")
    if not JOURNAL:
        raise Hold("held, nothing was printed: the guard was not installed by `giliran printer guard`")
    if not IDENTITY or read_identity(JOURNAL) != IDENTITY:
        raise Hold(f"held, nothing was printed: {JOURNAL} is another journal; run `giliran printer guard` again")
    named = JOURNAL_OPTION.search(argv[5])
    if named and named[1] != IDENTITY:
        raise Hold(f"held, not printed: {token} was to be started in a journal that is lost")
    channels = [descriptor for descriptor in (3, 4) if _is_open(descriptor)]
    backend = _Backend()
    signal.signal(signal.SIGTERM, _stop_before_the_start)
    document = None if len(argv) > _FILE_ARGUMENT else _whole_document()
    signal.signal(signal.SIGTERM, lambda *_: backend.stop())
    entry = create_entry(
        JOURNAL,
        token,
        {
            "state": "started",
            "guard": VERSION,
            "token": token,
            "job": argv[1],
            "printer": os.environ.get("PRINTER", ""),
            "at": _now(),
            "boot": _boot_id(),
            "pid": os.getpid(),
        },
    )
    if entry is None:
        raise Hold(f"held, not printed: {token} was started or taken back before")
    status = backend.run(program, uri, argv, document, [entry, *channels])
    outcome = {"state": "ended", "exit": status, "reasons": backend.reasons, "took": backend.took, "at": _now()}
    try:
        write_line(entry, outcome)
    except OSError as error:
        _say(f"ERROR: Giliran: the outcome of {token} could not be kept: {error.strerror}")
    return status if status >= 0 else EXIT_FAILED  # CUPS takes a backend killed by a signal for a success


class _Backend:
    """The real backend as our child: stopped when we are, its words passed on, its state reasons remembered."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        """Every state reason it reported, plain."""
        self.took: int | None = None
        """Bytes of the document that it read; None when it got a file, which it opens itself."""
        self.asked_to_stop = False
        self._child: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        self.asked_to_stop = True
        if self._child is not None:
            self._child.terminate()

    def run(self, program: str, uri: str, argv: list[str], document: int | None, descriptors: list[int]) -> int:
        """Its exit status, or minus the signal that killed it."""
        if self.asked_to_stop:
            return self._not_started(EXIT_FAILED)
        try:
            self._child = subprocess.Popen(
                [_without_login(uri), *argv[1:]],
                executable=program,
                env={**os.environ, "DEVICE_URI": uri},
                pass_fds=descriptors,
                stdin=document,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            _say(f"ERROR: Giliran: held, nothing was printed: {error.strerror}: {program}")
            return self._not_started(EXIT_HOLD)
        if self.asked_to_stop:
            self._child.terminate()
        assert self._child.stderr is not None
        words = threading.Thread(target=self._pass_on, args=(self._child.stderr.fileno(),), daemon=True)
        words.start()
        status = self._child.wait()
        if document is not None:
            self.took = os.lseek(document, 0, os.SEEK_CUR)  # the real backend's place in it, since it is one file
        words.join(_LAST_WORDS_SECONDS)  # bounded: a left-over of the backend's may keep its stderr open
        return status

    def _not_started(self, status: int) -> int:
        self.reasons, self.took = [NOT_STARTED], 0
        return status

    def _pass_on(self, stderr: int) -> None:
        rest = b""
        while True:
            data = os.read(stderr, _CHUNK_BYTES)
            if not data:
                return
            _write(data)
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[:_CHUNK_BYTES]
            for line in lines:
                self._remember(line)

    def _remember(self, line: bytes) -> None:
        """What `STATE: +reason,reason` adds and `STATE: -reason` takes back; CUPS itself forgets all at the end.

        A jam is not taken back: a card was in it. A reason that is over explains no later failure.
        """
        if not line.startswith(b"STATE:"):
            return
        text = line[len(b"STATE:") :].decode("ascii", "replace").strip()
        for reason in text.lstrip("+-").split(","):
            plain = _SEVERITY.sub("", reason.strip())
            if text.startswith("-"):
                if plain in self.reasons and plain != "media-jam":
                    self.reasons.remove(plain)
            elif plain not in ("", "none", *self.reasons) and len(self.reasons) < _MOST_REASONS:
                self.reasons.append(plain)


def _whole_document() -> int:
    """Our stdin to its end, in memory: a descriptor at its beginning. Hold when CUPS ended before it did.

    When CUPS dies, or stops in order, its filters die with it, and a document ends in the middle as if that were its
    end. The filters' stderr and ours are one pipe to CUPS: a filter that died of its being broken is no end. Nor is one
    that the kernel killed when memory ran out; CUPS takes that for an orderly end (cupsd ignores SIGKILL of a filter).
    """
    cups, killed = os.getppid(), _killed_for_memory()
    document = os.memfd_create("document", os.MFD_CLOEXEC)
    size = 0
    while data := os.read(0, _CHUNK_BYTES):
        size += len(data)
        if size > _MOST_BYTES:
            raise Hold(f"held, nothing was printed: the document is larger than {_MOST_BYTES} bytes")
        while data:
            data = data[os.write(document, data) :]
    threading.Event().wait(_GRACE_SECONDS)
    if _is_broken(2) or os.getppid() != cups:
        raise Hold("held, nothing was printed: CUPS ended before the document did")
    if _killed_for_memory() != killed:
        raise Hold("held, nothing was printed: the machine ran out of memory while the document was made")
    os.lseek(document, 0, os.SEEK_SET)
    return document


def _killed_for_memory() -> str | None:
    """How many processes the kernel has killed for want of memory since it started; None where it does not tell."""
    try:
        with open(_KERNEL_COUNTS, encoding="ascii", errors="replace") as file:
            return next((line for line in file if line.startswith("oom_kill ")), None)
    except OSError:
        return None


def _stop_before_the_start(*_: object) -> NoReturn:
    raise Hold("held, nothing was printed: told to stop before the document was whole")


def _is_broken(pipe: int) -> bool:
    """Whether nobody reads this pipe any more."""
    poll = select.poll()
    poll.register(pipe, 0)
    return any(events & select.POLLERR for _, events in poll.poll(0))


def _link(existing: str, name: str) -> bool:
    try:
        os.link(existing, name)
    except FileExistsError:
        return False
    return True


def _open_high(path: str) -> int:
    """A new file's descriptor, out of the way of those that CUPS has a meaning for."""
    first = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return fcntl.fcntl(first, fcntl.F_DUPFD_CLOEXEC, _FREE_DESCRIPTOR)
    finally:
        os.close(first)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _without_login(uri: str) -> str:
    """As CUPS shows it in argv[0]: without user and password."""
    return re.sub(r"^([^:]+://)[^/@]*@", r"\1", uri)


def _boot_id() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _say(line: str) -> None:
    _write(line.encode("utf-8", "replace") + b"\n")


def _write(data: bytes) -> None:
    """To CUPS; the card matters more than CUPS's being there to hear it."""
    try:
        while data:
            data = data[os.write(2, data) :]
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv))
