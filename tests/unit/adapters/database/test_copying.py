"""Copies beside a database, where others have put something under the name that one has while it is made."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.database.copying import copy_before_migrating
from daemon.domain.errors import Fatal

AT = datetime(2026, 1, 5, 2, 11, 9, tzinfo=UTC)
PART = "giliran.db.0001-20260105T021109Z.part"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    file = folder / "giliran.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE person (name)")
        connection.execute("INSERT INTO person VALUES ('an invented one')")
        connection.commit()
    return file


def _symlink(name: Path, treasure: Path) -> None:
    name.symlink_to(treasure)


def _dangling(name: Path, treasure: Path) -> None:
    name.symlink_to(treasure.with_name("nowhere"))


@pytest.mark.parametrize("trap", [_symlink, _dangling, lambda name, treasure: os.link(treasure, name)])
@pytest.mark.parametrize("name", [PART, PART.removesuffix(".part"), f"{PART}-journal"])
def test_a_copy_is_written_into_nothing_that_others_put_there(
    database: Path, tmp_path: Path, trap: Callable[[Path, Path], None], name: str
) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("not for this program's hands")
    trap(database.with_name(name), treasure)

    with suppress(Fatal):  # no copy, and the schema stays
        copy = copy_before_migrating(f"sqlite:///{database}", "0001", AT, None)
        assert not copy.is_symlink()
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT name FROM person").fetchall() == [("an invented one",)]
    assert treasure.read_text() == "not for this program's hands"
    assert not (tmp_path / "nowhere").exists()
