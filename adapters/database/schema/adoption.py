"""PostgreSQL, until revision 0002: all offices had their rows in the same tables, told apart by a code in every key.

Each is brought into a schema of its own when it migrates; the others stay as they are, and go on, until they do. The
tables that they shared go with the last one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from adapters.database.schema.tables import metadata
from daemon.domain.errors import Fatal

_WHERE = text(
    "SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " JOIN pg_attribute ON attrelid = pg_class.oid WHERE relname = 'job' AND relkind = 'r' AND attname = 'office_code'"
    r" AND nspname NOT LIKE 'giliran\_%' AND has_schema_privilege(pg_namespace.oid, 'USAGE') ORDER BY nspname"
)
_TABLES = text(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST(:schema AS regnamespace) ORDER BY relname"
)
_COLUMNS = text(
    "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
    " AND NOT attisdropped ORDER BY attnum"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTables:
    """Those that an office's rows are in, beside others'."""

    schema: str
    """Quoted; `public` as a rule."""
    revision: str


def shared_tables(connection: Connection) -> dict[str, SharedTables]:
    """By the code of each office that has its rows in such; all others have a schema of their own, or a file."""
    return {code: shared for shared in _everywhere(connection) for code in _codes(connection, shared.schema)}


def adopt(
    connection: Connection, shared: SharedTables, office_code: str, place: str, upgrade: Callable[[str], None]
) -> None:
    """Bring an office's rows into the schema that this connection looks at. Fatal for tables that are not ours.

    `upgrade`: makes the tables there, as they were at a revision.
    """
    upgrade(shared.revision)
    there = set(connection.execute(_TABLES, {"schema": shared.schema}).scalars()) - {"alembic_version"}
    names = [table.name for table in metadata.sorted_tables if table.name in there]
    if there - set(names):
        raise Fatal(
            f"database {place}: beside Giliran's tables {shared.schema} has {', '.join(sorted(there - set(names)))};"
            " move what is not Giliran's elsewhere: nobody can tell which of it is this office's"
        )
    ours = {"code": office_code}
    for name in names:
        columns = ", ".join(connection.execute(_COLUMNS, {"table": f"{shared.schema}.{name}"}).scalars())
        source = f"SELECT {columns} FROM {shared.schema}.{name} WHERE office_code = :code"  # noqa: S608  names of ours
        connection.execute(text(f"INSERT INTO {name} ({columns}) {source}"), ours)
    for name in reversed(names):
        connection.execute(text(f"DELETE FROM {shared.schema}.{name} WHERE office_code = :code"), ours)  # noqa: S608
    if not _codes(connection, shared.schema):
        for name in [*reversed(names), "alembic_version"]:
            connection.execute(text(f"DROP TABLE {shared.schema}.{name}"))


def _everywhere(connection: Connection) -> Iterator[SharedTables]:
    if connection.dialect.name == "postgresql":
        for schema in connection.execute(_WHERE).scalars().all():
            at = text(f"SELECT version_num FROM {schema}.alembic_version")  # noqa: S608  a name, quoted
            yield SharedTables(schema=schema, revision=connection.execute(at).scalar_one())


def _codes(connection: Connection, schema: str) -> list[str]:
    return list(connection.execute(text(f"SELECT office_code FROM {schema}.office ORDER BY 1")).scalars())  # noqa: S608
