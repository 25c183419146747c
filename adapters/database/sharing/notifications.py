"""That others changed the database: told at once where the database can tell it, looked for where not."""

import sqlite3
import threading
from typing import Any

from sqlalchemy import Connection

from adapters.database.sql.address import is_postgresql, sqlite_file, where
from adapters.database.sql.connections import schema_of, session_engine
from adapters.database.sql.failures import database_errors, translate, translated
from daemon.ports import Notifications

_LOOK_SECONDS = 0.25


def open_notifications(url: str, office: str) -> Notifications:
    """Of this office's data in this database."""
    return _Listen(url, office) if is_postgresql(url) else _DataVersion(url)


class _Listen:
    """PostgreSQL's LISTEN."""

    def __init__(self, url: str, office: str) -> None:
        self._where = where(url)
        self._channel = schema_of(office)
        self._engine = session_engine(url, office)
        self._session: Connection | None = None

    def wait(self, seconds: float) -> bool:
        """True as soon as something changed. What was told before a lost connection is made anew counts as changed."""
        if self._session is None:
            with translated(self._where):
                self._session = self._engine.connect()
                self._session.exec_driver_sql(f"LISTEN {self._channel}")
            return True
        try:
            driver: Any = self._session.connection.driver_connection
            return any(True for _ in driver.notifies(timeout=seconds, stop_after=1))
        except database_errors() as error:
            self.close()
            raise translate(error, self._where) from error

    def close(self) -> None:
        """Nobody listens any more."""
        if self._session is not None:
            self._session.invalidate()
            self._session.close()
            self._session = None


class _DataVersion:
    """SQLite counts, for each connection, the commits of all others; asking costs microseconds."""

    def __init__(self, url: str) -> None:
        self._file = sqlite_file(url)
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    def wait(self, seconds: float) -> bool:
        """True as soon as a look finds something changed."""
        for _ in range(max(1, round(seconds / _LOOK_SECONDS))):
            if self._is_new():
                return True
            threading.Event().wait(_LOOK_SECONDS)
        return False

    def close(self) -> None:
        """Nobody listens any more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _is_new(self) -> bool:
        with translated(str(self._file)):
            if self._connection is None:
                self._connection = sqlite3.connect(self._file.as_uri() + "?mode=ro", uri=True)
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        before, self._seen = self._seen, int(version)
        return self._seen != before
