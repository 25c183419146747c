"""Every schema that ever landed can be upgraded: a stored database of each, with a card that is being made in it.

In tests/stored/REVISION: an SQLite file, its key, and the same office as PostgreSQL's pg_dump wrote it.
"""

import hashlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

import adapters.database
from adapters.clock import SystemClock
from adapters.database import migrate, offices, open_store
from adapters.database.schema.revision import NEWEST
from daemon.domain.errors import Fatal
from daemon.domain.job import Verdict, WaitsFor, conclude
from daemon.domain.log import Chain, chain_in, leaf_of
from daemon.domain.order import RecordingTimes
from daemon.domain.states import State
from daemon.ports import Page, Record, Store
from daemon.queries.audit import Outside, verify
from tests.contract.office import NOON
from tests.fakes.clock import ManualClock
from tests.fixtures.postgresql import PrivatePostgresql, new_database

STORED = Path(__file__).parents[4] / "stored"
VERSIONS = Path(adapters.database.__file__).parent / "schema" / "migrations" / "versions"
OFFICE = "1205"
OURS = f"giliran_{OFFICE}"
"""Its schema in PostgreSQL."""

LANDED = {
    "0001_first.py": "8322120cf3d8a3592cd04a83b9af8121e39f3e53c19764a92256c1e05eb26d63",
    "0002_in_life.py": "b48ea78acb2b24c41471f2220651ae8a269b5fd8c49c5865c56d02f184132b49",
    "0003_waits_and_schemas.py": "c6b6a8b0b3ecb58b4c006f45604951a99497557e418ea569514faad8b340be51",
    "0004_fair_order.py": "d169ff354935691d8daa3b14cfd945b40dcec79cbf6a63370299ce72ae3ca4c1",
}
"""Revisions that databases in offices have, by their SHA-256. A change to the schema is a new file, added here once it
has landed with a stored database of it."""

of_an_older_revision = pytest.mark.parametrize(
    "stored", sorted(name[:4] for name in LANDED if name[:4] != NEWEST), indirect=True
)
"""One that `migrate` has something to do with."""

SHARED = ("0001", "0002")
"""Revisions of which PostgreSQL held all offices in the same tables, in the schema `public`."""

of_shared_tables = pytest.mark.parametrize("stored", SHARED, indirect=True)

SAID_OTHERWISE = {"ends_by", "set_back_at", "office_code", "previous", "hash", "details"}
"""Columns that `waits_for` replaced (test_revision.py), the one that a file, or a schema, says itself, and those of the
log that are not of the chain any more, or are canonical by now."""

Rows = dict[str, list[dict[str, object]]]


@pytest.fixture(params=sorted(name[:4] for name in LANDED))
def stored(request: pytest.FixtureRequest) -> Path:
    """The folder of each landed revision."""
    return STORED / str(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, stored: Path, tmp_path: Path) -> tuple[str, Path]:
    """A database of that revision, and its key."""
    key = tmp_path / "giliran.db.key"
    shutil.copy(stored / "giliran.db.key", key)
    if request.param == "sqlite":
        shutil.copy(stored / "giliran.db", tmp_path / "giliran.db")
        return f"sqlite:///{tmp_path}/giliran.db", key
    server: PrivatePostgresql = request.getfixturevalue("postgresql")
    name = new_database(server)
    server.sql((stored / "giliran.sql").read_text(), name)
    return server.url(name), key


@pytest.fixture
def upgraded(old: tuple[str, Path]) -> Iterator[Store]:
    url, key = old
    migrate(url, OFFICE, key)
    with closing(open_store(url, OFFICE, SystemClock(), key)) as store:
        yield store


def schema_of(url: str, revision: str) -> str | None:
    """Where our tables are; None: where the connection looks anyway."""
    return None if url.startswith("sqlite") or revision in SHARED else OURS


