#!/usr/bin/python3 -IS
"""The guard: a CUPS backend in front of a card printer's real one that lets each token reach the device at most once.

Standard library alone and Python 3.9 or later, because CUPS runs a copy of this file outside our environment.
Device URI: `giliran:/REAL_URI`. A job named by a token (`giliran:RECORD:ATTEMPT`) holds nothing but that name: the
card's document is fetched from the daemon that submitted the job, over a socket in the journal's folder, and CUPS's
own filters make it ready for the device, as our children. What the daemon does not answer for reaches no device.

The journal has one file for each token, a few JSON lines: `started` (or `voided`, written by the daemon) and, when the
real backend is over, `ended` with all that is known of it. Each line is authenticated by a secret of the token, which
came with the document. The file appears under its name whole and locked, never empty: it is written and locked under
another name and then linked; whoever links it first has the token. The lock (flock) is inherited by the real backend.

CUPS kills a backend when it is stopped in order, when its queue is deleted or gets another device. So the real backend
is run by a keeper, a process in a session of its own, that sees the card through and writes the end mark.
No personal data gets into the journal, nor onto any disk from here.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.cups.guard_device import EXIT_CANCEL, EXIT_FAILED, EXIT_HOLD, Backend
from adapters.cups.guard_document import (
    Driver,
    Hold,
    NextDocument,
    Refused,
    Unprintable,
    fetch,
    filtered,
    in_memory,
    say,
)
from adapters.cups.guard_entries import create_entry, identity_of, open_folder, write_line
from adapters.cups.guard_words import Words

JOURNAL = ""  # the installed copy names the folder here
IDENTITY = ""  # and here the identity of the journal that it was installed with
VERSION = 2

PREFIX = "giliran:/"
TOKEN = re.compile(r"giliran:[A-Za-z0-9._-]{1,64}:[1-9][0-9]{0,8}")

UNPRINTABLE = "document-unprintable"
"""The filters made no page of the document (after job-state-reasons, PWG 5100.21); nothing was sent."""

SENDS_AGAIN = frozenset({"beh", "implicitclass"})
"""Backends in front of others, that send a document again when it fails, or to another queue (cups-filters)."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_COPIES = "1"
"""Whatever became of the job in CUPS (`lp -i JOB -n 3`): a token is good for one card."""


def main(argv: list[str]) -> int:
    """The backend's whole life; returns its exit status."""
    if len(argv) == 1:
        return 0  # discovery: we have no devices of our own
    if len(argv) not in (6, 7):
        say(f"ERROR: usage: {argv[0]} job-id user title copies options [file]")
        return EXIT_FAILED
    try:
        uri, program = _real_backend(argv[0])
        with _journal():
            pass
        if argv[3].startswith("giliran:"):
            return _print_once(program, uri, argv, argv[3])
        _pass_or_refuse(program, uri, argv)
    except Hold as hold:
        say(f"ERROR: Giliran: held, nothing was printed: {hold}")
    except Refused as refused:
        say(f"ERROR: Giliran: cancelled, nothing was printed: {refused}")
        return EXIT_CANCEL
    except OSError as error:
        say(f"ERROR: Giliran: held, nothing was printed: {error.strerror}: {error.filename}")
    return EXIT_HOLD


def _real_backend(this_file: str) -> tuple[str, str]:
    """(device URI, program) of the backend that we stand in front of."""
    device = os.environ.get("DEVICE_URI", "")
    if not device.startswith(PREFIX):
        raise Hold(f"the device URI does not start with {PREFIX}")
    uri = device[len(PREFIX) :]
    scheme = uri.partition(":")[0]
    if not _SCHEME.fullmatch(scheme) or scheme == "giliran":
        raise Hold("no real device URI follows giliran:/")
    if scheme in SENDS_AGAIN:
        raise Hold(f"the backend {scheme} sends a card more than once or elsewhere; name the printer's own device URI")
    program = os.path.join(os.path.dirname(os.path.abspath(this_file)), scheme)
    if not os.access(program, os.X_OK):
        raise Hold(f"there is no backend {program}")
    return uri, program


@contextmanager
def _journal() -> Iterator[int]:
    """The journal's folder, open, when it is the one that we were installed with. Hold, OSError."""
    if not JOURNAL:
        raise Hold("the guard was not installed by `giliran printer guard`")
    try:
        folder = open_folder(JOURNAL)
    except FileNotFoundError:
        raise Hold(f"{JOURNAL} is not there; run `giliran printer guard` again") from None
    try:
        if not IDENTITY or identity_of(folder) != IDENTITY:
            raise Hold(f"{JOURNAL} is another journal; run `giliran printer guard` again")
        yield folder
    finally:
        os.close(folder)


