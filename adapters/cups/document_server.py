"""Hands a card's document to the guard that asks for it: until then it is in our memory alone, and CUPS has its name.

The guard connects to a socket in the journal's folder and says in one JSON line what CUPS has started: a job named by a
token, or somebody else's. The answer is one JSON line and, where it is granted, the document. Only CUPS's user and root
are answered, by what the kernel says of them.

While its card is in the printer, a guard asks for the document that comes next there, has CUPS's filters make it ready,
and brings that back: the next guard gets it in the document's place (filtered_ahead.py). That is for guards that run as
root alone, or as our own user: CUPS's user runs filters that read strangers' documents.
"""

import contextlib
import json
import os
import pwd
import re
import secrets
import socket
import stat
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, ClassVar

from loguru import logger

from adapters.cups.filtered_ahead import MOST_BYTES, Filtered, FilteredAhead
from adapters.cups.guard_document import FILTER_USER, SOCKET_PREFIX
from adapters.cups.guard_entries import opened, read_identity, remove
from daemon.domain.errors import GiliranError
from daemon.domain.token import Token
from daemon.ports import ForeignJob

_ANSWER_SECONDS = 20.0
_LONGEST_QUESTION_BYTES = 4096
_MOST_AT_ONCE = 16
_PLAIN = re.compile(r"[A-Za-z0-9._:/+-]*")
"""An option's value that needs no quotes for CUPS (cupsParseOptions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    token: Token
    number: int
    queue: str
    document: bytes
    options: Mapping[str, str]
    still_fits: Callable[[], bool]
    journal: str | None
    """Identity of the guard's journal then: another one knows nothing of what came out since."""


@dataclass(slots=True)
class DocumentServer:
    """One socket in one journal's folder, from the start or the first offer until the stop. A Service."""

    name: ClassVar[str] = "document-server"

    folder: Path
    secret: Callable[[Token], bytes]
    """What authenticates a token's entries in the journal."""
    foreign: Callable[[ForeignJob], bool] = lambda job: False
    """Whether a job that is not ours may have a blank."""
    _offers: dict[Token, _Offer] = field(default_factory=dict)
    filtered_ahead: FilteredAhead = field(default_factory=FilteredAhead)
    _socket: socket.socket | None = None
    _socket_name: str = ""
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_MOST_AT_ONCE))

    def offer(
        self,
        token: Token,
        number: int,
        queue: str,
        document: bytes,
        options: Mapping[str, str],
        still_fits: Callable[[], bool] = lambda: True,
    ) -> None:
        """From now on the guard of this queue gets it for CUPS's job of this number. OSError.

        `still_fits` is asked then: whether the queue is as it was when this document was made for it.
        """
        self.open()
        with self._lock:
            self._offers[token] = _Offer(
                token=token,
                number=number,
                queue=queue,
                document=document,
                options=options,
                still_fits=still_fits,
                journal=read_identity(str(self.folder)),
            )

    def expect(self, queue: str, documents: Sequence[bytes], options: Mapping[str, str]) -> None:
        """These are likely to be offered next, this queue's first or another's of the same driver."""
        self.filtered_ahead.expect(queue, documents, _in_words(options))
        self._forget_unwanted()

    def retract(self, token: Token) -> None:
        """Nobody gets it any more; it is forgotten here."""
        with self._lock:
            self._offers.pop(token, None)
        self._forget_unwanted()

    def open(self) -> None:
        """Listen, if we do not yet. OSError."""
        with self._lock:
            with opened(str(self.folder)) as folder:
                if self._socket is not None:
                    if _is_ours(folder, self._socket_name):
                        return
                    self._socket.close()  # somebody deleted it
                    self._socket = None
                _remove_dead_sockets(folder)
                self._socket_name = f"{SOCKET_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
                door = _listening(folder, self._socket_name)
            self._socket = door
            self._thread = threading.Thread(target=self._serve, args=(door,), name=self.name, daemon=True)
            self._thread.start()

    def start(self) -> None:
        """Listen where there is a journal. Without one no card is started, and printers say so."""
        with contextlib.suppress(OSError):
            self.open()

    def is_alive(self) -> bool:
        """Whether guards are heard, if they ever were to be."""
        with self._lock:
            return self._socket is None or (self._thread is not None and self._thread.is_alive())

    def stop(self) -> None:
        """Nobody is answered any more, and every document is forgotten."""
        with self._lock:
            door, self._socket = self._socket, None
            self._offers.clear()
            self.filtered_ahead = FilteredAhead()
        if door is not None:
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)  # ends the thread's accept
            door.close()
            with contextlib.suppress(OSError), opened(str(self.folder)) as folder:
                remove(folder, self._socket_name)

    def _forget_unwanted(self) -> None:
        """A card that is offered is not expected any more, and its guard may still ask."""
        with self._lock:
            offered = [(offer.document, _in_words(offer.options)) for offer in self._offers.values()]
            self.filtered_ahead.forget_unwanted(offered)

    def _serve(self, door: socket.socket) -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                if self._socket is not door:
                    return
                logger.exception("a guard could not be heard")
                threading.Event().wait(1.0)
                continue
            self._room.acquire()
            threading.Thread(target=self._answer, args=(caller,), name="document-answer", daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        """A guard that hangs is left after a while; one that is gone is no trouble of ours."""
        try:
            with caller, contextlib.suppress(OSError, ValueError):  # it asked nonsense, or is gone
                caller.settimeout(_ANSWER_SECONDS)
                user = _user_of(caller)
                if not _is_cups(user):
                    return
                with caller.makefile("rb") as questions:
                    question = json.loads(questions.readline(_LONGEST_QUESTION_BYTES))
                    if not isinstance(question, dict):
                        return
                    answer, document = self._decide(question, questions, is_trusted=_is_trusted(user))
                caller.sendall(json.dumps({**answer, "size": len(document)}).encode() + b"\n" + document)
        except GiliranError as error:
            logger.error("a guard was not answered: {}", error)
        finally:
            self._room.release()

    def _decide(
        self, question: Mapping[str, object], more: BinaryIO, *, is_trusted: bool
    ) -> tuple[dict[str, object], bytes]:
        number, queue = question.get("job"), str(question.get("printer"))
        if "foreign" in question:
            job = ForeignJob(queue=queue, number=int(str(question["foreign"])), user=str(question.get("user", "")))
            if self.foreign(job):
                return {"granted": True}, b""
            return {"granted": False, "why": f"the queue {queue} prints identity cards in turn, and nothing else"}, b""
        with self._lock:
            named = [offer for token, offer in self._offers.items() if str(token) == question.get("token")]
        if not named:
            return {"granted": False, "why": "this is nobody's card now"}, b""
        offer = named[0]
        if (str(offer.number), offer.queue) != (number, queue):
            return {"granted": False, "why": "Giliran did not submit this job here"}, b""
        if read_identity(str(self.folder)) != offer.journal:
            return {"granted": False, "why": "the guard's journal was exchanged since this job came"}, b""
        if "next" in question:
            if not is_trusted:
                return {"granted": False, "why": "only a guard that runs as root has documents filtered ahead"}, b""
            return self._next(queue, question, more)
        if not offer.still_fits():
            return {"granted": False, "why": f"the queue {queue} has another driver now than when this job came"}, b""
        options = _in_words(offer.options)
        grant: dict[str, object] = {"granted": True, "secret": self.secret(offer.token).hex(), "options": options}
        made = self.filtered_ahead.pop(offer.document, options, str(question.get("driver", "")))
        return (grant, offer.document) if made is None else ({**grant, "type": made.content_type}, made.document)

    def _next(self, queue: str, question: Mapping[str, object], more: BinaryIO) -> tuple[dict[str, object], bytes]:
        """For the guard of a card in the printer."""
        if question["next"] == "document":
            found = self.filtered_ahead.next(queue, str(question.get("driver", "")))
            if found is None:
                return {"granted": False, "why": "nobody is next yet"}, b""
            key, options, document = found
            return {"granted": True, "key": key, "options": options}, document
        size = int(str(question.get("size")))
        if not 0 < size <= MOST_BYTES:
            return {"granted": False, "why": "it is too large to be kept"}, b""
        made = Filtered(content_type=str(question.get("type")), document=more.read(size))
        if len(made.document) == size:
            self.filtered_ahead.store(queue, str(question.get("key")), made)
        return {"granted": True}, b""


def _in_words(options: Mapping[str, str]) -> str:
    return " ".join(f"{name}={_quoted(value)}" for name, value in options.items())


def _quoted(value: str) -> str:
    if value and _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _user_of(caller: socket.socket) -> int:
    """Its user when it connected, as the kernel says."""
    _, uid, _ = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid)


