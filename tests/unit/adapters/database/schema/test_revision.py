import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

import adapters.database
from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from adapters.database.schema.revision import NEWEST
from adapters.database.sql.connections import reading_engine
from adapters.database.sql.seal import create_key, key_file, load_seal
from daemon.domain.errors import Fatal, GiliranError
from tests.fixtures.postgresql import PrivatePostgresql, new_database


def refusal(url: str) -> str:
    with pytest.raises(GiliranError) as refused:
        open_store(url, "1205", SystemClock())
    line = str(refused.value)
    assert "\n" not in line
    return line


def schema(file: Path) -> dict[str, str]:
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        ).fetchall()
    connection.close()
    return {name: " ".join(sql.split()) for name, sql in rows}


def test_the_migrations_make_the_tables_that_a_new_office_gets(file: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    upgrade(f"sqlite:///{old}", "0001")
    migrate(f"sqlite:///{old}", "1205")
    migrated, made = schema(old), schema(file)
    assert migrated.keys() == made.keys()
    for name, sql in made.items():
        assert sorted(parts(migrated[name])) == sorted(parts(sql)), name


_SHAPE = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    UNION ALL
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), null, null, null
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
    UNION ALL
    SELECT tablename, indexname, indexdef, null, null, null FROM pg_indexes WHERE schemaname = current_schema()
