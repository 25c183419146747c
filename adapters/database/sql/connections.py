"""Connections to a database, and how a transaction begins on them."""

import logging
import sqlite3
import threading
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from adapters.database.sql.address import is_postgresql, parse, sqlite_file

Begin = Callable[[Any, str], Any]
"""Begins a transaction on the driver's connection; the first row that this query gives in it, or None."""

_BUSY_MILLISECONDS = 10_000
_TRY_AGAIN_MILLISECONDS = 2
_IDLE_MILLISECONDS = 60_000
_CONNECT_SECONDS = 5
_MOST_READERS = 16

_WRITERS = 1204
"""The class of the advisory locks of those who write, one for each office, in PostgreSQL."""


def writers_engine(url: str, office: str) -> tuple[Engine, Begin]:
    """An engine of one connection, whose transactions are begun by what comes with it and ended on the driver.

    Each takes the write lock at its start, so that it can never be half-way refused. In PostgreSQL that lock is an
    advisory one, the office's own, so that its order, its log's chain and its balances have one writer at a time on all
    machines together; whoever has it sees all that was committed before.
    """
    if is_postgresql(url):
        # A plan is made once, while tables may still be empty, and then kept: what scans them whole would scan a
        # year's log for every card. All statements of a card are look-ups in an index (test_postgresql_plans.py).
        pool = {"pool_size": 1, "max_overflow": 0}
        engine = _postgresql(url, office, begin=None, pool=pool, settings={"enable_seqscan": "off"})
        return engine, partial(_begin_locked, f"SELECT pg_advisory_xact_lock({_WRITERS}, {number(office)})")
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=0", "secure_delete=FAST")  # _begin_immediate waits
    return _sqlite(url, begin=None, pragmas=pragmas, most=1), _begin_immediate


def writing_engine(url: str, office: str) -> Engine:
    """The same, for whoever lets SQLAlchemy begin and end its transactions (the schema, a move to another database)."""
    engine, begin = writers_engine(url, office)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        begin(connection.connection.driver_connection, "SELECT 1")

    return engine


def reading_engine(url: str, office: str | None) -> Engine:
    """An engine that cannot write; each of its transactions is one snapshot. `office`: None to look at several."""
    if is_postgresql(url):
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        pool = {"pool_size": _MOST_READERS, "max_overflow": 0, "pool_pre_ping": True}
        return _postgresql(url, office, begin=begin, pool=pool, settings={"plan_cache_mode": "force_custom_plan"})
    return _sqlite(url, begin="BEGIN", pragmas=("query_only=ON",), most=_MOST_READERS)


def schema_of(office: str) -> str:
    """PostgreSQL: what an office has its tables in, quoted. A code has no quotes (daemon/settings/values.py)."""
    return f'"giliran_{office}"'


def look_at(connection: Connection, schema: str) -> None:
    """PostgreSQL: until the end of this transaction, names mean what they do in this schema (quoted)."""
    connection.execute(text("SELECT set_config('search_path', :schema, true)"), {"schema": schema})


def number(name: str) -> int:
    """For an advisory lock. Two names with the same one exclude each other, which costs time and does no harm."""
    return zlib.crc32(name.encode()) >> 1


def session_engine(url: str, office: str) -> Engine:
    """PostgreSQL: an engine whose connections hold what belongs to a session, and are not kept after their use."""
    return _postgresql(url, office, begin=None, pool={"poolclass": NullPool})


def _postgresql(
    url: str, office: str | None, *, begin: str | None, pool: dict[str, Any], settings: Mapping[str, str] | None = None
) -> Engine:
    """`begin`: how its transactions start; None: each statement is one of its own. `settings`: more of the server's."""
    # It says on stderr that a connection broke, with user and database; we hear that by its error.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    of_session = {
        **(settings or {}),
        **({} if office is None else {"search_path": schema_of(office)}),
        # Every statement of ours takes less than compiling one.
        "jit": "off",
        # A daemon that is stopped in mid-change must not keep the others from writing.
        "idle_in_transaction_session_timeout": _IDLE_MILLISECONDS,
        "lock_timeout": _BUSY_MILLISECONDS,
        # A machine that is gone is noticed by the server too, within 15 seconds: then another daemon may lead.
        "tcp_keepalives_idle": _CONNECT_SECONDS,
        "tcp_keepalives_interval": _CONNECT_SECONDS,
        "tcp_keepalives_count": 2,
    }
    engine = create_engine(
        parse(url),
        **pool,
        hide_parameters=True,
        connect_args={
            # The driver's own idea of when a transaction begins is switched off; ours is below.
            "autocommit": True,
            "application_name": "giliran",
            "connect_timeout": _CONNECT_SECONDS,
            "options": " ".join(f"-c {name}={value}" for name, value in of_session.items()),
            # A machine that is gone is noticed, not waited for.
            "keepalives_idle": _CONNECT_SECONDS,
            "keepalives_interval": _CONNECT_SECONDS,
            "keepalives_count": 2,
            "tcp_user_timeout": _BUSY_MILLISECONDS,
        },
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # What was committed is never lost, whatever the server's default is.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )

    if begin is not None:

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine


def _sqlite(url: str, *, begin: str | None, pragmas: tuple[str, ...], most: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(sqlite_file(url))),
        pool_size=most,
        max_overflow=0,
        # Parameters are people: they stay out of error messages.
        hide_parameters=True,
        connect_args={"timeout": _BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # Python's own idea of when a transaction begins is switched off; ours is below.
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    if begin is not None:

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine


def _begin_immediate(driver: sqlite3.Connection, query: str) -> Any:
    """Tried again every two milliseconds while another process writes: SQLite's own waiting grows to a tenth of a
    second, in which somebody who writes again and again never leaves it a gap."""
    for _ in range(_BUSY_MILLISECONDS // _TRY_AGAIN_MILLISECONDS):
        try:
            driver.execute("BEGIN IMMEDIATE").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY":
                raise
            threading.Event().wait(_TRY_AGAIN_MILLISECONDS / 1000)
        else:
            return _first(driver.execute(query))
    driver.execute("BEGIN IMMEDIATE").close()
    return _first(driver.execute(query))


def _begin_locked(lock: str, driver: Any, query: str) -> Any:
    """In one round trip; what is asked after the lock sees all that was committed before it was given."""
    with driver.pipeline():
        driver.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        driver.execute(lock)
        asked = driver.execute(query)
    return _first(asked)


def _first(cursor: Any) -> Any:
    row = cursor.fetchone()
    cursor.close()
    return row
