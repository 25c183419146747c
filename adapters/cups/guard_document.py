"""The guard's way to the document: fetched from the daemon, made ready for the device by CUPS's own filters.

While a card is being printed, the filters make the next one's document ready, and the daemon keeps the result.

A part of the guard (see guard_backend.py): standard library alone, Python 3.9 or later.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress

from adapters.cups.guard_entries import moved_high

SOCKET_PREFIX = ".documents-"
"""A daemon that hands out documents listens on a socket of such a name in the journal's folder."""
CUPSFILTER = "/usr/sbin/cupsfilter"
FILTER_USER = "lp"
"""As whom CUPS runs filters."""

CHUNK_BYTES = 64 * 1024
LAST_WORDS_SECONDS = 2.0
_RASTER_SYNC = re.compile(rb"3SaR|RaS3|2SaR|RaS2|RaSt|tSaR|UNIRAST\0")
_RASTER_PREAMBLE_BYTES = 12
"""A raster of no page is no longer than its sync word and page count."""
_FILTER_CPU_SECONDS, _FILTER_SECONDS = 120, 180.0
"""A card takes a tenth of a second; a document that never ends must not stop its printer."""
_CONTENT_TYPE = re.compile(rb'FINAL_CONTENT_TYPE=([^"\s]+)')
_TITLE, _USER = "card", "giliran"
"""What the filters are told of every card's job, so that what they make depends on document, options and PPD alone."""
_ASK_SECONDS = 20.0
_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.25, 4.0
"""After the card in the printer began, the daemon is asked for the next one's document; less and less often."""
_MOST_BYTES = 1024**3


class Hold(Exception):
    """CUPS is to keep the job, held; nothing was sent to the device. The message is for the operator."""


class Refused(Exception):
    """CUPS is to cancel the job: it is nobody's card. The message is for the operator."""


class Unprintable(Exception):
    """The filters made nothing of the document that a device could print."""


def fetch(journal: str, question: dict[str, str], more: bytes = b"") -> tuple[dict[str, object], bytes]:
    """Ask the daemons of this journal: the grant of the one whose job it is, and the document that goes with it."""
    words = None
    for name in sorted(os.listdir(journal)):
        if not name.startswith(SOCKET_PREFIX):
            continue
        try:
            answer, document = _ask(journal, name, question, more)
        except (OSError, ValueError):
            continue  # of a daemon that died, or not one of ours
        if answer.get("granted") is True:
            return answer, document
        words = str(answer.get("why", "refused"))
    if words is None:
        raise Hold("giliran does not run")
    raise Refused(words)


