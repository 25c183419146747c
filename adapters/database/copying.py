"""Copies of a database: as it is before its schema changes, and one that is put back."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from adapters.database.sql.address import is_postgresql, parse, sqlite_file, where
from adapters.database.sql.seal import key_file, load_seal
from daemon.domain.errors import Fatal, Rejected

_DUMP_SECONDS = 3600


def copy_before_migrating(
    url: str, revision: str, at: datetime, key: Path | None, *, schema: str | None = None
) -> Path:
    """The whole of it, consistent, synced, for its owner alone; named by its revision and the time.

    SQLite: beside the file, of which it is one that can be opened. PostgreSQL: pg_dump's, beside the key; of this
    `schema` (quoted) alone, where it is given.
    Fatal, with nothing changed, when it cannot be made.
    """
    stamp = f"{revision}-{at:%Y%m%dT%H%M%SZ}"
    if is_postgresql(url):
        target = key_file(url, key).with_name(f"giliran-{stamp}.dump")
        _make(target, lambda part: _dump(url, part, schema), where(url))
    else:
        file = sqlite_file(url)
        target = file.with_name(f"{file.name}.{stamp}")
        _make(target, lambda part: copy_sqlite(file, part), where(url))
    return target


def copy_sqlite(source: Path, target: Path) -> None:
    """An online copy, consistent whoever writes meanwhile. The target is made, for its owner alone."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # What a copy needs is in one file.
        new.execute("PRAGMA journal_mode=DELETE").close()


def sync(path: Path) -> None:
    """A file or a folder, to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _make(target: Path, make: Callable[[Path], None], place: str) -> None:
    """Under another name until it is whole and on the disk."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        make(part)
        sync(part)
        part.rename(target)
        sync(target.parent)
    except (OSError, sqlite3.Error, subprocess.SubprocessError) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Fatal(
            f"database {place}: no copy could be made at {target} ({_why(error)}); nothing was changed; "
            "put that right, or copy it yourself and run `giliran migrate --without-copy`"
        ) from error


def _why(error: Exception) -> str:
    """One line, without a password: pg_dump quotes none."""
    if isinstance(error, subprocess.CalledProcessError):
        said: list[str] = error.stderr.strip().splitlines()
        return said[-1] if said else f"pg_dump ended with {error.returncode}"
    if isinstance(error, FileNotFoundError) and error.filename == "pg_dump":
        return "there is no pg_dump; apt install postgresql-client"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _dump(url: str, target: Path, schema: str | None) -> None:
    """As pg_restore takes it. A password that stands in the URL goes by the environment, where `ps` does not see it."""
    parsed = parse(url)
    address = parsed.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = dict(os.environ) if parsed.password is None else {**os.environ, "PGPASSWORD": parsed.password}
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    part = () if schema is None else ("--schema", schema)
    subprocess.run(
        ["pg_dump", "--format=custom", f"--file={target}", *part, "--dbname", address],
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_DUMP_SECONDS,
        env=environment,
    )


def put_back(url: str, copy: Path, at: datetime, *, office: str, key: Path | None) -> Path | None:
    """A copy in the place of an SQLite database, which is kept under another name: that one, if there was one.

    Nobody may have it open. Rejected for PostgreSQL, and for a file that is no database of this office and this key.
    """
    if is_postgresql(url):
        raise Rejected("in PostgreSQL: stop every giliran, pg_restore it, then `giliran restore --reconcile`")
    file = sqlite_file(url)
    part = file.with_name(file.name + ".part")
    kept = file.with_name(f"{file.name}.before-restore-{at:%Y%m%dT%H%M%SZ}") if file.exists() else None
    try:
        part.unlink(missing_ok=True)
        _check_copy(copy, office, key_file(url, key))
        copy_sqlite(copy, part)
        sync(part)
        if kept is not None:
            copy_sqlite(file, kept)
            sync(kept)
        for tail in ("-wal", "-shm"):
            file.with_name(file.name + tail).unlink(missing_ok=True)
        part.rename(file)
        sync(file.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Fatal(
            f"database {file}: {copy} could not be put back ({_why(error)}); look at what is there first"
        ) from error
    return kept


def _check_copy(copy: Path, office: str, key: Path) -> None:
    with closing(sqlite3.connect(f"file:{quote(str(copy))}?mode=ro", uri=True)) as connection:
        [sound] = connection.execute("PRAGMA quick_check").fetchone()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if sound != "ok" or not {"job", "log", "office"} <= tables:
        raise Rejected(f"{copy} is not a sound copy of a giliran database; nothing was changed")
    with closing(sqlite3.connect(f"file:{quote(str(copy))}?mode=ro", uri=True)) as connection:
        keys: dict[str, bytes] = dict(connection.execute("SELECT office_code, fingerprint FROM office"))
    if office not in keys:
        raise Rejected(
            f"{copy} is the database of office {', '.join(sorted(keys)) or 'none'}, not of {office}; nothing was"
            " changed. Look for this office's copy, or at office.code"
        )
    if load_seal(key).fingerprint != keys[office]:
        raise Rejected(
            f"{copy} was sealed with another key than the one in {key}: nobody's data in it could be opened; nothing"
            " was changed. Put the key of that time there first (database.key_file), or look for another copy"
        )
