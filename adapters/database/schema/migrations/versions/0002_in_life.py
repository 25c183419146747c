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
    _daemon_runs()
    _recording_times()
    _guarded_printers()
    _doubts()
    _pause_reason()
    _job_ends_by()
    _job_fault()
    _classes_in_one_spelling()
    _damage()
    _rounds()
    _imports_by_number()
    _office_behind()
    _ids_by_their_bytes()


def _table(name: str, *items: sa.schema.SchemaItem, key: tuple[str, ...] = ()) -> None:
    """`key`: what tells its rows apart within an office."""
    code = sa.Column("office_code", sa.Text(), nullable=False)
    primary = sa.PrimaryKeyConstraint("office_code", *key, name=f"pk_{name}")
    op.create_table(name, code, *items, primary, sqlite_strict=True, sqlite_with_rowid=True)


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition, columns = sa.text(where), ["office_code", *columns]
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _daemon_runs() -> None:
    # Each run of a daemon: its start, its heartbeat, its end.
    op.create_table(
        "daemon_run",
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("id", LONG, autoincrement=False, nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", LONG, nullable=False),
        sa.Column("beat_at", LONG, nullable=False),
        sa.Column("ended_at", LONG),
        sa.Column("ending", sa.Text()),
        sa.Column("loops", sa.Text(), nullable=False),
        sa.Column("troubles", sa.Text(), nullable=False),
        sa.Column("reloads", sa.Integer(), nullable=False),
        sa.Column("reload_error", sa.Text()),
        sa.PrimaryKeyConstraint("office_code", "id", name="pk_daemon_run"),
        sqlite_strict=True,
    )


def _reversals() -> None:
    # A wrong booking is reversed, once; then its paper's number is free again.
    op.add_column("ledger_entry", sa.Column("reverses", LONG))
    _partial_index("uq_ledger_entry_reverses", "ledger_entry", ["reverses"], "reverses IS NOT NULL", unique=True)
    _partial_index("ix_ledger_entry_document", "ledger_entry", ["document"], "document IS NOT NULL")
    op.add_column("paper", sa.Column("freed_at", LONG))


def _recording_times() -> None:
    # When the office and the centre say that somebody was recorded, apart. Until now one of them was kept: the centre's
    # where the centre was the first to speak, or changed it later; the log knows.
    op.add_column("job", sa.Column("office_recorded_at", LONG))
    op.add_column("job", sa.Column("office_document", sa.Text()))
    op.add_column("job", sa.Column("centre_recorded_at", LONG))
    op.execute(
        "UPDATE job SET centre_recorded_at = recorded_at WHERE EXISTS (SELECT 1 FROM log"
        " WHERE log.office_code = job.office_code AND log.record_id = job.record_id AND (log.event = "
        "'recorded_at_changed' OR (log.event = 'recorded' AND log.actor = 'centre')))"
    )
    op.execute("UPDATE job SET office_recorded_at = recorded_at WHERE centre_recorded_at IS NULL")
    _partial_index(
        "ix_job_moved_ahead",
        "job",
        ["office_document"],
        "office_document IS NOT NULL AND office_recorded_at < centre_recorded_at",
    )


def _job_ends_by() -> None:
    # What ends a job's waiting, where it is not the centre's next word; and who may undo a withdrawal.
    op.add_column("job", sa.Column("ends_by", sa.Text()))
    op.execute("UPDATE job SET ends_by = 'centre' WHERE state = 'cancelled' AND reason = 'withdrawn_at_centre'")
    _partial_index("ix_job_awaits_person", "job", ["recorded_at", "record_id"], "ends_by = 'person'")


def _job_fault() -> None:
    # That the centre sent what cannot be used was read off the reason, which may also be the centre's own word.
    op.add_column("job", sa.Column("fault", sa.Text()))
    for fault in ("bad_record", "bad_card"):
        mark = sa.text(
            "UPDATE job SET fault = :fault WHERE state = 'waiting' AND substr(reason, 1, :length) = :prefix"
            " AND (central_status IS NULL OR reason <> central_status)"
        )
        op.execute(mark.bindparams(fault=fault, prefix=f"{fault}: ", length=len(fault) + 2))
    op.drop_index("ix_job_faulty", "job")
    _partial_index("ix_job_fault", "job", ["state", "recorded_at", "record_id"], "fault IS NOT NULL")


def _classes_in_one_spelling() -> None:
    # The centre's were kept as it wrote them, and FIRST_TIME was no first_time.
    plain = "replace(replace(lower(trim(request_class)), ' ', '_'), '-', '_')"
    op.execute(f"UPDATE job SET request_class = {plain} WHERE request_class <> {plain}")  # noqa: S608  no value of others


def _rounds() -> None:
    # Since when the centre's changes go round in a circle.
    op.add_column("cursor", sa.Column("round_since", LONG))


def _damage() -> None:
    # Sealed rows that did not open any more.
    _table(
        "damage",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("found_at", LONG, nullable=False),
        sa.Column("mended_at", LONG),
        sa.ForeignKeyConstraint(
            ["office_code", "record_id"], ["job.office_code", "job.record_id"], name="fk_damage_office_code_record_id"
        ),
        key=("record_id", "kept"),
    )


def _imports_by_number() -> None:
    # An import can be taken back, as far as nothing has come of it.
    _table(
        "registration_import",
        sa.Column("number", LONG, autoincrement=False, nullable=False),
        sa.Column("at", LONG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("undone_at", LONG),
        sa.Column("undone_by", sa.Text()),
        key=("number",),
    )
    op.add_column("job", sa.Column("import_number", LONG))
    _partial_index("ix_job_import_number", "job", ["import_number", "record_id"], "import_number IS NOT NULL")
    # And whom its paper moved ahead has the time back that there was before.
    op.add_column("job", sa.Column("paper_import", LONG))
    op.add_column("job", sa.Column("office_recorded_at_before", LONG))
    op.add_column("job", sa.Column("attempt_before", sa.Integer()))
    _partial_index("ix_job_paper_import", "job", ["paper_import", "record_id"], "paper_import IS NOT NULL")


def _ids_by_their_bytes() -> None:
    # The order's last word is the record id. PostgreSQL sorts by the database's language unless it is told not to, and
    # so otherwise than the code and SQLite do: capitals after small letters, signs not at all.
    if op.get_bind().dialect.name == "postgresql":
        for table in ("job", "person", "attempt", "damage", "document", "ledger_entry", "log", "issuance"):
            op.execute(f'ALTER TABLE {table} ALTER COLUMN record_id TYPE text COLLATE "C"')


def _guarded_printers() -> None:
    # A queue that had a guard prints nothing without one, nor through another driver than it had then.
    op.add_column("printer", sa.Column("guarded_driver", sa.Text()))


def _doubts() -> None:
    # Cards in a row of which nobody can tell; a printer waits for a person after two, also over a restart.
    op.add_column("printer", sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))


def _pause_reason() -> None:
    # Why a person paused it, in that person's words.
    op.add_column("printer", sa.Column("pause_reason", sa.Text()))


def _office_behind() -> None:
    # That this database is behind what outlives it: why, since when, and whether the guard's journal was lost, too.
    op.add_column("office", sa.Column("behind_why", sa.Text()))
    op.add_column("office", sa.Column("behind_since", LONG))
    op.add_column("office", sa.Column("behind_journal_lost", sa.Integer()))
