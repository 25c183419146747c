"""The guard's journal as the daemon sees it; the entries' form is in guard_backend.py, one file per token."""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from loguru import logger

from adapters.cups.guard_entries import (
    IDENTITY_FILE,
    UNFINISHED,
    authentication,
    create_entry,
    identity_of,
    link,
    new_file,
    open_entry,
    opened,
    remove,
)
from daemon.domain.errors import Fatal
from daemon.domain.recovery import Mark, MarkKind
from daemon.domain.token import Token
from daemon.ports import Clock

_KEY_FILE = ".key"
_KEY_BYTES = 32
_LARGEST_ENTRY_BYTES = 64 * 1024
_UNFINISHED_FOR = timedelta(days=1)
"""An entry takes milliseconds. Where the clock jumps in just these, the guard holds the card, and it is tried again."""


class FileGuardJournal:
    """The GuardJournal port on a folder that the guard shares with us."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._expected: str | None = None
        self._key: bytes | None = None

    def identity(self) -> str | None:
        """Made when the folder has none; None when there is no folder. Fatal when another one is expected."""
        if self._expected is not None:
            self._check_identity()
            return self._expected
        if not self._folder.is_dir():
            return None
        try:
            return make_identity(self._folder)
        except OSError as error:
            raise Fatal(f"the guard's journal {self._folder} cannot be written: {error.strerror}") from error

    def expect(self, identity: str | None) -> None:
        """Until told otherwise, a journal of another identity makes every question Fatal."""
        self._expected = identity

    def read(self, token: Token) -> Mark:
        """The lock is asked before the content: once it is free, nobody writes any more."""
        with self._opened() as folder:
            return self._read(folder, token)

    def on_end(self, token: Token, tell: Callable[[], None]) -> None:
        """The lock of guard and backend is waited for, by a thread: it is free when the last of them is gone."""

        def wait() -> None:
            with suppress(OSError):
                with opened(str(self._folder)) as folder:
                    descriptor = open_entry(folder, str(token))
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_SH)
                finally:
                    os.close(descriptor)
                tell()

        threading.Thread(target=wait, name=f"end-of:{token}", daemon=True).start()

    def secret(self, token: Token) -> bytes:
        """What authenticates the token's entries: the guard gets it with the document. Fatal."""
        if self._key is None:
            with self._opened() as folder:
                self._key = _make_key(folder)
        return hmac.digest(self._key, str(token).encode(), "sha256")

    def void(self, token: Token) -> Mark:
        """The same first-come as the guard's: whoever links the token's file has it. In the journal that is expected,
        and that still stands there afterwards: in one that was exchanged meanwhile it means nothing."""
        line: dict[str, object] = {
            "state": "voided",
            "token": str(token),
            "at": self._clock.now().isoformat(timespec="seconds"),
            "pid": os.getpid(),
        }
        with self._opened("written") as folder:
            self._check(folder)
            secret = self.secret(token)
            descriptor = create_entry(folder, str(token), line, secret)
            if descriptor is None:
                return self._read(folder, token)
            os.close(descriptor)
        self._check_identity()
        logger.bind(token=str(token)).info("Took the token back before anything reached the printer")
        return Mark(kind=MarkKind.VOIDED)

    def tidy(self) -> int:
        """Names that an entry was to be linked from, a day old. Tokens stay for good: each is a fact about a card that
        nothing else may know, and by a clock that is wrong every one of them would be old."""
        oldest = (self._clock.now() - _UNFINISHED_FOR).timestamp()
        with self._opened() as folder:
            with os.scandir(folder) as entries:
                old = [entry.name for entry in entries if _is_unfinished(entry) and _written_at(entry) < oldest]
            for name in old:
                remove(folder, name)
        return len(old)

    @contextmanager
    def _opened(self, what: str = "read") -> Iterator[int]:
        """The folder's descriptor. Fatal for every trouble with it, and with the files in it."""
        try:
            with opened(str(self._folder)) as folder:
                yield folder
        except FileNotFoundError as error:
            raise Fatal(f"the guard's journal {self._folder} is not there") from error
        except OSError as error:
            raise Fatal(f"the guard's journal {self._folder} cannot be {what}: {error.strerror}") from error

    def _read(self, folder: int, token: Token) -> Mark:
        try:
            descriptor = open_entry(folder, str(token))
        except FileNotFoundError:
            self._check(folder)
            return Mark(kind=MarkKind.ABSENT)
        try:
            locked = _is_locked(descriptor)
            content = os.read(descriptor, _LARGEST_ENTRY_BYTES)
        finally:
            os.close(descriptor)
        return _mark(content, self.secret(token), locked=locked)

    def _check_identity(self) -> None:
        """What is not in a journal that was exchanged may have been printed all the same."""
        if self._expected is not None:
            with self._opened() as folder:
                self._check(folder)

    def _check(self, folder: int) -> None:
        if self._expected is not None and identity_of(folder) != self._expected:
            raise Fatal(f"the guard's journal {self._folder} was lost or exchanged while Giliran ran")


