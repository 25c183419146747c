"""What a job waits for is a word of its own; and no key has an office's code: a file is one office's, or a schema."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

CLUSTERED = ("attempt", "balance", "issuance", "job_count", "ledger_entry", "log")
"""Of SQLite: their rows are looked up by key alone, and lie in its order."""
ONE_ROW = ("cursor", "link")
"""The code was their whole key."""


def upgrade() -> None:
    """What `ends_by` and `set_back_at` said of some jobs, `waits_for` says of all that wait. Then the code goes."""
    _waits_for()
    _retries()
    _no_code()


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


def _no_code() -> None:
    # The tables as they are, without it. Only `office` still says whose they are.
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def _without_code(definition: str) -> str:
    """Of a table, a constraint or an index."""
    return re.sub(r"office_code(, |_)", "", definition)


# --- SQLite: a key cannot be changed, so each table is written anew ------------------------------------------------


def _sqlite() -> None:
    names = _by_reference()
    definitions = _definitions("table")
    indexes = _definitions("index")
    for name in indexes:
        op.execute(f"DROP INDEX {name}")
    for name in names:
        op.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    for name in names:
        op.execute(_table(name, definitions[name]))
        columns = ", ".join(column["name"] for column in sa.inspect(op.get_bind()).get_columns(name))
        columns = columns.removeprefix("id, ") if name in ONE_ROW else columns
        op.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM old_{name}")  # noqa: S608  names of ours
    for name in reversed(names):
        op.execute(f"DROP TABLE old_{name}")
    for definition in indexes.values():
        op.execute(_without_code(definition))


def _by_reference() -> list[str]:
    """All but `office`; each after those that it refers to."""
    tables = sa.MetaData()
    tables.reflect(op.get_bind())
    return [table.name for table in tables.sorted_tables if table.name not in ("alembic_version", "office")]


def _definitions(kind: str) -> dict[str, str]:
    master = sa.text("SELECT name, sql FROM sqlite_master WHERE type = :kind AND sql IS NOT NULL ORDER BY name")
    return {row.name: row.sql for row in op.get_bind().execute(master, {"kind": kind})}


def _table(name: str, definition: str) -> str:
    if name in ONE_ROW:
        definition = definition.replace("office_code TEXT NOT NULL", "id INTEGER DEFAULT '1' NOT NULL")
        key = f"CONSTRAINT pk_{name} PRIMARY KEY"
        definition = definition.replace(f"{key} (office_code)", f"CONSTRAINT ck_{name}_only CHECK (id = 1), {key} (id)")
    definition = re.sub(r"office_code TEXT NOT NULL,\s*", "", definition)
    rows = re.sub(r"\s*(WITHOUT ROWID,\s*)?STRICT\s*$", "", definition)
    return _without_code(rows) + (" WITHOUT ROWID, STRICT" if name in CLUSTERED else " STRICT")


# --- PostgreSQL: with the column goes what it is in, which is made again without it --------------------------------


def _postgresql() -> None:
    connection = op.get_bind()
    names = [name for name in sa.inspect(connection).get_table_names() if name not in ("alembic_version", "office")]
    constraints = connection.execute(
        sa.text(
            "SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint"
            " JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace ON pg_namespace.oid = connamespace"
            " WHERE nspname = current_schema() AND contype IN ('p', 'f')"
            " AND relname NOT IN ('alembic_version', 'office') ORDER BY contype DESC, conname"
        )
    ).all()
    indexes = connection.execute(
        sa.text(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE nspname = current_schema() AND NOT indisprimary ORDER BY relname"
        )
    ).scalars()
    again = [_without_code(definition) for definition in indexes]
    for name in names:
        op.execute(f"ALTER TABLE {name} DROP COLUMN office_code CASCADE")
    for name in ONE_ROW:
        op.execute(
            f"ALTER TABLE {name} ADD COLUMN id integer DEFAULT 1 NOT NULL CONSTRAINT ck_{name}_only CHECK (id = 1)"
        )
        op.execute(f"ALTER TABLE {name} ADD CONSTRAINT pk_{name} PRIMARY KEY (id)")
    for table, name, definition in constraints:
        if table not in ONE_ROW:
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {_without_code(name)} {_without_code(definition)}")
    for definition in again:
        op.execute(definition)
