"""The order as offices are told to keep it, and its log as a Merkle tree."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from daemon.domain.log import (
    GENESIS,
    PERSONS_SALT_BYTES,
    SALT_BYTES,
    Chain,
    canonical,
    chained,
    commitment_to,
    leaf,
    opening,
    public,
    subject_of,
)
from daemon.domain.merkle import leaf_hash

revision = "0004"
down_revision = "0003"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits."""
RECORD_ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROWS = 5000
"""Of the log, at once."""
IDENTITY_BYTES = 16


def upgrade() -> None:
    """Each in a function of its own; a new column may be empty, so that no table of people is written anew."""
    _order()
    _merkle()


# --- the order: lanes, presence and the rules that apply ------------------------------------------------------------


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _order() -> None:
    # Lanes and presence, the rules that apply, and what finds the first of each class under them.
    op.add_column("job", sa.Column("lane", sa.Text()))
    op.add_column("job", sa.Column("present_on", sa.Text()))
    turn, ready = ["request_class", "recorded_at", "record_id"], "state = 'ready'"
    lane, present = "lane IS NOT NULL", "present_on IS NOT NULL"
    _partial_index("ix_job_elsewhere", "job", turn[1:], "waits_for = 'elsewhere'")
    _partial_index("ix_job_class", "job", ["state", *turn], ready)
    _partial_index("ix_job_present", "job", ["state", "present_on", *turn], f"{ready} AND {present}")
    _partial_index("ix_job_lane", "job", ["state", "lane", *turn], f"{ready} AND {lane}")
    _partial_index(
        "ix_job_lane_present", "job", ["state", "lane", "present_on", *turn], f"{ready} AND {lane} AND {present}"
    )
    op.create_table(
        "order_rules",
        sa.Column("id", sa.Integer(), autoincrement=False, server_default="1", nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("starts", LONG, nullable=False),
        sa.Column("used", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order_rules"),
        sa.CheckConstraint("id = 1", name="ck_order_rules_only"),
        sqlite_strict=True,
    )


# --- the log: what was a chain becomes the leaves of a tree ---------------------------------------------------------


def _merkle() -> None:
    op.create_table(
        "log_subject",
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_log_subject"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_opening",
        sa.Column("id", sa.Integer(), autoincrement=False, server_default="1", nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_log_opening_only"),
        sa.PrimaryKeyConstraint("id", name="pk_log_opening"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", LONG, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_log_tile"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", LONG, autoincrement=False, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_log_checkpoint"),
        sqlite_strict=True,
    )
    _set_the_chain_aside()
    _leaves()
    op.drop_table("chain")


def _set_the_chain_aside() -> None:
    op.drop_index("ix_log_record_id_sequence", "log")
    op.rename_table("log", "chain")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE chain RENAME CONSTRAINT pk_log TO pk_chain")
    op.create_table(
        "log",
        sa.Column("sequence", LONG, autoincrement=False, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("record_id", RECORD_ID),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("subject", sa.LargeBinary()),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_log"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    condition = sa.text("record_id IS NOT NULL")
    op.create_index(
        "ix_log_record_id_sequence",
        "log",
        ["record_id", "sequence"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _leaves() -> None:
    # Every entry as it is; that the chain was whole, or where it was not, stands in the first leaf.
    connection = op.get_bind()
    told: dict[str, Any] = op.get_context().config.attributes  # type: ignore[union-attr]
    seal = told["seal"]
    subjects: dict[str, bytes] = {}
    entries, last, broken = 0, GENESIS, None
    for rows in _pages(connection):
        fresh, leaves = [], []
        for row in rows:
            details = canonical(json.loads(row.details))
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row.at)
            expected = chained(
                sequence=row.sequence,
                at=at,
                actor=row.actor,
                event=row.event,
                record_id=row.record_id,
                details=details,
                previous=last,
            )
            entries += 1
            if broken is None and (row.sequence, row.previous, row.hash) != (entries, last, expected):
                broken = row.sequence
            last = row.hash
            if row.record_id is not None and row.record_id not in subjects:
                salt = secrets.token_bytes(PERSONS_SALT_BYTES)
                subjects[row.record_id] = subject_of(salt, row.record_id)
                fresh.append(
                    {
                        "record_id": row.record_id,
                        "subject": subjects[row.record_id],
                        "salt": seal.seal_salt(row.record_id, salt),
                    }
                )
            leaves.append(_leaf(row, at, details, subjects.get(row.record_id)))
        if fresh:
            connection.execute(_SUBJECT, fresh)
        connection.execute(_LOG, leaves)
    chain = Chain(entries=entries, hash=last, broken=broken) if entries else None
    first = opening(at=told["at"], office=told["office"], identity=secrets.token_bytes(IDENTITY_BYTES), chain=chain)
    connection.execute(sa.text("INSERT INTO log_opening (id, leaf) VALUES (1, :leaf)"), {"leaf": first})


_SUBJECT = sa.text("INSERT INTO log_subject (record_id, subject, salt) VALUES (:record_id, :subject, :salt)")
_LOG = sa.text(
    "INSERT INTO log (sequence, at, actor, event, record_id, details, salt, subject, commitment, hash)"
    " VALUES (:sequence, :at, :actor, :event, :record_id, :details, :salt, :subject, :commitment, :hash)"
)
_PAGE = sa.text("SELECT * FROM chain WHERE sequence > :after ORDER BY sequence LIMIT :most")


def _pages(connection: sa.Connection) -> Iterator[list[Any]]:
    after = -1
    while rows := list(connection.execute(_PAGE, {"after": after, "most": ROWS})):
        yield rows
        after = rows[-1].sequence


def _leaf(row: Any, at: datetime, details: str, subject: bytes | None) -> dict[str, object]:
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = commitment_to(salt, row.actor, details)
    shown = public(json.loads(details))
    content = leaf(sequence=row.sequence, at=at, event=row.event, public=shown, subject=subject, commitment=commitment)
    return {
        "sequence": row.sequence,
        "at": row.at,
        "actor": row.actor,
        "event": row.event,
        "record_id": row.record_id,
        "details": details,
        "salt": salt,
        "subject": subject,
        "commitment": commitment,
        "hash": leaf_hash(content).hex(),
    }
