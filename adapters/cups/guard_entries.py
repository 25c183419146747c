"""The guard's entries in the journal: one file for each token, whoever links it first has the token.

A part of the guard (see guard_backend.py): standard library alone, Python 3.9 or later. The daemon uses it too.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import stat
import threading

IDENTITY_FILE = ".identity"
LONGEST_IDENTITY = 64
FREE_DESCRIPTOR = 10
"""Ours start here: 3 and 4 are CUPS's back and side channel, open or not."""


def create_entry(folder: str, token: str, line: dict[str, object], secret: bytes) -> int | None:
    """Make the token's file with this first line, durably: its locked descriptor; None if somebody has it. OSError."""
    name = os.path.join(folder, token)
    temporary = os.path.join(folder, f".new-{token}-{os.getpid()}-{threading.get_ident()}")
    descriptor = _open_high(temporary)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fchmod(descriptor, 0o644)  # CUPS sets umask 077, and the daemon is another user
            write_line(descriptor, line, secret)
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
        descriptor = open_entry(folder, IDENTITY_FILE)
    except FileNotFoundError:
        return ""
    try:
        return os.read(descriptor, LONGEST_IDENTITY).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)


def open_entry(folder: str, name: str) -> int:
    """A file in the folder, to read. Others may write there: no link is followed, and nothing else opened. OSError."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(os.path.join(folder, name), flags)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(0, "not a regular file", os.path.join(folder, name))


def write_line(descriptor: int, line: dict[str, object], secret: bytes) -> None:
    """Append one authenticated JSON line and sync it. OSError when it is not whole on the disk."""
    data = json.dumps({**line, "mac": authentication(line, secret)}, separators=(",", ":")).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def authentication(line: dict[str, object], secret: bytes) -> str:
    """Of an entry's line (its own `mac` left out): who does not know the token's secret cannot make one."""
    plain = {name: value for name, value in line.items() if name != "mac"}
    return hmac.new(secret, json.dumps(plain, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def sync_folder(folder: str) -> None:
    """Make the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def moved_high(descriptor: int) -> int:
    """The same open file under a number that CUPS has no meaning for."""
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FREE_DESCRIPTOR)
    finally:
        os.close(descriptor)


def _link(existing: str, name: str) -> bool:
    try:
        os.link(existing, name)
    except FileExistsError:
        return False
    return True


def _open_high(path: str) -> int:
    """A new file's descriptor, out of the way of those that CUPS has a meaning for."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    return moved_high(os.open(path, flags, 0o600))
