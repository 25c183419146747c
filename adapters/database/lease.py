"""The lease: one daemon on a database at a time. The kernel frees it when the daemon dies, however it dies."""

import fcntl
import os
import threading
from pathlib import Path

from adapters.database.address import parse, sqlite_file
from daemon.domain.errors import Fatal, Rejected
from daemon.ports import Lease

_TRIES = 5
_BETWEEN_TRIES_SECONDS = 0.02


def open_lease(url: str) -> Lease:
    """The lease on this database. Rejected for PostgreSQL."""
    if parse(url).get_backend_name() == "postgresql":
        raise Rejected("a lease on PostgreSQL is not possible yet")
    file = sqlite_file(url)
    return FileLease(file.with_name(file.name + ".lock"))


class FileLease:
    """An flock on a file, which holds the daemon's process id for people to read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """False if another daemon has it."""
        if self._file is not None:
            return True
        file = self._open(os.O_RDWR | os.O_CREAT)
        # Somebody who only looks (is_taken) has it for an instant: that is no reason to give up.
        for _ in range(_TRIES):
            if _lock(file, fcntl.LOCK_EX):
                os.ftruncate(file, 0)
                os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
                self._file = file
                return True
            threading.Event().wait(_BETWEEN_TRIES_SECONDS)
        os.close(file)
        return False

    def is_taken(self) -> bool:
        """Whether a daemon runs on this database, this one included."""
        if self._file is not None:
            return True
        if not self._path.exists():
            return False
        file = self._open(os.O_RDONLY)
        try:
            return not _lock(file, fcntl.LOCK_SH)
        finally:
            os.close(file)

    def give_back(self) -> None:
        """The daemon ends. The file stays: deleting it could take it from under the next."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def _open(self, flags: int) -> int:
        try:
            return os.open(self._path, flags, 0o600)
        except OSError as error:
            raise Fatal(f"the database's lock {self._path} cannot be opened: {error.strerror}") from error


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