def make_identity(folder: Path) -> str:
    """The journal's identity, made durably when it has none. OSError."""
    with opened(str(folder)) as here:
        known = identity_of(here)
        if not known:
            _make_once(here, IDENTITY_FILE, secrets.token_hex(16) + "\n", 0o644)  # CUPS's backends are other users
            known = identity_of(here)
    return known


def _make_key(folder: int) -> bytes:
    """The key that all secrets of this journal come from, made when it has none; its owner's alone. OSError."""
    for _ in range(2):
        try:
            descriptor = open_entry(folder, _KEY_FILE)
        except FileNotFoundError:
            _make_once(folder, _KEY_FILE, secrets.token_hex(_KEY_BYTES), 0o600)
            continue
        with open(descriptor, encoding="ascii") as file:
            about = os.fstat(file.fileno())
            if about.st_uid not in (0, os.geteuid(), os.fstat(folder).st_uid) or stat.S_IMODE(about.st_mode) & 0o077:
                raise PermissionError(0, f"others than the daemon have access to {_KEY_FILE}")
            return hashlib.sha256(file.read(4 * _KEY_BYTES).encode()).digest()
    raise OSError(0, f"{_KEY_FILE} cannot be made")


def _make_once(folder: int, name: str, text: str, mode: int) -> None:
    """Durably, and only if nobody was faster; what root makes is the folder's owner's. OSError."""
    descriptor, temporary = new_file(folder, name)
    with open(descriptor, "w", encoding="ascii") as file:
        try:
            os.fchmod(descriptor, mode)
            if os.geteuid() == 0:
                os.fchown(descriptor, os.fstat(folder).st_uid, -1)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
            link(descriptor, folder, name)
        finally:
            remove(folder, temporary)
    os.fsync(folder)


def _is_unfinished(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith(UNFINISHED) and entry.is_file(follow_symlinks=False)


def _written_at(entry: os.DirEntry[str]) -> float:
    return entry.stat(follow_symlinks=False).st_mtime


def _is_locked(descriptor: int) -> bool:
    """Whether the guard, or the backend it started, lives."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _mark(content: bytes, secret: bytes, *, locked: bool) -> Mark:
    """A line without its newline was cut by a power failure and does not count; a forged one is told apart."""
    lines = [_parsed(line) for line in content.split(b"\n")[:-1]]
    if any(line and not _is_authentic(line, secret) for line in lines):
        return Mark(kind=MarkKind.FORGED)
    if lines and lines[0].get("state") == "voided":
        return Mark(kind=MarkKind.VOIDED)
    ends = (line for line in lines[1:] if line.get("state") == "ended" and isinstance(line.get("exit"), int))
    mark = next(map(_ended, ends), Mark(kind=MarkKind.RUNNING if locked else MarkKind.TORN))
    first = lines[0] if lines else {}
    return replace(mark, queue=_text(first.get("printer")), started_at=_moment(first.get("at")))


def _ended(line: dict[str, object]) -> Mark:
    status, took, size, job_state = line.get("exit"), line.get("took"), line.get("size"), line.get("job_state")
    return Mark(
        kind=MarkKind.ENDED,
        exit_status=status if isinstance(status, int) else None,
        reasons=_words(line.get("reasons")),
        before=_words(line.get("before")),
        took=took if isinstance(took, int) else None,
        size=size if isinstance(size, int) else None,
        stopped=bool(line.get("stopped")),
        job_state=_text(job_state),
        ended_at=_moment(line.get("at")),
        why=str(line["why"]) if "why" in line else None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _words(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset()


def _is_authentic(line: dict[str, object], secret: bytes) -> bool:
    return hmac.compare_digest(str(line.get("mac", "")), authentication(line, secret))


def _parsed(line: bytes) -> dict[str, object]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
