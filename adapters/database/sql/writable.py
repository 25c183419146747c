"""Whether a database can be written: tried, and asked of its file for the user that the daemon will be."""

import os
import pwd
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text

from adapters.database.sql.address import sqlite_file_of, where
from adapters.database.sql.connections import session_engine
from adapters.database.sql.failures import translated
from daemon.domain.errors import Fatal

_LOCK_SECONDS = 5.0
"""Longer than any change of ours takes."""


def try_writing(url: str, office: str, account: pwd.struct_passwd) -> None:
    """A change of nothing that is rolled back. Retryable or Fatal with what is in the way.

    `account`: the daemon's. Root may write where that one may not.
    """
    file = sqlite_file_of(url)
    with translated(where(url)):
        if file is None:
            _try_server(url, office)
        else:
            _try_file(file)
    if file is None:
        return
    for path in (file.parent, file):
        if not _may_write(path, account):
            raise Fatal(
                f"database {file}: {path} cannot be written by {account.pw_name}, the daemon's user;"
                f" check who owns it: ls -ld {path}"
            )


def _try_server(url: str, office: str) -> None:
    engine = session_engine(url, office)
    try:
        with engine.connect() as connection:
            connection.execute(text("UPDATE job SET state = state WHERE 1 = 0"))
            connection.rollback()
    finally:
        engine.dispose()


def _try_file(file: Path) -> None:
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True, timeout=_LOCK_SECONDS)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE job SET state = state WHERE 1 = 0")
        connection.execute("ROLLBACK")


def _may_write(path: Path, account: pwd.struct_passwd) -> bool:
    """By its owner, group and mode."""
    if account.pw_uid == os.geteuid():
        return os.access(path, os.W_OK)
    found = path.stat()
    if account.pw_uid in (0, found.st_uid):
        return account.pw_uid == 0 or bool(found.st_mode & 0o200)
    if found.st_gid in os.getgrouplist(account.pw_name, account.pw_gid):
        return bool(found.st_mode & 0o020)
    return bool(found.st_mode & 0o002)
