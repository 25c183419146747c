"""What life in offices showed to be missing."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits; times are microseconds since the epoch, UTC."""


def upgrade() -> None:
    """Each in a function of its own; a new column has a default or may be empty, so that no table is written anew."""
    _reversals()


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition, columns = sa.text(where), ["office_code", *columns]
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _reversals() -> None:
    # A wrong booking is reversed, once; then its paper's number is free again.
    op.add_column("ledger_entry", sa.Column("reverses", LONG))
    _partial_index("uq_ledger_entry_reverses", "ledger_entry", ["reverses"], "reverses IS NOT NULL", unique=True)
    _partial_index("ix_ledger_entry_document", "ledger_entry", ["document"], "document IS NOT NULL")
    op.add_column("paper", sa.Column("freed_at", LONG))
