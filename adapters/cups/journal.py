"""The guard's journal as the daemon sees it; the entries' form is in guard_backend.py, one file per token."""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import stat
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from loguru import logger

from adapters.cups.guard_entries import (
    IDENTITY_FILE,
    authentication,
    create_entry,
    open_entry,
    read_identity,
    sync_folder,
)
from daemon.domain.errors import Fatal
from daemon.domain.recovery import Mark, MarkKind
from daemon.domain.token import Token, parse_token
from daemon.ports import Clock

_KEY_FILE = ".key"
_KEY_BYTES = 32
_LARGEST_ENTRY_BYTES = 64 * 1024
_UNFINISHED_PREFIX = ".new-"
"""Names that create_entry links from; one that is old was left by a power cut."""


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
        try:
            descriptor = open_entry(str(self._folder), str(token))
        except FileNotFoundError as error:
            if not self._folder.is_dir():
                raise Fatal(f"the guard's journal {self._folder} is not there") from error
            self._check_identity()
            return Mark(kind=MarkKind.ABSENT)
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            locked = _is_locked(descriptor)
            content = os.read(descriptor, _LARGEST_ENTRY_BYTES)
        except OSError as error:
            raise self._unreadable(error) from error
        finally:
            os.close(descriptor)
        return _mark(content, self.secret(token), locked=locked)

    def secret(self, token: Token) -> bytes:
        """What authenticates the token's entries: the guard gets it with the document. Fatal."""
        if self._key is None:
            try:
                self._key = _make_key(self._folder)
            except OSError as error:
                raise self._unreadable(error) from error
        return hmac.digest(self._key, str(token).encode(), "sha256")

    def void(self, token: Token) -> Mark:
        """The same first-come as the guard's: whoever links the token's file has it. In the journal that is expected,
        before and after: in one that was exchanged meanwhile it means nothing."""
        self._check_identity()
        line: dict[str, object] = {
            "state": "voided",
            "token": str(token),
            "at": self._clock.now().isoformat(timespec="seconds"),
            "pid": os.getpid(),
        }
        secret = self.secret(token)
        try:
            descriptor = create_entry(str(self._folder), str(token), line, secret)
        except OSError as error:
            raise Fatal(f"the guard's journal {self._folder} cannot be written: {error.strerror}") from error
        if descriptor is None:
            return self.read(token)
        os.close(descriptor)
        self._check_identity()
        logger.bind(token=str(token)).info("Took the token back before anything reached the printer")
        return Mark(kind=MarkKind.VOIDED)

    def prune(self, keep_days: int) -> int:
        """By the time of the last write. A token whose file is gone could be printed again, so be generous."""
        oldest = (self._clock.now() - timedelta(days=keep_days)).timestamp()
        pruned = 0
        try:
            with os.scandir(self._folder) as entries:
                old = [
                    entry.name
                    for entry in entries
                    if _is_ours(entry) and entry.stat(follow_symlinks=False).st_mtime < oldest
                ]
            for name in old:
                token = parse_token(name)
                if token is None or self.read(token).kind is not MarkKind.RUNNING:
                    (self._folder / name).unlink(missing_ok=True)
                    pruned += token is not None
        except OSError as error:
            raise self._unreadable(error) from error
        return pruned

    def _check_identity(self) -> None:
        """What is not in a journal that was exchanged may have been printed all the same."""
        if self._expected is None:
            return
        try:
            found = read_identity(str(self._folder))
        except OSError as error:
            raise self._unreadable(error) from error
        if not found and not self._folder.is_dir():
            raise Fatal(f"the guard's journal {self._folder} is not there")
        if found != self._expected:
            raise Fatal(f"the guard's journal {self._folder} was lost or exchanged while Giliran ran")

    def _unreadable(self, error: OSError) -> Fatal:
        return Fatal(f"the guard's journal {self._folder} cannot be read: {error.strerror}")


def make_identity(folder: Path) -> str:
    """The journal's identity, made durably when it has none. OSError."""
    known = read_identity(str(folder))
    if known:
        return known
    _make_once(folder, IDENTITY_FILE, secrets.token_hex(16) + "\n", 0o644)  # CUPS's backends are other users
    return read_identity(str(folder))


def _make_key(folder: Path) -> bytes:
    """The key that all secrets of this journal come from, made when it has none; its owner's alone. OSError."""
    for _ in range(2):
        try:
            descriptor = open_entry(str(folder), _KEY_FILE)
        except FileNotFoundError:
            _make_once(folder, _KEY_FILE, secrets.token_hex(_KEY_BYTES), 0o600)
            continue
        with open(descriptor, encoding="ascii") as file:
            about = os.fstat(file.fileno())
            if about.st_uid not in (0, os.geteuid(), folder.stat().st_uid) or stat.S_IMODE(about.st_mode) & 0o077:
                raise PermissionError(0, f"{folder / _KEY_FILE} is not the daemon's alone")
            return hashlib.sha256(file.read(4 * _KEY_BYTES).encode()).digest()
    raise OSError(0, f"{folder / _KEY_FILE} cannot be made")


def _make_once(folder: Path, name: str, text: str, mode: int) -> None:
    """Durably, and only if nobody was faster; what root makes is the folder's owner's. OSError."""
    new = folder / f".new{name}-{os.getpid()}-{threading.get_ident()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), mode)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), folder.stat().st_uid, -1)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(new, folder / name)
    finally:
        new.unlink()
    sync_folder(str(folder))


def _is_ours(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and (
        parse_token(entry.name) is not None or entry.name.startswith(_UNFINISHED_PREFIX)
    )


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
    for line in lines[1:]:
        if line.get("state") == "ended" and isinstance(line.get("exit"), int):
            return _ended(line)
    return Mark(kind=MarkKind.RUNNING if locked else MarkKind.TORN)


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
        job_state=job_state if isinstance(job_state, str) else None,
        why=str(line["why"]) if "why" in line else None,
    )


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
