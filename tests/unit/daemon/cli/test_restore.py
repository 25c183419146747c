"""A copy is put back only where it is this office's, under this key."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import migrate
from adapters.log_key import Ed25519LogKey
from daemon import main as root
from daemon.demo.centre import CentralSimulator
from daemon.domain.note import TreeHead
from daemon.ports import Record
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


@pytest.fixture
def centre(office: Office) -> Iterator[CentralSimulator]:
    """One that has heard of no card; the office's configuration names it."""
    with CentralSimulator([], token="an-invented-token", ready_schedule={}, clock=SystemClock()) as simulator:
        office.configure(centre=simulator.url)
        yield simulator


@pytest.fixture
def put_back(office: Office, tmp_path: Path) -> Path:
    """A-1 and A-2 are ready in the copy that is the database now; no journal knows anything."""
    office.ready("A-1", "A-2")
    office.stock(5)
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(office.folder / "giliran.db")) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)
    assert office("restore", str(copy)).status == 0
    return copy


def sync(office: Office, *records: Record) -> None:
    """The daemon hears the centre to its end."""
    office.now = datetime.now(UTC)
    office.take(*records)


REST = ("--rest-not-printed", "--reason", "the tray is empty")


def test_after_a_reconciliation_each_hopper_is_to_be_counted_and_each_guard_told_of_the_new_journal(
    office: Office, centre: CentralSimulator, put_back: Path
) -> None:
    sync(office)

    done = office("restore", "--reconcile", *REST)

    assert done.status == 0, done.err
    lines = done.out.splitlines()
    told = lines[lines.index("the database is behind no more; cards may be printed") + 1 :]
    guard = "tell its guard which journal there is now: giliran printer guard {}"
    count = 'count its hopper: giliran blanks count {} QTY --reason "a copy was put back"'
    assert told == [words.format(name.name) for name in office.settings.card_printers for words in (guard, count)]


def test_without_journal_and_without_the_centre_nobody_is_printed_whatever_a_person_says(
    office: Office, put_back: Path
) -> None:
    sync(office)
    refused = office("restore", "--reconcile", *REST)
    assert refused.status == 1
    assert "the central server's word is needed, and it cannot be asked now" in refused.err
    with office.store() as store:
        assert store.past.behind() is not None


def test_who_is_not_heard_of_yet_may_have_a_card_so_a_sync_comes_first(
    office: Office, centre: CentralSimulator, put_back: Path
) -> None:
    refused = office("restore", "--reconcile", *REST)
    assert refused.status == 1
    assert "Start the daemon and let it sync" in refused.err


def test_cards_are_named_before_anything_is_written_each_once_and_again_when_one_turns_up(
    office: Office, centre: CentralSimulator, put_back: Path
) -> None:
    sync(office)
    typo = office("restore", "--reconcile", "--printed", "A-1", "--printed", "A-O1", *REST)
    assert (typo.status, office.queue()) == (1, {"A-1": "ready", "A-2": "ready"})
    assert "A-O1 is not known here" in typo.err

    assert office("restore", "--reconcile", "--printed", "A-1", "--printed", "A-1", *REST).status == 0
    late = office("restore", "--reconcile", "--printed", "A-1", "--printed", "A-2", "--reason", "in the tray")

    assert late.status == 0
    assert late.out.splitlines() == [
        "A-1 (S. C., NIK ending …0001) is printed in these books already; nothing was added. If it has a second card:"
        " giliran job reprint A-1 --reason …, then name it again",
        "A-2 (S. C., NIK ending …0001) is booked as printed",
    ]
    with office.store() as store:
        assert store.ledger.balances()["issued"] == 2


@pytest.mark.parametrize(("name", "told"), [("nowhere.db", "there is no such file"), (".", "is not a file")])
def test_what_is_no_file_is_not_put_back(office: Office, tmp_path: Path, name: str, told: str) -> None:
    refused = office("restore", str(tmp_path / name))
    assert refused.status == 1
    assert f"{told}; nothing was changed" in refused.err


def test_what_people_decided_since_the_copy_is_named_before_anybody_is_printed(office: Office, tmp_path: Path) -> None:
    office.ready("A-1", "A-2")
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(office.folder / "giliran.db")) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)
    office("job", "cancel", "A-1", "--yes", "--reason", "registered twice")
    office("job", "hold", "A-2", "--reason", "police asks")
    said = office("restore", str(copy)).out.splitlines()
    assert "decided since the copy was made, and forgotten by it; decide it again before cards are printed:" in said
    told = [line.partition(" by ") for line in said if line.startswith("  ")]
    assert [(what, why.partition(": ")[2]) for what, _, why in told] == [
        ("  A-1: cancelled", "registered twice"),
        ("  A-2: held", "police asks"),
    ]


def test_a_copy_of_this_very_moment_has_forgotten_nothing(office: Office, tmp_path: Path, put_back: Path) -> None:
    assert "decided since" not in office("restore", str(put_back)).out


def forks(office: Office) -> list[dict[str, object]]:
    with office.store() as store:
        return [dict(entry.details) for entry in store.log.entries() if entry.event == "log_forked"]


def test_a_log_that_was_exchanged_on_a_database_that_is_not_behind_waits_for_a_persons_word(
    office: Office, tmp_path: Path
) -> None:
    assert office("migrate").status == 0
    (office.folder / "journal").mkdir()
    root.guard_journal(office.settings).identity()
    office.ready("A-1")
    other = Ed25519LogKey("giliran/1205", bytes(32)).sign(TreeHead("giliran/1205", 2, bytes(32)).text)
    root.memory(office.settings).save_signed_head("giliran/1205", other)
    assert "giliran restore --reconcile --reason" in office("audit", "export", str(tmp_path / "tree")).err
    assert "say so: giliran restore --reconcile --reason" in office("restore", "--reconcile").err
    assert forks(office) == []
    assert office("restore", "--reconcile", "--reason", "a copy was put back by hand").status == 0
    assert len(forks(office)) == 1
    assert office("audit", "export", str(tmp_path / "tree")).status == 0
