"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits; times are microseconds since the epoch, UTC."""

STATES = ("waiting", "ready", "printing", "unconfirmed", "printed", "handed_over", "held", "cancelled")
ACCOUNTS = ("centre", "store", "in_process", "issued", "spoiled", "destroyed", "transferred", "variance")


def upgrade() -> None:
    """All tables, with every count and balance at zero."""
    _jobs()
    _blanks()
    _centre()
    _rest()
    counts = sa.table("job_count", sa.column("state"), sa.column("n"))
    op.bulk_insert(counts, [{"state": state, "n": 0} for state in STATES])
    balances = sa.table("balance", sa.column("account"), sa.column("quantity"))
    op.bulk_insert(balances, [{"account": account, "quantity": 0} for account in ACCOUNTS])


def _table(name: str, *items: sa.schema.SchemaItem) -> None:
    op.create_table(name, *items, sqlite_strict=True)


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
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
        sa.PrimaryKeyConstraint("record_id", name="pk_job"),
    )
    _partial_index("ix_job_set_back_at", "job", ["set_back_at"], "set_back_at IS NOT NULL")
    _partial_index("ix_job_faulty", "job", ["recorded_at", "record_id"], "substr(reason, 1, 4) = 'bad_'")
    op.create_index("ix_job_turn", "job", ["state", "recorded_at", "record_id"])
    _table(
        "person",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("nik_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["job.record_id"], name="fk_person_record_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_person"),
    )
    op.create_index("ix_person_nik_digest", "person", ["nik_digest"])
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
        sa.CheckConstraint("phase IN ('intended', 'submitted', 'released')", name="ck_attempt_phase"),
        sa.ForeignKeyConstraint(["record_id"], ["job.record_id"], name="fk_attempt_record_id"),
        sa.PrimaryKeyConstraint("record_id", "attempt", name="pk_attempt"),
    )
    op.create_index("ix_attempt_start_sequence", "attempt", ["start_sequence"])
    _partial_index("uq_attempt_open", "attempt", ["record_id"], "ended_at IS NULL", unique=True)
    _table(
        "document",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", LONG, nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["job.record_id"], name="fk_document_record_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_document"),
    )
    _table(
        "job_count",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("n", LONG, nullable=False),
        sa.CheckConstraint("n >= 0", name="ck_job_count_n"),
        sa.PrimaryKeyConstraint("state", name="pk_job_count"),
    )


def _blanks() -> None:
    # The ledger.
    _table(
        "paper",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_paper"),
    )
    _table(
        "ledger_entry",
        sa.Column("id", LONG, autoincrement=True, nullable=False),
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
        sa.ForeignKeyConstraint(["record_id"], ["job.record_id"], name="fk_ledger_entry_record_id"),
        sa.ForeignKeyConstraint(["document"], ["paper.number"], name="fk_ledger_entry_document"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entry"),
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
        sa.PrimaryKeyConstraint("account", name="pk_balance"),
    )


def _centre() -> None:
    # The line, what comes over it and what goes back.
    _table(
        "link",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", LONG, nullable=False),
        sa.Column("cause", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("failing_since", LONG),
        sa.CheckConstraint("id = 1", name="ck_link_single"),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
    )
    _table(
        "outage",
        sa.Column("id", LONG, autoincrement=True, nullable=False),
        sa.Column("started_at", LONG, nullable=False),
        sa.Column("ended_at", LONG),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_outage"),
    )
    _table(
        "cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("records", LONG, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_cursor_single"),
        sa.PrimaryKeyConstraint("id", name="pk_cursor"),
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
        sa.ForeignKeyConstraint(
            ["record_id", "attempt"], ["attempt.record_id", "attempt.attempt"], name="fk_issuance_record_id_attempt"
        ),
        sa.PrimaryKeyConstraint("record_id", "attempt", name="pk_issuance"),
    )
    _partial_index(
        "ix_issuance_due", "issuance", ["printed_at", "record_id"], "acknowledged_at IS NULL AND rejected IS NULL"
    )
    op.create_index("ix_issuance_printed_at", "issuance", ["printed_at"])
    _partial_index("ix_issuance_rejected", "issuance", ["printed_at"], "rejected IS NOT NULL")
    _partial_index("ix_issuance_card_serial", "issuance", ["card_serial"], "card_serial IS NOT NULL")
    _partial_index("ix_issuance_serial_trouble", "issuance", ["printed_at"], "serial_trouble IS NOT NULL")
    _table(
        "blank_serial",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_blank_serial"),
    )
    op.create_index("ix_blank_serial_batch", "blank_serial", ["batch"])


def _rest() -> None:
    # The log, the printers, and the key's fingerprint.
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
        sa.PrimaryKeyConstraint("sequence", name="pk_log"),
    )
    _partial_index("ix_log_record_id_sequence", "log", ["record_id", "sequence"], "record_id IS NOT NULL")
    _table(
        "printer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text()),
        sa.Column("journal", sa.Text()),
        sa.Column("state", sa.Text()),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text()),
        sa.Column("since", LONG),
        sa.Column("paused", sa.Integer(), nullable=False),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("consumables", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("renewed", sa.Text(), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("name", name="pk_printer"),
    )
    _table(
        "sealing",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_sealing_single"),
        sa.PrimaryKeyConstraint("id", name="pk_sealing"),
    )
