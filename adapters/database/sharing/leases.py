"""The lease: what one daemon has for itself on a database. It is freed when the daemon dies, however it dies."""

import fcntl
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, bindparam, text

from adapters.database.sql.address import is_postgresql, sqlite_file, where
from adapters.database.sql.connections import number, session_engine
from adapters.database.sql.failures import database_errors, translated
from adapters.folder import folder
from daemon.domain.errors import Fatal
from daemon.ports import Lease

_LOCKS = 1205
"""The class of our advisory locks of two numbers, in PostgreSQL."""

_MOST_BYTES = 1 << 16
_TRIES = 5
_BETWEEN_TRIES_SECONDS = 0.02


def open_lease(url: str, office: str) -> Lease:
    """What daemons have of this office's on this database."""
    if is_postgresql(url):
        return AdvisoryLease(url, office)
    file = sqlite_file(url)
    return FileLease(file.with_name(file.name + ".lock"))


class FileLease:
    """An flock on one file for all names: only one daemon at a time has any. In it stand its process id, then what it
    asked for, a name a line: a printer that it once served and serves no more is nobody's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._ours: set[str] = set()

    def acquire(self, *names: str) -> frozenset[str]:
        """All of them, or none: then those that another daemon has."""
        if self._file is not None:
            self._ours.update(names)
            self._write(self._file)
            return frozenset()
        file = self._open(make=True)
        # Somebody who only looks (taken) has it for an instant: that is no reason to give up.
        for _ in range(_TRIES):
            if _lock(file, fcntl.LOCK_EX):
                self._ours.update(names)
                self._write(file)
                self._file = file
                return frozenset()
            threading.Event().wait(_BETWEEN_TRIES_SECONDS)
        os.close(file)
        return frozenset(names)

    def renew(self) -> frozenset[str]:
        """Nobody can take an flock away."""
        return frozenset()

    def held(self, *names: str) -> frozenset[str]:
        """Which of these a daemon has, this one included."""
        if self._file is not None:
            return frozenset(self._ours.intersection(names))
        if not self._path.exists():
            return frozenset()
        file = self._open()
        try:
            if _lock(file, fcntl.LOCK_SH):
                return frozenset()
            said = os.pread(file, _MOST_BYTES, 0).decode(errors="replace").splitlines()[1:]
        finally:
            os.close(file)
        # Nothing stands there while it is being written: then whoever has the file may have them all.
        return frozenset(said).intersection(names) if said else frozenset(names)

    def release(self, *names: str) -> None:
        """What else is had stays in the same file."""
        self._ours.difference_update(names)
        if self._file is not None:
            self._write(self._file)

    def close(self) -> None:
        """The file stays: deleting it could take it from under the next."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None
            self._ours.clear()

    def _write(self, file: int) -> None:
        text = "".join(f"{line}\n" for line in (os.getpid(), *sorted(self._ours))).encode()
        os.pwrite(file, text, 0)
        os.ftruncate(file, len(text))

    def _open(self, *, make: bool = False) -> int:
        try:
            with folder(self._path.parent) as here:
                return here.open_shared(self._path.name, make=make)
        except OSError as error:
            raise Fatal(f"the database's lock {self._path} cannot be opened: {error.strerror}") from error


class AdvisoryLease:
    """PostgreSQL's locks of a session: the server frees them with the connection. Used by one thread at a time."""

    def __init__(self, url: str, office: str) -> None:
        self._where = where(url)
        self._office = office
        self._engine = session_engine(url, office)
        self._session: Connection | None = None
        self._ours: set[str] = set()
        self._guard = threading.Lock()

    def acquire(self, *names: str) -> frozenset[str]:
        """All of them, or none: then those that another daemon has."""
        with self._guard, translated(self._where):
            wanted = sorted(set(names) - self._ours)
            others = frozenset(name for name in wanted if not self._lock(name))
            if others:
                self._unlock(name for name in wanted if name not in others)
            else:
                self._check_locks(wanted)
                self._ours.update(wanted)
            return others

    def renew(self) -> frozenset[str]:
        """A server that restarted knows nothing of them: they are taken again. Retryable while it is not there."""
        with self._guard:
            try:
                if self._session is not None:
                    self._session.exec_driver_sql("SELECT 1")
                    return frozenset()
            except database_errors():
                self._let_go()
            with translated(self._where):
                lost = frozenset(name for name in sorted(self._ours) if not self._lock(name))
            self._ours -= lost
            return lost

    def held(self, *names: str) -> frozenset[str]:
        """Which of these a daemon has, this one included."""
        with translated(self._where), self._engine.connect() as connection:
            return self._held(connection, names)

    def release(self, *names: str) -> None:
        """Others may have them."""
        with self._guard, translated(self._where):
            given = self._ours.intersection(names)
            self._ours -= given
            self._unlock(given)

    def close(self) -> None:
        """The daemon ends."""
        with self._guard:
            self._ours.clear()
            self._let_go()
            self._engine.dispose()

    def _held(self, connection: Connection, names: Iterable[str]) -> frozenset[str]:
        numbers = {self._number(name): name for name in names}
        found = connection.execute(_TAKEN, {"numbers": list(numbers)}).scalars()
        return frozenset(numbers[number] for number in found)

    def _check_locks(self, names: Sequence[str]) -> None:
        """There are servers that speak PostgreSQL's protocol and only pretend to lock (docs/several-machines.md)."""
        if self._session is not None and not self._held(self._session, names) >= set(names):
            raise Fatal(f"database {self._where}: the server does not keep advisory locks; it has to be PostgreSQL")

    def _number(self, name: str) -> int:
        return number(f"{self._office}: {name}")

    def _lock(self, name: str) -> bool:
        if self._session is None:
            self._session = self._engine.connect()
        return bool(self._session.execute(_TRY, {"number": self._number(name)}).scalar_one())

    def _unlock(self, names: Iterable[str]) -> None:
        for name in names:
            if self._session is not None:
                self._session.execute(_UNLOCK, {"number": self._number(name)})

    def _let_go(self) -> None:
        if self._session is not None:
            # Closed, not kept in the pool: the locks go with it.
            self._session.invalidate()
            self._session.close()
            self._session = None


_TRY = text("SELECT pg_try_advisory_lock(:class, :number)").bindparams(bindparam("class", _LOCKS))
_UNLOCK = text("SELECT pg_advisory_unlock(:class, :number)").bindparams(bindparam("class", _LOCKS))
_TAKEN = text(
    "SELECT DISTINCT objid::bigint::int FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE locktype = 'advisory' AND classid = :class AND objsubid = 2 AND granted"
    " AND datname = current_database() AND objid::bigint = ANY(:numbers)"
).bindparams(bindparam("class", _LOCKS))


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
