import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from adapters.clock import SystemClock
from adapters.database import open_store
from adapters.database.sql.failures import translated
from daemon.domain.errors import Fatal, Retryable
from tests.contract.office import NOON, page, record


def test_a_database_that_another_program_holds_is_worth_another_try(file: Path) -> None:
    holder, other = sqlite3.connect(file, isolation_level=None), sqlite3.connect(file, timeout=0, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Retryable, match=r"database here: it is busy"), translated("here"):
        other.execute("BEGIN IMMEDIATE")
    holder.close()
    other.close()


def test_a_file_that_cannot_be_written_is_fatal(file: Path) -> None:
    reader = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with (
        pytest.raises(Fatal, match="the file cannot be written; check who owns it"),
        translated("here"),
    ):
        reader.execute("DELETE FROM log")
    reader.close()


def test_no_failure_quotes_the_statement_or_what_was_in_it(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/empty.db")
    with engine.begin() as connection, pytest.raises(Fatal) as failure, translated("here"):
        connection.exec_driver_sql("INSERT INTO person VALUES (?)", ("SITI CONTOH",))
    engine.dispose()
    assert str(failure.value) == "database here: OperationalError SQLITE_ERROR"


def test_a_database_that_goes_bad_under_an_open_store_is_one_clear_line(file: Path, url: str) -> None:
    store = open_store(url, "1205", SystemClock())
    store.records.take_page(page(record("A")), NOON)
    store.close()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    healthy = file.read_bytes()
    store = open_store(url, "1205", SystemClock())
    file.write_bytes(content)
    with pytest.raises(Fatal, match="damaged"):
        store.records.take_page(page(record("B"), following="2"), NOON)
    store.close()
    file.write_bytes(healthy)
