"""What a job waits for is a word of its own; until now what its reason began with decided."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """What `ends_by` and `set_back_at` said of some jobs, `waits_for` says of all that wait."""
    _waits_for()
    _retries()


def _waits_for() -> None:
    # `person` of one that waits and `centre` of one that is cancelled mean the same as before.
    op.execute("ALTER TABLE job RENAME COLUMN ends_by TO waits_for")
    # The centre's own status may read like a reason of ours: then it is the status that it waits by.
    ours = "(central_status IS NULL OR reason <> central_status)"
    op.execute(
        "UPDATE job SET waits_for = CASE"  # noqa: S608  no value of others
        " WHEN fault IS NOT NULL THEN 'unusable'"
        f" WHEN set_back_at IS NOT NULL AND {ours} THEN 'retry'"
        f" WHEN reason = 'absent_at_centre' AND {ours} THEN 'absent'"
        " ELSE 'centre' END"
        " WHERE state = 'waiting' AND waits_for IS NULL"
    )


def _retries() -> None:
    # It was set back when its state began.
    op.drop_index("ix_job_set_back_at", "job")
    op.drop_column("job", "set_back_at")
    condition = sa.text("waits_for = 'retry'")
    op.create_index(
        "ix_job_awaits_retry",
        "job",
        ["office_code", "since"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