def _ask(journal: str, name: str, question: dict[str, str], more: bytes = b"") -> tuple[dict[str, object], bytes]:
    folder = os.open(journal, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.settimeout(_ASK_SECONDS)
            door.connect(f"/proc/self/fd/{folder}/{name}")  # a socket's path must be short
            _, uid, _ = struct.unpack("3i", door.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            if uid not in (0, os.fstat(folder).st_uid):
                raise OSError(0, "not the daemon", name)
            door.sendall(json.dumps(question).encode() + b"\n" + more)
            with door.makefile("rb") as answers:
                answer = json.loads(answers.readline(CHUNK_BYTES))
                size = int(answer.get("size", 0))
                document = answers.read(size) if 0 <= size <= _MOST_BYTES else b""
    finally:
        os.close(folder)
    if len(document) != size:
        raise OSError(0, "the document is not whole", name)
    return answer, document


class Driver:
    """This queue's PPD, read once: the filters are given the very copy that the digest was taken of."""

    def __init__(self) -> None:
        """OSError where there is one that cannot be read."""
        self.ppd, self.digest = -1, ""
        with suppress(FileNotFoundError), open(os.environ.get("PPD", ""), "rb") as file:
            ppd = file.read()
            self.ppd, self.digest = in_memory("card.ppd", ppd), hashlib.sha256(ppd).hexdigest()


class NextDocument:
    """Made ready while a card is in the printer, for the daemon to keep: the next card need not wait for the filters.

    Of no consequence for the card in the printer, nor for the next one where it fails: then that waits for them.
    """

    def __init__(self, journal: str, question: dict[str, str], driver: Driver) -> None:
        """`question`: as the card in the printer was asked for, with the digest of this driver."""
        self._journal, self._question, self._driver = journal, question, driver
        self._over = threading.Event()
        self._chain: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In a thread of its own. Without a driver there are no filters to wait for."""
        if self._driver.digest:
            threading.Thread(target=self._prepare, daemon=True).start()

    def stop(self) -> None:
        """The card in the printer is out."""
        self._over.set()
        chain = self._chain  # the thread may forget it at any moment
        if chain is not None:
            end_group(chain.pid)

    def _prepare(self) -> None:
        pause_seconds = _FIRST_LOOK_SECONDS
        with suppress(Hold, Unprintable, OSError, KeyError):  # KeyError: a daemon that knows nothing of this
            while not self._over.wait(pause_seconds):
                pause_seconds = min(2 * pause_seconds, _LONGEST_LOOK_SECONDS)
                with suppress(Refused):  # nobody is next yet
                    grant, pdf = fetch(self._journal, {**self._question, "next": "document"})
                    self._make(str(grant["key"]), pdf, str(grant["options"]))
                    return

    def _make(self, key: str, pdf: bytes, options: str) -> None:
        try:
            document, content_type = filtered(pdf, options, self._driver, self._began)
        finally:
            self._chain = None
        size = os.fstat(document).st_size
        made = {"next": "made", "key": key, "type": content_type, "size": str(size)}
        fetch(self._journal, {**self._question, **made}, os.pread(document, size, 0))

    def _began(self, chain: subprocess.Popen[bytes]) -> None:
        self._chain = chain
        if self._over.is_set():  # stop() may have come before there was anything to end
            end_group(chain.pid)


def filtered(
    pdf: bytes, options: str, driver: Driver, began: Callable[[subprocess.Popen[bytes]], None] | None = None
) -> tuple[int, str]:
    """What CUPS's filters make of it, in memory: (descriptor at its beginning, its type). Unprintable.

    The type is empty where the filters say none: then it is the queue's own. A queue without a PPD takes it as it is.
    `began`: hears of the filters' process; then CUPS hears nothing of them.
    """
    source = in_memory("card.pdf", pdf)
    if not driver.digest:
        return source, "application/pdf"
    folders = (("ServerRoot", "CUPS_SERVERROOT"), ("ServerBin", "CUPS_SERVERBIN"), ("DataDir", "CUPS_DATADIR"))
    settings = "".join(f"{name} {os.environ[known]}\n" for name, known in folders if known in os.environ)
    configuration = in_memory("cups-files.conf", settings.encode())
    result = in_memory("raster", b"")
    what = [
        "-p",
        f"/dev/fd/{driver.ppd}",
        "-e",
        "-m",
        "printer/giliran",
        "-i",
        "application/pdf",
        "-o",
        options,
        "-n",
        "1",
    ]
    who = ["-t", _TITLE, "-U", _USER]
    chain = subprocess.Popen(
        [CUPSFILTER, "-c", f"/dev/fd/{configuration}", *what, *who, f"/dev/fd/{source}"],
        pass_fds=[source, configuration, driver.ppd],
        stdin=subprocess.DEVNULL,
        stdout=result,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_limit,
    )
    content_type = [""]

    def listen(line: bytes) -> None:
        found = _CONTENT_TYPE.search(line)
        if found:
            content_type[0] = found[1].decode("ascii", "replace")

    words = passed_on(chain, listen, aloud=began is None)
    if began is not None:
        began(chain)
    try:
        status = chain.wait(_FILTER_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unprintable(f"CUPS's filters were not done after {_FILTER_SECONDS:.0f} s") from None
    finally:
        end_group(chain.pid)
        chain.wait()
        words.join(LAST_WORDS_SECONDS)
    if status != 0:
        raise Unprintable(f"CUPS's filters failed with status {status}")
    if not _has_a_page(result):
        raise Unprintable("CUPS's filters made no page of it")
    os.lseek(result, 0, os.SEEK_SET)
    return result, content_type[0]


def _has_a_page(document: int) -> bool:
    size = os.fstat(document).st_size
    beginning = os.pread(document, _RASTER_PREAMBLE_BYTES, 0)
    return size > (_RASTER_PREAMBLE_BYTES if _RASTER_SYNC.match(beginning) else 0)


def _limit() -> None:
    """Of the filters: their processors' time, what they write, and root's rights."""
    resource.setrlimit(resource.RLIMIT_CPU, (_FILTER_CPU_SECONDS, _FILTER_CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_BYTES, _MOST_BYTES))
    if os.geteuid() == 0:
        import pwd

        user = pwd.getpwnam(FILTER_USER)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)


def in_memory(name: str, data: bytes) -> int:
    """A descriptor of it, at its beginning."""
    descriptor = moved_high(os.memfd_create(name, os.MFD_CLOEXEC))
    while data:
        data = data[os.write(descriptor, data) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def end_group(leader: int) -> None:
    """Nothing of it lives on."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def passed_on(child: subprocess.Popen[bytes], hear: Callable[[bytes], None], *, aloud: bool = True) -> threading.Thread:
    """A thread that hears each line of a child's words and, `aloud`, passes them on to CUPS."""
    assert child.stderr is not None
    stderr = child.stderr.fileno()

    def pass_on() -> None:
        rest = b""
        while data := os.read(stderr, CHUNK_BYTES):
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[:CHUNK_BYTES]
            for line in lines:
                hear(line)
            if aloud:
                write(data)

    thread = threading.Thread(target=pass_on, daemon=True)
    thread.start()
    return thread


def say(line: str) -> None:
    """One line to CUPS."""
    write(line.encode("utf-8", "replace") + b"\n")


def write(data: bytes) -> None:
    """To CUPS; the card matters more than CUPS's being there to hear it."""
    try:
        while data:
            data = data[os.write(2, data) :]
    except OSError:
        pass
