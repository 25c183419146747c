"""The log's Merkle tree: level 0 is the log itself, tiles above it are made behind it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from adapters.database.schema.tables import log, log_checkpoint, log_opening, log_subject, log_tile
from adapters.database.sql.seal import Seal
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.log import FORKED, public
from daemon.domain.merkle import leaf_hash
from daemon.domain.note import parts
from daemon.domain.tiles import WIDTH, Growth
from daemon.ports import KeptCheckpoint

_AT_ONCE = 200
"""Tiles of level 0, some 50,000 entries, in one transaction."""
ALL_KEPT_FOR = timedelta(days=7)

_OPENING = select(log_opening.c.leaf)
_SIZE = select(func.coalesce(func.max(log.c.sequence), 0) + 1)
_HASHES = (
    select(log.c.hash)
    .where(log.c.sequence >= bindparam("first"), log.c.sequence < bindparam("end"))
    .order_by(log.c.sequence)
)
_TILE = select(log_tile.c.hashes).where(
    log_tile.c.level == bindparam("of_level"), log_tile.c.position == bindparam("at_position")
)
_LAST_OF_LEVEL_1 = (
    select(log_tile.c.position, log_tile.c.hashes)
    .where(log_tile.c.level == 1)
    .order_by(log_tile.c.position.desc())
    .limit(1)
)
_DROP_TILE = delete(log_tile).where(
    log_tile.c.level == bindparam("of_level"), log_tile.c.position == bindparam("at_position")
)
_KEPT = (
    select(log_checkpoint.c.size, log_checkpoint.c.root, log_checkpoint.c.at, log_checkpoint.c.note)
    .where(log_checkpoint.c.size > bindparam("after"))
    .order_by(log_checkpoint.c.size)
    .limit(bindparam("limit"))
)
_NEWEST = (
    select(log_checkpoint.c.size, log_checkpoint.c.root, log_checkpoint.c.at, log_checkpoint.c.note)
    .order_by(log_checkpoint.c.size.desc())
    .limit(1)
)
_OF_SIZE = select(log_checkpoint.c.note).where(log_checkpoint.c.size == bindparam("of_size"))
_ADD = (
    update(log_checkpoint)
    .where(log_checkpoint.c.size == bindparam("of_size"))
    .values(note=bindparam("with_cosignature"))
)
_OF_DAY = (
    select(log_checkpoint.c.size)
    .where(log_checkpoint.c.at >= bindparam("day"), log_checkpoint.c.at < bindparam("next_day"))
    .order_by(log_checkpoint.c.size)
)
_FORGET = delete(log_checkpoint).where(log_checkpoint.c.size == bindparam("of_size"))
_SALT = select(log_subject.c.salt).where(log_subject.c.record_id == bindparam("of_record"))

_FORKS = select(log.c.details).where(log.c.event == bindparam("event"))
_ABOUT = select(log.c.sequence, log.c.details).where(log.c.record_id == bindparam("of_record"))
_ERASE = (
    update(log)
    .where(log.c.sequence == bindparam("of_sequence"))
    .values(actor="", record_id=None, salt=None, details=bindparam("shown"))
)
_ERASE_SALT = delete(log_subject).where(log_subject.c.record_id == bindparam("of_record"))
_SUBJECTS = (
    select(log_subject.c.record_id, log_subject.c.subject, log_subject.c.salt)
    .where(log_subject.c.record_id > bindparam("after"))
    .order_by(log_subject.c.record_id)
    .limit(bindparam("limit"))
)
_IS_ERASED = log.c.record_id.is_(None) & log.c.salt.is_(None)
_MISATTRIBUTED = (
    select(log.c.sequence)
    .outerjoin(log_subject, log_subject.c.record_id == log.c.record_id)
    .where(log.c.subject.is_distinct_from(log_subject.c.subject), ~_IS_ERASED)
    .order_by(log.c.sequence)
    .limit(bindparam("limit"))
)
"""Entries whose record is not the one of their subject."""


class SqlTree:
    """The LogTree port."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def opening(self) -> str:
        """Leaf 0."""
        with self._database.read() as connection:
            leaf: str = connection.execute(_OPENING).scalar_one()
            return leaf

    def size(self) -> int:
        """The newest entry's number and one."""
        with self._database.read() as connection:
            size: int = connection.execute(_SIZE).scalar_one()
            return size

    def tile(self, level: int, position: int) -> bytes:
        """Its hashes, as far as there are."""
        with self._database.read() as connection:
            return _leaves(connection, position) if level == 0 else _tile(connection, level, position)

    def extend(self) -> bool:
        """Read and hash before the transaction that writes: nobody waits for it."""
        with self._database.read() as connection:
            done = _done(connection)
            full = connection.execute(_SIZE).scalar_one() // WIDTH
            if done == full:
                return False
            growth = Growth(done, lambda level, position: _tile(connection, level, position))
            for position in range(done, min(full, done + _AT_ONCE)):
                growth.add(_leaves(connection, position))

        def write(change: Change) -> None:
            if _done(change.connection) != done:
                return  # another daemon was first
            for (level, position), hashes in growth.changed.items():
                place = {"of_level": level, "at_position": position}
                change.execute(_DROP_TILE, place)
                change.execute(log_tile.insert(), {"level": level, "position": position, "hashes": hashes})

        self._database.write(write)
        return True

    def keep(self, checkpoint: KeptCheckpoint) -> None:
        """With the first of a day, that day a week ago is thinned out."""

        def write(change: Change) -> None:
            before = change.execute(_NEWEST).one_or_none()
            if before is not None and before.size >= checkpoint.size:
                return
            values = {
                "size": checkpoint.size,
                "at": checkpoint.at,
                "root": checkpoint.root,
                "note": checkpoint.note,
            }
            change.execute(log_checkpoint.insert(), values)
            if before is not None and before.at.date() != checkpoint.at.date():
                _thin_out(change, before.at - ALL_KEPT_FOR)

        self._database.write(write)

    def add_cosignature(self, size: int, line: str) -> None:
        """Read and written in one change: two witnesses never lose each other's."""
        added = parts(f"\n\n{line}")[1]

        def write(change: Change) -> None:
            note = change.execute(_OF_SIZE, {"of_size": size}).scalar_one_or_none()
            if note is None:
                return
            known = {(name, id_) for name, id_, _ in parts(note)[1]}
            if known.isdisjoint((name, id_) for name, id_, _ in added):
                _ = parts(note + line)
                change.execute(_ADD, {"of_size": size, "with_cosignature": note + line})

        self._database.write(write)

    def newest_signed_by(self, names: Sequence[str]) -> KeptCheckpoint | None:
        """As a rule one of the first that are looked at."""
        with self._database.read() as connection:
            bears = or_(*(log_checkpoint.c.note.contains(f"\n— {name} ", autoescape=True) for name in names))
            row = connection.execute(_NEWEST.where(bears)).one_or_none()
            return None if row is None else KeptCheckpoint(**row._asdict())

    def has_forked_from(self, root: bytes) -> bool:
        """By its entries of forks; there are few, and it is hardly ever asked."""
        with self._database.read() as connection:
            said = connection.execute(_FORKS, {"event": FORKED}).scalars()
            return any(json.loads(details).get("forked_root") == root.hex() for details in said)

    def newest(self) -> KeptCheckpoint | None:
        """The largest."""
        with self._database.read() as connection:
            row = connection.execute(_NEWEST).one_or_none()
            return None if row is None else KeptCheckpoint(**row._asdict())

    def checkpoints(self, after: int = -1, limit: int = 1000) -> list[KeptCheckpoint]:
        """In order."""
        with self._database.read() as connection:
            rows = connection.execute(_KEPT, {"after": after, "limit": limit})
            return [KeptCheckpoint(**row) for row in rows.mappings()]

    def subjects(self, after: str, limit: int) -> list[tuple[str, bytes, bytes]]:
        """Each with its salt opened. Damaged."""
        with self._database.read() as connection:
            rows = connection.execute(_SUBJECTS, {"after": after, "limit": limit}).all()
        return [(row.record_id, row.subject, self._seal.open_salt(row.record_id, row.salt)) for row in rows]

    def erase(self, record_id: str, *, reason: str, at: datetime, actor: str) -> int:
        """In one change."""

        def write(change: Change) -> int:
            about = change.execute(_ABOUT, {"of_record": record_id}).all()
            for row in about:
                change.execute(_ERASE, {"of_sequence": row.sequence, "shown": public(json.loads(row.details))})
            change.execute(_ERASE_SALT, {"of_record": record_id})
            change.log.subjects.forget(record_id)
            details = {"reason": reason, "entries": len(about)}
            change.log.write(Draft(at=at, actor=actor, event="person_erased", details=details))
            return len(about)

        return self._database.write(write)

    def misattributed(self, limit: int) -> list[int]:
        """The first of them."""
        with self._database.read() as connection:
            return list(connection.execute(_MISATTRIBUTED, {"limit": limit}).scalars())

    def salt(self, record_id: str) -> bytes | None:
        """Opened."""
        with self._database.read() as connection:
            sealed = connection.execute(_SALT, {"of_record": record_id}).scalar_one_or_none()
        return None if sealed is None else self._seal.open_salt(record_id, sealed)


def _done(connection: Connection) -> int:
    """Tiles of level 0 whose root stands in level 1."""
    last = connection.execute(_LAST_OF_LEVEL_1).one_or_none()
    return 0 if last is None else last.position * WIDTH + len(last.hashes) // 32


def _leaves(connection: Connection, position: int) -> bytes:
    first = position * WIDTH
    found = connection.execute(_HASHES, {"first": max(first, 1), "end": first + WIDTH}).scalars()
    hashes = bytes.fromhex("".join(found))
    return hashes if first else leaf_hash(connection.execute(_OPENING).scalar_one().encode()) + hashes


def _tile(connection: Connection, level: int, position: int) -> bytes:
    found = connection.execute(_TILE, {"of_level": level, "at_position": position}).scalar_one_or_none()
    return b"" if found is None else bytes(found)


def _thin_out(change: Change, at: datetime) -> None:
    day = datetime(at.year, at.month, at.day, tzinfo=UTC)
    sizes = list(change.execute(_OF_DAY, {"day": day, "next_day": day + timedelta(days=1)}).scalars())
    for size in sizes[:-1]:
        change.execute(_FORGET, {"of_size": size})