def _pass_or_refuse(program: str, uri: str, argv: list[str]) -> None:
    """A job that is not ours: the daemon says whether it may have a blank. Without a word from it, it may not."""
    fetch(JOURNAL, {"foreign": argv[1], "printer": os.environ.get("PRINTER", ""), "user": argv[2]})
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    os.execve(program, [_without_login(uri), *argv[1:]], {**os.environ, "DEVICE_URI": uri})  # noqa: S606 - we are it


def _print_once(program: str, uri: str, argv: list[str], token: str) -> int:
    if not TOKEN.fullmatch(token):
        raise Refused("the job's name starts like ours and is not a token")
    printer = os.environ.get("PRINTER", "")
    driver = Driver()
    question = {"token": token, "job": argv[1], "printer": printer, "driver": driver.digest}
    grant, granted = fetch(JOURNAL, question)
    secret, options = bytes.fromhex(str(grant["secret"])), str(grant["options"])
    started: dict[str, object] = {
        "state": "started",
        "guard": VERSION,
        "token": token,
        "job": argv[1],
        "printer": printer,
        "at": _now(),
        "boot": _boot_id(),
        "pid": os.getpid(),
    }
    signal.signal(signal.SIGTERM, _stop_before_the_start)
    try:
        if "type" in grant:  # it went through the filters while the card before it was printed
            document, content_type = in_memory("raster", granted), str(grant["type"])
        else:
            document, content_type = filtered(granted, options, driver)
    except Unprintable as error:
        return _give_up(token, started, secret, str(error))
    content_type = content_type or f"printer/{printer}"  # as CUPS says of what a queue's driver has made
    backend = Backend(document, Words(uri))
    arguments = [_without_login(uri), *argv[1:4], _COPIES, options]
    environment = {**os.environ, "DEVICE_URI": uri, "FINAL_CONTENT_TYPE": content_type, "CONTENT_TYPE": content_type}
    channels = [descriptor for descriptor in (3, 4) if _is_open(descriptor)]
    front = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    keeper = os.fork()
    if keeper:
        signal.signal(signal.SIGTERM, lambda *_: os.kill(keeper, signal.SIGTERM))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        ahead = NextDocument(JOURNAL, question, driver)
        ahead.start()
        _, status = os.waitpid(keeper, 0)
        ahead.stop()
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else EXIT_FAILED  # to CUPS a signal is a success
    status = EXIT_FAILED
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, lambda *_: backend.stop())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        backend.watch_for_end_of(front)
        status = _keep(backend, program, arguments, environment, channels, token, started, secret)
    except Exception as error:  # noqa: BLE001 - nothing may go on in a second process with the first one's work
        say(f"ERROR: Giliran: {type(error).__name__}: {error}")
    finally:
        os._exit(status)


def _keep(
    backend: Backend,
    program: str,
    arguments: list[str],
    environment: dict[str, str],
    channels: list[int],
    token: str,
    started: dict[str, object],
    secret: bytes,
) -> int:
    """The keeper: the token's entry, the real backend from beginning to end, its end mark. The exit status for CUPS."""
    try:
        entry = _entry(token, started, secret)
    except Hold as hold:
        say(f"ERROR: Giliran: held, nothing was printed: {hold}")
        return EXIT_HOLD
    except OSError as error:
        say(f"ERROR: Giliran: held, nothing was printed: {error.strerror}: {error.filename}")
        return EXIT_HOLD
    if entry is None:
        say(f"ERROR: Giliran: held, not printed: {token} was started or taken back before")
        return EXIT_HOLD
    status = backend.run(program, arguments, environment, [entry, *channels])
    try:
        write_line(entry, {"state": "ended", "exit": status, **backend.knowledge(), "at": _now()}, secret)
    except OSError as error:
        say(f"ERROR: Giliran: the outcome of {token} could not be kept: {error.strerror}")
    return status if status >= 0 else EXIT_FAILED


def _entry(token: str, started: dict[str, object], secret: bytes) -> int | None:
    """The token's, in the very folder that was found to be the journal."""
    with _journal() as journal:
        return create_entry(journal, token, started, secret)


def _give_up(token: str, started: dict[str, object], secret: bytes, why: str) -> int:
    """The document is at fault: the token is used up, and nothing was sent."""
    entry = _entry(token, started, secret)
    if entry is None:
        raise Hold(f"{token} was started or taken back before")
    ended = {"state": "ended", "exit": EXIT_FAILED, "reasons": [UNPRINTABLE], "before": [UNPRINTABLE]}
    write_line(entry, {**ended, "took": 0, "size": 0, "why": why, "at": _now()}, secret)
    say(f"ERROR: Giliran: nothing was printed: {why}")
    return EXIT_FAILED


def _stop_before_the_start(*_: object) -> None:
    raise Hold("told to stop before the document was ready")


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


if __name__ == "__main__":
    sys.exit(main(sys.argv))
