"""Files in a folder that others may write to as well: a stick, a spool, a place that somebody named.

Everything is looked up below the folder's own descriptor, one name at a time, and no link is followed: not to read, not
to write. What is opened is looked at again once it is open, so nothing is won by exchanging it in between.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Through no link; without waiting for somebody at the other end of a pipe."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | _SAFELY
_READ = os.O_RDONLY | _SAFELY
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY
_UNFINISHED = "."
"""How the name of a file begins that is not whole yet."""


class NotPlain(OSError):
    """What stands under that name is not one plain file (or folder), or not of a size that can be. `strerror` says."""

    def __init__(self, why: str, path: Path) -> None:
        super().__init__(errno.EPERM, why, str(path))


class Folder:
    """Held open, so that it stays the same one whatever is done to its name. Every method: OSError."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self.path = path
        """For messages alone."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._descriptor)

    def below(self, name: str, *, make: bool = False, mode: int = 0o755) -> "Folder":
        """The folder of that name in this one; made when it is not there. NotPlain when it is anything else."""
        path = self._path(name)
        if make:
            with suppress(FileExistsError):
                os.mkdir(name, mode, dir_fd=self._descriptor)
        try:
            return Folder(os.open(name, _FOLDER, dir_fd=self._descriptor), path)
        except OSError as error:
            if error.errno == errno.ENOTDIR:  # a link as well, to O_DIRECTORY
                raise NotPlain("is a link, or no folder", path) from error
            raise _named(error, path) from error

    def names(self) -> list[str]:
        """Of all that lies here, in order."""
        return sorted(os.listdir(self._descriptor))

    def holds(self, name: str) -> bool:
        """Whether anything has that name, a link that leads nowhere included."""
        try:
            os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def read(self, name: str, most_bytes: int) -> bytes:
        """All of a plain file that has no other name and is no larger than this. NotPlain."""
        path = self._path(name)
        try:
            # Before it is opened, too: opening a device can do things.
            _check(os.stat(name, dir_fd=self._descriptor, follow_symlinks=False), path, most_bytes)
            descriptor = os.open(name, _READ, dir_fd=self._descriptor)
        except OSError as error:
            raise _named(error, path) from error
        with open(descriptor, "rb") as file:
            _check(os.fstat(descriptor), path, most_bytes)
            content = file.read(most_bytes + 1)
            _check(found := os.fstat(descriptor), path, most_bytes)
            if len(content) != found.st_size:
                raise NotPlain("changes while it is read", path)
        return content

    def write(self, name: str, content: bytes, *, mode: int = 0o600) -> None:
        """Whole or not at all, and on the disk when this returns. What had the name is replaced, never written to."""
        path, new = self._path(name), f"{_UNFINISHED}{name}"
        self.remove(new)
        try:
            self._fill(new, content, mode)
            os.replace(new, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except OSError as error:
            with suppress(OSError):
                self.remove(new)
            raise _named(error, path) from error
        with suppress(OSError):  # some file systems of sticks know no such thing
            os.fsync(self._descriptor)

    def create(self, name: str, content: bytes, *, mode: int = 0o600) -> None:
        """A new file, whole or not at all. FileExistsError where anything has that name, a link included."""
        path = self._path(name)
        try:
            self._fill(name, content, mode)
        except FileExistsError as error:
            raise _named(error, path) from error
        except OSError as error:
            with suppress(OSError):
                self.remove(name)
            raise _named(error, path) from error

    def open_shared(self, name: str, *, make: bool = False, mode: int = 0o600) -> int:
        """The descriptor of a plain file that several processes use in place: a lock. With `make` to write as well,
        and it need not be there. NotPlain."""
        path = self._path(name)
        flags = (os.O_RDWR | os.O_CREAT) if make else os.O_RDONLY
        try:
            descriptor = os.open(name, flags | _SAFELY, mode, dir_fd=self._descriptor)
        except OSError as error:
            raise _named(error, path) from error
        try:
            _check(os.fstat(descriptor), path)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def remove(self, name: str) -> None:
        """The name alone, if it is there; a link goes, and what it leads to stays."""
        path = self._path(name)
        try:
            os.unlink(name, dir_fd=self._descriptor)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise _named(error, path) from error

    def _fill(self, name: str, content: bytes, mode: int) -> None:
        with open(os.open(name, _NEW, mode, dir_fd=self._descriptor), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _path(self, name: str) -> Path:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            raise NotPlain("cannot be a file's name here", self.path)
        return self.path / name


@contextmanager
def folder(path: Path, *below: str, make: bool = False, mode: int = 0o755) -> Iterator[Folder]:
    """The one at this path, which is trusted as it was configured; and each of `below` in the one before, which is not.

    `make`: what is not there of `below` is made. OSError.
    """
    opened = Folder(os.open(path, _FOLDER & ~os.O_NOFOLLOW), path)
    for name in below:
        with opened as above:
            opened = above.below(name, make=make, mode=mode)
    with opened:
        yield opened


def write_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """One file at a path that somebody named: whole or not at all, in the place of what was there. OSError."""
    with folder(path.parent) as place:
        place.write(path.name, content, mode=mode)


def _check(found: os.stat_result, path: Path, most_bytes: int | None = None) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotPlain("is a link" if stat.S_ISLNK(found.st_mode) else "is not a plain file", path)
    if found.st_nlink != 1:
        raise NotPlain("has another name, a hard link", path)
    if most_bytes is not None and found.st_size > most_bytes:
        raise NotPlain(f"is larger than {most_bytes >> 20} MiB", path)


def _named(error: OSError, path: Path) -> OSError:
    """The same, with the whole path: below a descriptor the system knows the name alone."""
    if isinstance(error, NotPlain):
        return error
    if error.errno == errno.ELOOP:
        return NotPlain("is a link", path)
    return type(error)(error.errno, os.strerror(error.errno or 0), str(path))
