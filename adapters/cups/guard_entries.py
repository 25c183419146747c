"""The guard's entries in the journal: one file for each token, whoever links it first has the token.

A part of the guard (see guard_backend.py): standard library alone, Python 3.9 or later. The daemon uses it too.

Others may write to the journal's folder, and root runs the guard. So everything is done below the folder's descriptor:
it stays the same folder whatever becomes of its name. No link is followed, a new file is made under a name that nobody
can foresee, and it gets its own by its descriptor: what somebody puts in its place meanwhile is neither written to nor
taken for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

IDENTITY_FILE = ".identity"
LONGEST_IDENTITY = 64
FREE_DESCRIPTOR = 10
"""Ours start here: 3 and 4 are CUPS's back and side channel, open or not."""
UNFINISHED = ".new-"
"""How the name of a file begins that is not whole yet; one that is old was left by a power cut."""


def open_folder(folder: str) -> int:
    """Its descriptor. OSError."""
    return moved_high(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))


@contextmanager
def opened(folder: str) -> Iterator[int]:
    """Its descriptor, closed at the end. OSError."""
    descriptor = open_folder(folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def create_entry(folder: int, token: str, line: dict[str, object], secret: bytes) -> int | None:
    """Make the token's file with this first line, durably: its locked descriptor; None if somebody has it. OSError."""
    descriptor, temporary = new_file(folder, token)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fchmod(descriptor, 0o644)  # CUPS sets umask 077, and the daemon is another user
            write_line(descriptor, line, secret)
            created = link(descriptor, folder, token)
        finally:
            remove(folder, temporary)
        os.fsync(folder)  # also when another made it: whoever asked may rely on it from now on
    except BaseException:
        os.close(descriptor)
        raise
    if created:
        return descriptor
    os.close(descriptor)
    return None


def new_file(folder: int, name: str) -> tuple[int, str]:
    """(descriptor to append to, for its owner alone; the name that it has until it is whole). OSError."""
    temporary = f"{UNFINISHED}{name}-{os.getpid()}-{os.urandom(8).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    return moved_high(os.open(temporary, flags, 0o600, dir_fd=folder)), temporary


def link(descriptor: int, folder: int, name: str) -> bool:
    """Give this very file that name; False where anything has it. OSError."""
    try:
        os.link(f"/proc/self/fd/{descriptor}", name, dst_dir_fd=folder, follow_symlinks=True)
    except FileExistsError:
        return False
    except FileNotFoundError:  # it has no name any more
        raise OSError(0, "somebody took away a file that was being written", name) from None
    return True


def remove(folder: int, name: str) -> None:
    """The name alone, if it is there. OSError."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def read_identity(folder: str) -> str:
    """What tells this journal from any other that stands in its place; empty when it has none (yet). OSError."""
    try:
        with opened(folder) as here:
            return identity_of(here)
    except FileNotFoundError:
        return ""


def identity_of(folder: int) -> str:
    """The same of an open folder."""
    try:
        descriptor = open_entry(folder, IDENTITY_FILE)
    except FileNotFoundError:
        return ""
    try:
        return os.read(descriptor, LONGEST_IDENTITY).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)


def open_entry(folder: int, name: str) -> int:
    """A file in the folder, to read: no link is followed, and nothing but a plain file opened. OSError."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(name, flags, dir_fd=folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(0, "not a regular file", name)


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


def moved_high(descriptor: int) -> int:
    """The same open file under a number that CUPS has no meaning for."""
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FREE_DESCRIPTOR)
    finally:
        os.close(descriptor)