def _is_trusted(user: int) -> bool:
    """Root, or our own user: as ours run the backends of a CUPS server that is our own."""
    return user in (0, os.geteuid())


def _is_cups(user: int) -> bool:
    """Whether it is as CUPS runs backends: root, CUPS's user, or a server of our own user's."""
    try:
        return _is_trusted(user) or user == pwd.getpwnam(FILTER_USER).pw_uid
    except KeyError:
        return False


def _listening(folder: int, name: str) -> socket.socket:
    """A new socket of that name. The door is opened wide once it is known that it is ours. OSError."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        door.bind(f"/proc/self/fd/{folder}/{name}")  # a socket's path must be short
        found = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            if not _is_socket_of_ours(os.fstat(found)):
                raise OSError(0, "somebody exchanged the socket", name)
            os.chmod(f"/proc/self/fd/{found}", 0o666)  # noqa: S103 - who asks is looked at, not who may knock
        finally:
            os.close(found)
        door.listen(_MOST_AT_ONCE)
    except BaseException:
        door.close()
        raise
    return door


def _is_ours(folder: int, name: str) -> bool:
    try:
        return _is_socket_of_ours(os.stat(name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return False


def _is_socket_of_ours(found: os.stat_result) -> bool:
    return stat.S_ISSOCK(found.st_mode) and found.st_uid == os.geteuid() and found.st_nlink == 1


def _remove_dead_sockets(folder: int) -> None:
    """What daemons left that were killed: nobody listens there."""
    for name in os.listdir(folder):
        if not name.startswith(SOCKET_PREFIX):
            continue
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(f"/proc/self/fd/{folder}/{name}")
            except ConnectionRefusedError:
                with contextlib.suppress(OSError):
                    remove(folder, name)
            except OSError:
                continue
