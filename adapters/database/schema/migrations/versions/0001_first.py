"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits; times are microseconds since the epoch, UTC."""


def upgrade() -> None:
    """All tables; schema.py opens the first office in them."""
    _jobs()
    _blanks()
    _centre()
    _rest()


def _table(name: str, *items: sa.schema.SchemaItem, key: tuple[str, ...] = (), clustered: bool = False) -> None:
    """`key`: what tells its rows apart within an office."""
    code = sa.Column("office_code", sa.Text(), nullable=False)
    primary = sa.PrimaryKeyConstraint("office_code", *key, name=f"pk_{name}")
    op.create_table(name, code, *items, primary, sqlite_strict=True, sqlite_with_rowid=not clustered)


def _refers(table: str, columns: tuple[str, ...], to: str, there: tuple[str, ...] = ()) -> sa.ForeignKeyConstraint:
    mine, its = ("office_code", *columns), ("office_code", *(there or columns))
    name = f"fk_{table}_{'_'.join(mine)}"
    return sa.ForeignKeyConstraint(mine, [f"{to}.{column}" for column in its], name=name)


def _index(name: str, table: str, columns: list[str]) -> None:
    op.create_index(name, table, ["office_code", *columns])


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition, columns = sa.text(where), ["office_code", *columns]
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _jobs() -> None:
    # Who is to get a card, and the attempts at it.
    _table(
        "job",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("since", LONG, nullable=False),
        sa.Column("recorded_at", LONG, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("printer", sa.Text()),
        sa.Column("central_status", sa.Text()),
        sa.Column("request_class", sa.Text()),
        sa.Column("district", sa.Text()),
        sa.Column("village", sa.Text()),
        sa.Column("nik_ending", sa.Text()),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("set_back_at", LONG),
        sa.Column("updated_at", LONG),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'printing', 'unconfirmed', 'printed', 'handed_over', 'held', 'cancelled')",
            name="ck_job_state",
        ),
        sa.CheckConstraint("attempt >= 0", name="ck_job_attempt"),
        key=("record_id",),
    )
    _partial_index("ix_job_set_back_at", "job", ["set_back_at"], "set_back_at IS NOT NULL")
    _partial_index("ix_job_faulty", "job", ["recorded_at", "record_id"], "substr(reason, 1, 4) = 'bad_'")
    _index("ix_job_turn", "job", ["state", "recorded_at", "record_id"])
    _table(
        "person",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=False),
        _refers("person", ("record_id",), "job"),
        key=("record_id",),
    )
    _index("ix_person_nik_digest", "person", ["nik_digest"])
    _table(
        "attempt",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("journal", sa.Text()),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("spool_number", LONG),
        sa.Column("spool_uuid", sa.Text()),
        sa.Column("started_at", LONG, nullable=False),
        sa.Column("start_sequence", LONG, nullable=False),
        sa.Column("ended_at", LONG),
        sa.Column("verdict", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("phase IN ('intended', 'submitted')", name="ck_attempt_phase"),
        _refers("attempt", ("record_id",), "job"),
        key=(
            "record_id",
            "attempt",
        ),
    )
    _index("ix_attempt_start_sequence", "attempt", ["start_sequence"])
    _partial_index("uq_attempt_open", "attempt", ["record_id"], "ended_at IS NULL", unique=True)
    _table(
        "document",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", LONG, nullable=False),
        _refers("document", ("record_id",), "job"),
        key=("record_id",),
    )
    _table(
        "job_count",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("n", LONG, nullable=False),
        sa.CheckConstraint("n >= 0", name="ck_job_count_n"),
        key=("state",),
    )


def _blanks() -> None:
    # The ledger.
    _table(
        "paper",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        key=("number",),
    )
    _table(
        "ledger_entry",
        sa.Column("id", LONG, autoincrement=False, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text()),
        sa.Column("attempt", sa.Integer()),
        sa.Column("batch", sa.Text()),
        sa.Column("document", sa.Text()),
        sa.Column("office", sa.Text()),
        sa.Column("witnesses", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("happened_on", sa.Text()),
        sa.CheckConstraint("debit <> credit", name="ck_ledger_entry_accounts"),
        sa.CheckConstraint("quantity > 0", name="ck_ledger_entry_quantity"),
        _refers("ledger_entry", ("record_id",), "job"),
        _refers("ledger_entry", ("document",), "paper", ("number",)),
        key=("id",),
        clustered=True,
    )
    _partial_index(
        "ix_ledger_entry_used", "ledger_entry", ["at"], "credit = 'in_process' AND debit IN ('issued', 'spoiled')"
    )
    _partial_index("ix_ledger_entry_batch", "ledger_entry", ["batch"], "batch IS NOT NULL")
    _partial_index("ix_ledger_entry_office", "ledger_entry", ["office"], "office IS NOT NULL")
    _table(
        "balance",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("quantity", LONG, nullable=False),
        sa.CheckConstraint("quantity >= 0 OR account IN ('centre', 'variance')", name="ck_balance_not_below_zero"),
        key=("account",),
    )


def _centre() -> None:
    # The line, what comes over it and what goes back.
    _table(
        "link",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", LONG, nullable=False),
        sa.Column("cause", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("failing_since", LONG),
    )
    _table(
        "outage",
        sa.Column("id", LONG, autoincrement=False, nullable=False),
        sa.Column("started_at", LONG, nullable=False),
        sa.Column("ended_at", LONG),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        key=("id",),
    )
    _table(
        "cursor",
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("records", LONG, nullable=False),
        sa.Column("at", LONG, nullable=False),
    )
    _table(
        "issuance",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("printed_at", LONG, nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("card_serial", sa.Text()),
        sa.Column("serial_trouble", sa.Text()),
        sa.Column("batch_key", sa.Text()),
        sa.Column("acknowledged_at", LONG),
        sa.Column("rejected", sa.Text()),
        _refers("issuance", ("record_id", "attempt"), "attempt"),
        key=(
            "record_id",
            "attempt",
        ),
    )
    _partial_index(
        "ix_issuance_due", "issuance", ["printed_at", "record_id"], "acknowledged_at IS NULL AND rejected IS NULL"
    )
    _index("ix_issuance_printed_at", "issuance", ["printed_at"])
    _partial_index("ix_issuance_rejected", "issuance", ["printed_at"], "rejected IS NOT NULL")
    _partial_index("ix_issuance_card_serial", "issuance", ["card_serial"], "card_serial IS NOT NULL")
    _partial_index("ix_issuance_serial_trouble", "issuance", ["printed_at"], "serial_trouble IS NOT NULL")
    _table(
        "blank_serial",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        key=("serial",),
    )
    _index("ix_blank_serial_batch", "blank_serial", ["batch"])


def _rest() -> None:
    # The log, the printers, and the offices.
    _table(
        "log",
        sa.Column("sequence", LONG, autoincrement=False, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text()),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        key=("sequence",),
        clustered=True,
    )
    _partial_index("ix_log_record_id_sequence", "log", ["record_id", "sequence"], "record_id IS NOT NULL")
    _table(
        "printer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text()),
        sa.Column("journal", sa.Text()),
        sa.Column("state", sa.Text()),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("paused", sa.Integer(), nullable=False),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("consumables", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("renewed", sa.Text(), nullable=False, server_default="{}"),
        key=("name",),
    )
    _table(
        "office",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
    )
