"""A copy is put back only where it is this office's, under this key."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.database import migrate
from tests.unit.daemon.cli.conftest import Office


def bytes_of(office: Office) -> bytes:
    return (office.folder / "giliran.db").read_bytes()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("3171", "is the database of office 3171, not of 1205; nothing was changed"),
        ("1205", "was sealed with another key than the one in"),
    ],
)
def test_another_offices_database_or_key_is_refused_and_all_stays(
    office: Office, tmp_path: Path, code: str, told: str
) -> None:
    office.ready("A-1")
    (tmp_path / "other").mkdir()
    copy = tmp_path / "other" / "copy.db"
    migrate(f"sqlite:///{copy}", code)
    before = bytes_of(office)
    files = set(office.folder.iterdir())

    refused = office("restore", str(copy))

    assert refused.status == 1
    assert told in refused.err
    assert bytes_of(office) == before
    assert {file for file in office.folder.iterdir() if "before-restore" in file.name or ".part" in file.name} == set()
    assert files <= set(office.folder.iterdir())
    assert office.queue() == {"A-1": "ready"}


def test_its_own_copy_is_put_back(office: Office, tmp_path: Path) -> None:
    office.ready("A-1")
    copy = tmp_path / "copy.db"
    shutil.copy(office.folder / "giliran.db", copy)
    office.ready("A-2")
    command = [sys.executable, "-m", "daemon", "--config", str(office.config), "restore", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.startswith("the database is behind"), "the sentence alone, without time and place in the code"
    assert list(office.queue()) == ["A-1"]


def test_an_empty_file_in_the_databases_place_is_told_with_the_same_warning_as_a_missing_one(office: Office) -> None:
    office.without_a_database()
    missing = office("status").err
    (office.folder / "giliran.db").touch()
    empty = office("status").err
    for told in (missing, empty):
        assert "Was it there before" in told
        assert "a new one would print everybody again" in told
        assert "put a copy back" in told


def test_after_a_reconciliation_each_hopper_is_to_be_counted_and_each_guard_told_of_the_new_journal(
    office: Office, tmp_path: Path
) -> None:
    office.ready("A-1")
    copy = tmp_path / "copy.db"
    shutil.copy(office.folder / "giliran.db", copy)
    office("restore", str(copy))

    done = office("restore", "--reconcile", "--rest-not-printed", "--reason", "the tray is empty")

    assert done.status == 0, done.err
    lines = done.out.splitlines()
    told = lines[lines.index("the database is behind no more; cards may be printed") + 1 :]
    guard = "tell its guard which journal there is now: giliran printer guard {}"
    count = 'count its hopper: giliran blanks count {} QTY --reason "a copy was put back"'
    assert told == [words.format(name.name) for name in office.settings.card_printers for words in (guard, count)]
