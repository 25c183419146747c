"""The order as offices are told to keep it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits."""


def upgrade() -> None:
    """Each in a function of its own; a new column may be empty, so that no table is written anew."""
    _order()


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
    _partial_index("ix_job_present", "job", ["present_on", *turn], f"{ready} AND {present}")
    _partial_index("ix_job_lane", "job", ["lane", *turn], f"{ready} AND {lane}")
    _partial_index("ix_job_lane_present", "job", ["lane", "present_on", *turn], f"{ready} AND {lane} AND {present}")
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
