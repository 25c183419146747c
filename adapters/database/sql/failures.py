"""What a database says when it fails, as one line in our own error classes."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from adapters.database.sql import postgresql
from daemon.domain.errors import Fatal, GiliranError, Retryable

_LOCK_SECONDS = 1.0
"""Longer than any change of ours takes."""

_RETRYABLE = {
    "SQLITE_BUSY": "it is busy, another program has held it for too long; try again",
    "SQLITE_LOCKED": "it is busy, another program has held it for too long; try again",
    "SQLITE_FULL": "the disk is full; make room",
    "SQLITE_IOERR": "the disk failed or is full; look at the system's log",
    "SQLITE_NOMEM": "there is no memory left",
}
_FATAL = {
    "SQLITE_NOTADB": "the file is not a database; look at database.url, or restore a backup",
    "SQLITE_CORRUPT": "the file is damaged; restore a backup",
    "SQLITE_CANTOPEN": "the file cannot be opened; check that it exists and who owns it and its folder",
    "SQLITE_READONLY": "the file cannot be written; check who owns it and its folder",
    "SQLITE_PERM": "no permission; check who owns the file and its folder",
    "SQLITE_AUTH": "no permission; check who owns the file and its folder",
}


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise Retryable or Fatal for any failure of the database at `where`. Never quotes SQL: parameters are people."""
    try:
        yield
    except database_errors() as error:
        raise translate(error, where) from error


def database_errors() -> tuple[type[Exception], ...]:
    """What SQLAlchemy and the drivers raise. psycopg is there only where PostgreSQL is: it takes long to import."""
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.Error, SQLAlchemyError) if psycopg is None else (sqlite3.Error, SQLAlchemyError, psycopg.Error)


def is_failure(error: Exception) -> bool:
    """Whether the database failed, and not one change alone: by its own mistake, or refused for what it says."""
    cause = _cause(error)
    names = {kind.__name__ for kind in type(cause).__mro__}
    return isinstance(error, database_errors()) and "IntegrityError" not in names


def translate(error: Exception, where: str) -> GiliranError:
    """The one line for this failure."""
    cause = _cause(error)
    if type(cause).__module__.startswith("psycopg"):
        return postgresql.translate(cause, where)
    name = getattr(cause, "sqlite_errorname", None) or ""
    # Extended codes say more than we tell: SQLITE_IOERR_WRITE is a SQLITE_IOERR.
    plain = "_".join(name.split("_")[:2])
    if plain in _RETRYABLE:
        return Retryable(f"database {where}: {_RETRYABLE[plain]}")
    if plain in _FATAL:
        return Fatal(f"database {where}: {_FATAL[plain]}")
    return Fatal(f"database {where}: {type(cause).__name__} {name}".rstrip())


def why_unwritable(file: Path) -> str | None:
    """Why nobody can write to this SQLite database now; None: it can be, or only this user may not."""
    try:
        if os.statvfs(file).f_flag & os.ST_RDONLY:
            return "its disk can only be read; look at mount and dmesg"
        with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True, timeout=_LOCK_SECONDS)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname in ("SQLITE_BUSY", "SQLITE_LOCKED"):
            return f"another program has locked it: sudo lsof {file}"
        if error.sqlite_errorname in ("SQLITE_FULL", "SQLITE_IOERR"):
            return _RETRYABLE[error.sqlite_errorname]
    except OSError:
        pass
    return None


def _cause(error: Exception) -> Exception:
    """What the driver raised."""
    return error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error