"""


def shape(server: PrivatePostgresql, url: str) -> set[tuple[object, ...]]:
    """Every column, constraint and index that the office has there."""
    engine = reading_engine(url, "1205")
    with engine.begin() as connection:
        found = {tuple(row) for row in connection.exec_driver_sql(_SHAPE) if row[0] != "alembic_version"}
    engine.dispose()
    return found


def test_in_postgresql_they_make_them_too(postgresql: PrivatePostgresql, tmp_path: Path) -> None:
    old, new = (postgresql.url(new_database(postgresql)) for _ in range(2))
    upgrade(old, "0001", tmp_path / "key")
    for url in (old, new):
        migrate(url, "1205", tmp_path / "key")
    assert shape(postgresql, old) == shape(postgresql, new)
    assert len(shape(postgresql, new)) > 200


def parts(sql: str) -> list[str]:
    """A CREATE statement as its columns and constraints, whatever their order."""
    *columns, options = sql.replace("( ", ",").rpartition(" )")
    return [part.strip(" ,()") for part in [*"".join(columns).split(","), options]]


def test_the_newest_revision_is_the_last_migration() -> None:
    migrations = Path(adapters.database.__file__).parent / "schema" / "migrations"
    assert ScriptDirectory(migrations).get_current_head() == NEWEST


def test_every_table_is_strict_and_the_file_is_its_owners(file: Path) -> None:
    assert all(sql.endswith("STRICT") for sql in schema(file).values() if sql.startswith("CREATE TABLE"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert (file.parent / "giliran.db.key").stat().st_mode & 0o777 == 0o600


def test_migrating_makes_the_folder_and_tells_what_it_did(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/var/lib/giliran.db"
    assert migrate(url, "1205").before is None
    key = (tmp_path / "var/lib/giliran.db.key").read_bytes()
    again = migrate(url, "1205")
    assert (again.before, again.after, again.copy) == (NEWEST, NEWEST, None)
    assert (tmp_path / "var/lib/giliran.db.key").read_bytes() == key


def test_a_missing_file_or_one_without_tables_has_to_be_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/giliran.db"
    assert refusal(url).endswith("run `giliran migrate`")
    assert not (tmp_path / "giliran.db").exists()
    (tmp_path / "giliran.db").touch()
    assert refusal(url).endswith("run `giliran migrate`")


def set_revision(file: Path, revision: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


def test_a_database_of_a_newer_program_is_refused_and_both_versions_are_named(file: Path, url: str) -> None:
    set_revision(file, "0999")
    both = f"it is at revision 0999, and the newest that this program knows is {NEWEST}"
    assert both in refusal(url)
    before = file.read_bytes()
    with pytest.raises(Fatal, match=both):
        migrate(url, "1205")
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "giliran.db").write_text("this is a shopping list\n" * 100)
    url = f"sqlite:///{tmp_path}/giliran.db"
    assert "is not a database" in refusal(url)
    with pytest.raises(Fatal, match="is not a database"):
        migrate(url, "1205")
    assert (tmp_path / "giliran.db").read_text().startswith("this is a shopping list")


def test_a_damaged_database_is_refused(file: Path, url: str) -> None:
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(content)
    assert "damaged" in refusal(url)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(f"sqlite:///{tmp_path}")
    with pytest.raises(Fatal, match="cannot be created"):
        migrate(f"sqlite:///{tmp_path}", "1205")


def test_a_missing_key_is_fatal_and_never_made_anew(file: Path, url: str) -> None:
    key = file.with_name("giliran.db.key")
    key.unlink()
    assert f"key {key} cannot be read" in refusal(url)
    with pytest.raises(Fatal, match=r"giliran\.db\.key cannot be read"):
        migrate(url, "1205")
    assert not key.exists()


def test_another_databases_key_is_refused(file: Path, url: str) -> None:
    file.with_name("giliran.db.key").write_bytes(b"k" * 32)
    assert "sealed with another key" in refusal(url)


def test_a_credential_is_used_in_place_of_a_key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "database-key").write_bytes(b"k" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    url = f"sqlite:///{tmp_path}/giliran.db"
    migrate(url, "1205")
    assert not (tmp_path / "giliran.db.key").exists()
    open_store(url, "1205", SystemClock()).close()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert "cannot be read" in refusal(url)


def test_opening_a_store_does_not_load_what_only_migrating_needs(url: str) -> None:
    code = (
        "import sys; from adapters.clock import SystemClock; from adapters.database import open_store;"
        "open_store(sys.argv[1], '1205', SystemClock()).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, url], check=False).returncode == 0


def upgrade(url: str, to: str, key: Path | None = None) -> None:
    """A new database of an older revision, with an office in it."""
    key = key_file(url, key)
    create_key(key)
    config = Config()
    config.set_main_option("script_location", str(Path(adapters.database.__file__).parent / "schema" / "migrations"))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        office = {"code": "1205", "fingerprint": load_seal(key).fingerprint}
        connection.execute(text("INSERT INTO office (office_code, fingerprint) VALUES (:code, :fingerprint)"), office)
    engine.dispose()


def test_who_was_faulty_before_the_field_was_there_still_is(tmp_path: Path) -> None:
    file = tmp_path / "giliran.db"
    url = f"sqlite:///{file}"
    upgrade(url, "0001")
    with sqlite3.connect(file) as old:
        for record_id, state, reason, status in (
            ("A", "waiting", "bad_record: nik: 15 digits", "PRINT_READY_RECORD"),
            ("B", "waiting", "bad_card: no photo", None),
            ("C", "waiting", "bad_card: a word of the centre's", "bad_card: a word of the centre's"),
            ("D", "held", "bad_card: a person's word", None),
            ("E", "waiting", "bad_weather", "bad_weather"),
        ):
            old.execute(
                "INSERT INTO job (office_code, record_id, state, reason, central_status, since, recorded_at, attempt,"
                " registered) VALUES ('1205', ?, ?, ?, ?, 0, 0, 0, 0)",
                (record_id, state, reason, status),
            )
    old.close()
    assert migrate(url, "1205").before == "0001"
    with sqlite3.connect(file) as new:
        found = new.execute("SELECT record_id, fault FROM job WHERE fault IS NOT NULL ORDER BY record_id").fetchall()
    assert found == [("A", "bad_record"), ("B", "bad_card")]
    new.close()


def test_classes_that_the_centre_wrote_in_capitals_are_compared_like_all_others(tmp_path: Path) -> None:
    file = tmp_path / "giliran.db"
    url = f"sqlite:///{file}"
    upgrade(url, "0001")
    with sqlite3.connect(file) as old:
        for record_id, words in (("A", "FIRST_TIME"), ("B", "first_time"), ("C", None), ("D", " Data-Change")):
            old.execute(
                "INSERT INTO job (office_code, record_id, state, request_class, since, recorded_at, attempt,"
                " registered) VALUES ('1205', ?, 'waiting', ?, 0, 0, 0, 0)",
                (record_id, words),
            )
    old.close()
    assert migrate(url, "1205").before == "0001"
    with sqlite3.connect(file) as new:
        found = new.execute("SELECT request_class FROM job ORDER BY record_id").fetchall()
    assert [words for (words,) in found] == ["first_time", "first_time", None, "data_change"]
    new.close()


def test_what_the_centre_withdrew_before_the_field_was_there_it_can_make_ready_again(tmp_path: Path) -> None:
    file = tmp_path / "giliran.db"
    url = f"sqlite:///{file}"
    upgrade(url, "0001")
    with sqlite3.connect(file) as old:
        for record_id, reason in (("A", "withdrawn_at_centre"), ("B", "a slip")):
            old.execute(
                "INSERT INTO job (office_code, record_id, state, reason, since, recorded_at, attempt, registered)"
                " VALUES ('1205', ?, 'cancelled', ?, 0, 0, 0, 0)",
                (record_id, reason),
            )
    old.close()
    assert migrate(url, "1205").before == "0001"
    with sqlite3.connect(file) as new:
        assert new.execute("SELECT record_id, waits_for FROM job ORDER BY record_id").fetchall() == [
            ("A", "centre"),
            ("B", None),
        ]
    new.close()


BEFORE_WAITS_FOR: list[tuple[str, str, str | None, str | None, str | None, str | None, int | None, str | None]] = [
    # record, state, reason, central_status, ends_by, fault, set_back_at; what it waits for
    ("A", "waiting", "PROCESSING", "PROCESSING", None, None, None, "centre"),
    ("B", "waiting", "not_print_ready_any_more", "PRINT_READY_RECORD", None, None, None, "centre"),
    ("C", "waiting", "absent_at_centre", None, None, None, None, "absent"),
    ("D", "waiting", "absent_at_centre", "PRINT_READY_RECORD", None, None, None, "absent"),
    ("E", "waiting", "absent_at_centre", "absent_at_centre", None, None, None, "centre"),
    ("F", "waiting", "try_again: answer", "PRINT_READY_RECORD", None, None, 5, "retry"),
    ("G", "waiting", "try_again_after_enrolment", "try_again_after_enrolment", None, None, 5, "centre"),
    ("H", "waiting", "bad_card: no photo", "PRINT_READY_RECORD", None, "bad_card", None, "unusable"),
    ("I", "waiting", "same_nik: A", "PRINT_READY_RECORD", "person", None, None, "person"),
    ("J", "waiting", "same_nik: A", "PRINT_READY_RECORD", "person", "bad_record", None, "person"),
    ("K", "held", "a look", "PRINT_READY_RECORD", None, "bad_record", None, None),
    ("L", "cancelled", "withdrawn_at_centre", "PRINT_READY_RECORD", "centre", None, None, "centre"),
    ("M", "cancelled", "a slip", "PRINT_READY_RECORD", None, None, None, None),
    ("N", "ready", None, "PRINT_READY_RECORD", None, None, None, None),
]


def test_what_each_job_waits_for_is_read_off_what_was_known_of_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/giliran.db"
    upgrade(url, "0002")
    with closing(sqlite3.connect(tmp_path / "giliran.db", isolation_level=None)) as old:
        for *row, _ in BEFORE_WAITS_FOR:
            old.execute(
                "INSERT INTO job (record_id, state, reason, central_status, ends_by, fault, set_back_at, office_code,"
                " since, recorded_at, attempt, registered) VALUES (?, ?, ?, ?, ?, ?, ?, '1205', 5, 0, 0, 0)",
                row,
            )
    assert migrate(url, "1205").before == "0002"
    with closing(sqlite3.connect(tmp_path / "giliran.db")) as new:
        found = new.execute("SELECT record_id, waits_for, fault FROM job ORDER BY record_id").fetchall()
    assert found == [(row[0], row[-1], row[5]) for row in BEFORE_WAITS_FOR]
    with closing(open_store(url, "1205", SystemClock())) as store:
        assert [job.record_id for job in store.view.awaiting_person(9)] == ["I", "J"]
        assert {job.record_id for job in store.view.faulty(9)} == {"H", "J"}