def rows(url: str, schema: str | None = None) -> Rows:
    """Of every table. `schema`: PostgreSQL's; None: where the connection looks anyway, that is in `public`."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = sorted(set(inspect(connection).get_table_names(schema)) - {"alembic_version"})
        of = "" if schema is None else f'"{schema}".'
        found = {
            name: [dict(row) for row in connection.execute(text(f"SELECT * FROM {of}{name}")).mappings()]
            for name in names
        }
    engine.dispose()
    return found


def without_code(found: Rows) -> dict[str, list[str]]:
    """Rows as they are told apart within an office, but for what is random in each."""
    left_out = {"office_code", "salt", "subject", "commitment", "hash", "leaf"}
    return {
        table: sorted(str({column: value for column, value in row.items() if column not in left_out}) for row in there)
        for table, there in found.items()
    }


def test_a_landed_revision_is_never_edited() -> None:
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in VERSIONS.glob("[0-9]*.py")}
    assert {name: found[name] for name in LANDED} == LANDED, "a change to the schema is a new revision"
    assert len(found) - len(LANDED) <= 1, "only the newest may still be open: pin what has landed, and store one of it"


def test_a_stored_database_is_brought_to_the_newest_revision_with_all_its_rows(
    old: tuple[str, Path], stored: Path
) -> None:
    url, key = old
    before = rows(url, schema_of(url, stored.name))
    assert before["job"]
    done = migrate(url, OFFICE, key)
    assert (done.before, done.after) == (stored.name, NEWEST)
    after = rows(url, schema_of(url, NEWEST))
    for table, was in before.items():
        columns = set(was[0] if was else ()) - SAID_OTHERWISE
        kept = [{name: row[name] for name in sorted(columns)} for row in was]
        there = [{name: row[name] for name in sorted(columns)} for row in after[table]]
        assert sorted(map(str, there)) == sorted(map(str, kept)), table
        assert was or not there, table


THEIR_CODE = "12.09"


def move_in(server: PrivatePostgresql, database: str) -> None:
    """Another office into the tables that ours is in: the same people, under another code."""
    copy = """
        DO $$ DECLARE t record; BEGIN
            SET CONSTRAINTS ALL DEFERRED;
            FOR t IN SELECT relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
                     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
                       AND a.attname <> 'office_code' GROUP BY relname
            LOOP
                EXECUTE format('ALTER TABLE %1$I DISABLE TRIGGER ALL', t.relname);
                EXECUTE format('INSERT INTO %1$I (office_code, %2$s) SELECT ''12.09'', %2$s FROM %1$I', t.relname,
                               t.columns);
                EXECUTE format('ALTER TABLE %1$I ENABLE TRIGGER ALL', t.relname);
            END LOOP;
        END $$
    """
    server.sql(copy, database)


@of_shared_tables
def test_an_office_leaves_the_tables_that_it_shared_and_its_neighbours_stay(
    postgresql: PrivatePostgresql, stored: Path, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    shutil.copy(stored / "giliran.db.key", key)
    name = new_database(postgresql)
    url = postgresql.url(name)
    postgresql.sql((stored / "giliran.sql").read_text(), name)
    move_in(postgresql, name)
    theirs = {table: [row for row in there if row["office_code"] != OFFICE] for table, there in rows(url).items()}

    assert migrate(url, OFFICE, key).before == stored.name
    assert rows(url) == theirs
    by_code = {row.code: row for row in offices(url)}
    assert (by_code[OFFICE].revision, by_code[THEIR_CODE].revision) == (NEWEST, stored.name)
    assert by_code[OFFICE].counts[State.PRINTING] == 1
    with pytest.raises(Fatal, match=f"it is at revision {stored.name}, this program needs {NEWEST}"):
        open_store(url, THEIR_CODE, SystemClock(), key)

    assert migrate(url, "1210", key).before is None
    assert rows(url) == theirs
    assert migrate(url, THEIR_CODE, key).before == stored.name
    assert rows(url) == {}, "the shared tables go with the last office in them"
    assert [row.code for row in offices(url)] == [THEIR_CODE, OFFICE, "1210"]
    ours, other = rows(url, OURS), rows(url, f"giliran_{THEIR_CODE}")
    assert without_code(ours) == without_code(other)
    with closing(open_store(url, THEIR_CODE, SystemClock(), key)) as store:
        assert verify(store).faults == ()


@of_shared_tables
def test_what_is_not_ours_among_shared_tables_is_never_touched(
    postgresql: PrivatePostgresql, stored: Path, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    shutil.copy(stored / "giliran.db.key", key)
    name = new_database(postgresql)
    url = postgresql.url(name)
    postgresql.sql((stored / "giliran.sql").read_text() + ";CREATE TABLE public.payroll (nip text)", name)
    before = rows(url)
    with pytest.raises(Fatal, match="beside Giliran's tables public has payroll; move what is not Giliran's elsewhere"):
        migrate(url, OFFICE, key)
    assert rows(url) == before
    assert [row.code for row in offices(url)] == [OFFICE]


@of_an_older_revision
def test_the_end_of_its_chain_stands_in_the_first_leaf(old: tuple[str, Path], stored: Path) -> None:
    url, key = old
    *_, last = sorted(rows(url, schema_of(url, stored.name))["log"], key=lambda row: int(str(row["sequence"])))
    migrate(url, OFFICE, key)
    with closing(open_store(url, OFFICE, SystemClock(), key)) as store:
        chain = chain_in(store.tree.opening())
        assert chain == Chain(entries=int(str(last["sequence"])), hash=str(last["hash"]))
        known = Outside(sequence=chain.entries, hash=chain.hash)
        assert verify(store, known=known).paper is None, "as papers of that time have it"


@of_an_older_revision
def test_a_chain_that_was_changed_is_taken_over_as_broken_and_stays_so(old: tuple[str, Path], stored: Path) -> None:
    url, key = old
    schema = schema_of(url, stored.name)
    log = "log" if schema is None else f"{schema}.log"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {log} SET actor = 'budi' WHERE sequence = 4"))
    engine.dispose()
    migrate(url, OFFICE, key)
    with closing(open_store(url, OFFICE, SystemClock(), key)) as store:
        assert verify(store).faults == ("log #4: it did not follow the entry before it when the log became a tree",)


@pytest.mark.parametrize("stored", ["0004"], indirect=True)
def test_a_start_under_a_rule_is_read_back_from_its_leaf(upgraded: Store) -> None:
    [leaf] = [json.loads(leaf_of(entry)) for entry in upgraded.log.entries("R-5") if entry.event == "started"]
    assert leaf["public"]["rule"] == "lane:lansia"
    assert upgraded.jobs.job("R-5").lane == "lansia"
    assert upgraded.tree.newest() is not None


def test_log_and_ledger_are_intact_and_the_open_card_can_be_ended(upgraded: Store) -> None:
    assert verify(upgraded).faults == ()
    assert upgraded.ledger.balances()["issued"] == 1
    [open_attempt] = upgraded.jobs.open_attempts()
    assert open_attempt.job.record_id == "R-3"
    upgraded.jobs.apply(conclude(open_attempt.job, Verdict.PRINTED, reason=None, at=NOON))
    assert upgraded.jobs.job("R-3").state is State.PRINTED
    assert upgraded.ledger.balances()["issued"] == 2
    assert verify(upgraded).faults == ()


@pytest.mark.parametrize("stored", ["0001"], indirect=True)
def test_whose_word_a_recording_time_was_is_read_out_of_the_log(old: tuple[str, Path]) -> None:
    url, key = old
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE log SET actor = 'siti' WHERE event = 'recorded' AND record_id = 'R-6'"))
    engine.dispose()
    migrate(url, OFFICE, key)
    with closing(open_store(url, OFFICE, SystemClock(), key)) as store:
        by_centre, by_office = store.jobs.job("R-4"), store.jobs.job("R-6")
        assert by_centre.times == RecordingTimes(centre=by_centre.recorded_at)
        assert by_office.times == RecordingTimes(office=by_office.recorded_at)
        later = Record(record_id="R-6", recorded_at=NOON + timedelta(days=1), person=store.records.person("R-6"))
        store.records.take_page(Page(records=(later,), bad=(), next="9", more=False), NOON)
        assert store.jobs.job("R-6").recorded_at == NOON + timedelta(days=1)


@pytest.mark.parametrize("stored", ["0001"], indirect=True)
def test_under_another_offices_code_a_file_is_refused_before_a_copy_is_made(stored: Path, tmp_path: Path) -> None:
    shutil.copytree(stored, tmp_path, dirs_exist_ok=True)
    there = set(tmp_path.iterdir())
    with pytest.raises(Fatal, match=f"it belongs to office {OFFICE}"):
        migrate(f"sqlite:///{tmp_path}/giliran.db", "9999")
    assert {file for file in tmp_path.iterdir() if not file.name.endswith(("-wal", "-shm"))} == there


WAITING = [
    ("0001", "R-6", WaitsFor.CENTRE),
    ("0002", "R-7", WaitsFor.ABSENT),
    ("0002", "R-9", WaitsFor.UNUSABLE),
    ("0003", "R-10", WaitsFor.RETRY),
    ("0003", "R-11", WaitsFor.PERSON),
    ("0003", "R-12", WaitsFor.UNUSABLE),
    ("0003", "R-14", WaitsFor.CENTRE),
    ("0003", "R-15", WaitsFor.ABSENT),
]
"""From which stored database on, who, and for what."""


def test_everybody_who_waits_waits_for_something(upgraded: Store, stored: Path) -> None:
    jobs = upgraded.view.everybody(None, 99)
    expected = {record_id: word for there, record_id, word in WAITING if there <= stored.name}
    assert {job.record_id: job.waits_for for job in jobs if job.state is State.WAITING} == expected
    set_aside = {State.HELD, State.CANCELLED}
    assert {job.waits_for for job in jobs if job.state not in {State.WAITING, *set_aside}} == {None}
    by_centre = {"R-13"} if stored.name >= "0003" else set()
    assert {job.record_id for job in jobs if job.state in set_aside and job.waits_for is WaitsFor.CENTRE} == by_centre


def test_what_is_sealed_can_be_read(upgraded: Store) -> None:
    assert upgraded.records.person("R-4").name == "SITI CONTOH"


@of_an_older_revision
def test_a_copy_of_what_it_was_is_made_first(old: tuple[str, Path], stored: Path, tmp_path: Path) -> None:
    url, key = old
    schema = schema_of(url, stored.name)
    before = rows(url, schema)
    clock = ManualClock(datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC))
    done = migrate(url, OFFICE, key, clock=clock)
    assert done.copy is not None
    assert done.copy.stat().st_mode & 0o777 == 0o600
    assert f"{done.before}-20270102T030405Z" in done.copy.name
    if url.startswith("sqlite"):
        assert done.copy == tmp_path / f"giliran.db.{done.before}-20270102T030405Z"
        assert rows(f"sqlite:///{done.copy}") == before
    else:
        listed = subprocess.run(["pg_restore", "--list", done.copy], capture_output=True, text=True, check=True).stdout
        assert f"TABLE DATA {schema or 'public'} ledger_entry" in listed
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


@of_an_older_revision
def test_without_room_for_a_copy_nothing_is_migrated(old: tuple[str, Path], stored: Path, tmp_path: Path) -> None:
    url, key = old
    clock = ManualClock(datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC))
    revision = stored.name
    of_file, of_server = f"giliran.db.{revision}-20270102T030405Z", f"giliran-{revision}-20270102T030405Z.dump"
    name = of_file if url.startswith("sqlite") else of_server
    (tmp_path / f"{name}.part").mkdir()
    schema = schema_of(url, revision)
    before = rows(url, schema)
    with pytest.raises(Fatal, match=r"no copy could be made .*migrate --without-copy"):
        migrate(url, OFFICE, key, clock=clock)
    assert rows(url, schema) == before
    assert migrate(url, OFFICE, key, clock=clock, with_copy=False).copy is None


@of_an_older_revision
def test_a_copy_holds_what_was_not_yet_written_into_the_file(stored: Path, tmp_path: Path) -> None:
    for name in ("giliran.db", "giliran.db.key"):
        shutil.copy(stored / name, tmp_path / name)
    url = f"sqlite:///{tmp_path}/giliran.db"
    with closing(sqlite3.connect(tmp_path / "giliran.db", isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode=WAL")
        reader.execute("UPDATE job SET reason = 'in the WAL' WHERE record_id = 'R-6'")
        done = migrate(url, OFFICE)
    assert done.copy is not None
    assert "in the WAL" in {row["reason"] for row in rows(f"sqlite:///{done.copy}")["job"]}
