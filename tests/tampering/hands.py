"""Other hands in the database. Each knows the format; none has what is on paper elsewhere."""

import json
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from daemon.domain.log import canonical, commitment_to, leaf_of
from daemon.domain.merkle import leaf_hash
from daemon.ports import Store
from daemon.queries.tree import checkpoint
from tests.fakes.clock import ManualClock
from tests.tampering.office import CODE, KEY, Scene, opened

Hand = Callable[[Random, Scene, Path], None]
"""Tampers with the copy at this path."""

_COLUMNS = ("at", "actor", "event", "record_id", "details", "salt", "subject", "commitment", "hash")
TABLES = ("attempt", "job", "job_count", "ledger_entry", "balance")
_NOT_LOGGED = {
    "attempt": {"journal", "phase", "spool_number", "spool_uuid", "reason"},
    "job": {"reason", "since", "printer", "central_status", "registered", "district", "village", "updated_at"}
    | {"nik_ending", "waits_for", "fault", "pending_office_at", "import_number", "paper_import", "attempt"},
    "ledger_entry": {"at", "reason", "actor", "batch", "document", "office", "witnesses", "note", "happened_on"}
    | {"reverses"},
}
"""Columns whose values the fold does not tell."""


def change(random: Random, scene: Scene, file: Path) -> None:
    """One column of one entry."""
    with _writing(file) as connection:
        sequence, column = _some_entry(random, connection), random.choice(_COLUMNS)
        (was,) = connection.execute(f"SELECT {column} FROM log WHERE sequence = ?", (sequence,)).fetchone()
        connection.execute(f"UPDATE log SET {column} = ? WHERE sequence = ?", (_other(random, was), sequence))


def drop(random: Random, scene: Scene, file: Path) -> None:
    """An entry is missing."""
    with _writing(file) as connection:
        connection.execute("DELETE FROM log WHERE sequence = ?", (_some_entry(random, connection),))


def swap(random: Random, scene: Scene, file: Path) -> None:
    """Two entries in each other's place."""
    with _writing(file) as connection:
        first = _some_entry(random, connection)
        second = random.choice([n for n in range(1, _newest(connection) + 1) if n != first])
        for before, after in ((first, -1), (second, first), (-1, second)):
            connection.execute("UPDATE log SET sequence = ? WHERE sequence = ?", (after, before))


def insert(random: Random, scene: Scene, file: Path) -> None:
    """An entry that nobody made, in the middle; those after it are numbered anew."""
    with _writing(file) as connection:
        place, model = _some_entry(random, connection), _some_entry(random, connection)
        _make_room(connection, place)
        columns = ", ".join(_COLUMNS)
        source = model if model < place else model + 1
        connection.execute(
            f"INSERT INTO log (sequence, {columns}) SELECT ?, {columns} FROM log WHERE sequence = ?", (place, source)
        )


def truncate(random: Random, scene: Scene, file: Path) -> None:
    """The newest entries are gone, and every head that tells of them."""
    with _writing(file) as connection:
        newest = _newest(connection)
        last = newest - random.randint(1, newest - 1)
        connection.execute("DELETE FROM log WHERE sequence > ?", (last,))
        connection.execute("DELETE FROM log_checkpoint WHERE size > ?", (last + 1,))
        connection.execute("DELETE FROM log_tile")


def replay(random: Random, scene: Scene, file: Path) -> None:
    """The database is one of before, and goes on from there."""
    shutil.copy(random.choice(scene.earlier), file)
    with closing(opened(file)) as store:
        for number in range(random.randint(0, 80)):
            store.log.append("seen", at=ManualClock().now(), actor="budi", number=number)
        _sign(store)


def rewrite(random: Random, scene: Scene, file: Path) -> None:
    """The past is another, whole in itself: each leaf, the tree and its head are made again, with the office's key."""
    random.choice((change, drop, swap, insert, truncate))(random, scene, file)
    with _writing(file) as connection:
        rows = connection.execute(f"SELECT sequence, {', '.join(_COLUMNS)} FROM log ORDER BY sequence").fetchall()
        for number, row in enumerate(rows, start=1):
            connection.execute("UPDATE log SET sequence = ? WHERE sequence = ?", (number, row[0]))
        connection.execute("DELETE FROM log_tile")
        connection.execute("DELETE FROM log_checkpoint")
    with closing(opened(file)) as store, _writing(file) as connection:
        for entry in store.log.entries(limit=100_000):
            text = canonical(dict(entry.details))
            salt = entry.salt if entry.salt and len(entry.salt) == 16 else secrets.token_bytes(16)
            commitment = commitment_to(salt, entry.actor, text)
            again = replace(entry, text=text, salt=salt, commitment=commitment)
            connection.execute(
                "UPDATE log SET details = ?, salt = ?, commitment = ?, hash = ? WHERE sequence = ?",
                (text, salt, commitment, leaf_hash(leaf_of(again)).hex(), entry.sequence),
            )
    with closing(opened(file)) as store:
        _sign(store)


def cook(random: Random, scene: Scene, file: Path) -> None:
    """The log is left alone; what is kept beside it says something else: jobs, attempts, counts, ledger."""
    with _writing(file) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        table = random.choice(TABLES)
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        names = [row[1] for row in columns]
        key = [row[1] for row in columns if row[5]]
        rows = connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
        row = dict(zip(names, random.choice(rows), strict=True))
        this = " AND ".join(f"{name} = ?" for name in key), [row[name] for name in key]
        if random.random() < 0.2:
            connection.execute(f"DELETE FROM {table} WHERE {this[0]}", this[1])
            return
        column = random.choice(sorted(set(names) - _NOT_LOGGED.get(table, set())))
        other = _other(random, row[column])
        connection.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {this[0]}", (other, *this[1]))


HANDS: dict[str, Hand] = {
    "change an entry": change,
    "drop an entry": drop,
    "swap two entries": swap,
    "insert an entry": insert,
    "truncate the log": truncate,
    "replay an old database": replay,
    "rewrite and sign again": rewrite,
    "cook the tables": cook,
}


def _writing(file: Path) -> "_Writing":
    return _Writing(file)


class _Writing:
    """Committed and closed at the end."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _newest(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT max(sequence) FROM log").fetchone()[0])


def _some_entry(random: Random, connection: sqlite3.Connection) -> int:
    return random.randint(1, _newest(connection))


def _make_room(connection: sqlite3.Connection, place: int) -> None:
    connection.execute("UPDATE log SET sequence = -sequence - 1 WHERE sequence >= ?", (place,))
    connection.execute("UPDATE log SET sequence = -sequence WHERE sequence < 0")


def _other(random: Random, was: Any) -> Any:
    """Of the same type, and not the same."""
    if isinstance(was, int):
        return was + random.choice((-1, 1, 1000))
    if isinstance(was, bytes):
        place = random.randrange(len(was))
        return was[:place] + bytes([was[place] ^ 1 << random.randrange(8)]) + was[place + 1 :]
    if was is None:
        return None
    text = str(was)
    if text.startswith("{"):
        details = json.loads(text)
        return canonical({**details, random.choice([*details, "more"]): "another"})
    return text + "x" if not text or random.random() < 0.5 else text[:-1] + chr(ord(text[-1]) ^ 1)


def _sign(store: Store) -> None:
    checkpoint(store.tree, KEY, f"giliran/{CODE}", ManualClock())
