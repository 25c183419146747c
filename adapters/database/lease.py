"""The lease: one daemon on a database at a time. It is freed when the daemon dies, however it dies."""

import fcntl
import os
import threading
from pathlib import Path

from sqlalchemy import Connection, text

from adapters.database.address import is_postgresql, sqlite_file, where
from adapters.database.connections import lease_engine
from adapters.database.failures import database_errors, translated
from daemon.domain.errors import Fatal
from daemon.ports import Lease

LEASE_LOCK = 1205_0002
"""The advisory lock of the daemon that runs, in PostgreSQL."""

_TRIES = 5
_BETWEEN_TRIES_SECONDS = 0.02


def open_lease(url: str) -> Lease:
    """The lease on this database."""
    if is_postgresql(url):
        return AdvisoryLease(url)
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


class AdvisoryLease:
    """PostgreSQL's lock of a session: the server frees it with the connection."""

    def __init__(self, url: str) -> None:
        self._where = where(url)
        self._engine = lease_engine(url)
        self._connection: Connection | None = None
        self._is_ours = False

    def take(self) -> bool:
        """False if another daemon has it."""
        if not self._is_ours:
            self._is_ours = self._lock()
        return self._is_ours

    def is_taken(self) -> bool:
        """Whether a daemon runs on this database, this one included. Fatal when this one lost it to another."""
        if self._is_ours:
            self._keep()
            return True
        with translated(self._where), self._engine.connect() as connection:
            return bool(connection.execute(_HAS_HOLDER).scalar_one())

    def give_back(self) -> None:
        """The daemon ends."""
        self._is_ours = False
        self._let_go()
        self._engine.dispose()

    def _lock(self) -> bool:
        with translated(self._where):
            connection = self._engine.connect()
            if connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LEASE_LOCK})").scalar_one():
                self._connection = connection
                return True
            connection.close()
        return False

    def _keep(self) -> None:
        """A server that restarted knows nothing of it: it is taken again. Retryable while it cannot be reached."""
        try:
            if self._connection is not None:
                self._connection.exec_driver_sql("SELECT 1")
                return
        except database_errors():
            self._let_go()
        if not self._lock():
            raise Fatal(f"database {self._where}: another giliran took it while the connection was lost")

    def _let_go(self) -> None:
        if self._connection is not None:
            # Closed, not kept in the pool: the lock goes with it.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


_HAS_HOLDER = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE locktype = 'advisory' AND classid = 0 AND objid = :lock AND objsubid = 1 AND granted"
    " AND datname = current_database())"
).bindparams(lock=LEASE_LOCK)


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
