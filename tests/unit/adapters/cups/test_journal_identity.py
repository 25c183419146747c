"""A journal that was lost and made again cannot tell what was printed: guard and daemon do not go by it."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.cups import FileGuardJournal, guard_entries
from adapters.cups.installation import install_file
from adapters.cups.journal import make_identity
from daemon.domain.errors import Fatal
from daemon.domain.recovery import MarkKind
from daemon.domain.token import Token
from tests.unit.adapters.cups.conftest import Bench

TOKEN = Token("1205-000001", 1)
TITLE = str(TOKEN)
HOLD = 3


def lose(bench: Bench) -> None:
    """The disk is gone, and somebody makes the folder again."""
    for file in bench.journal.iterdir():
        file.unlink()


def test_an_identity_is_made_once_and_everybody_can_read_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: make_identity(tmp_path), range(8)))
    assert made == {guard_entries.read_identity(str(tmp_path))}
    assert os.listdir(tmp_path) == [guard_entries.IDENTITY_FILE]
    assert stat.S_IMODE((tmp_path / guard_entries.IDENTITY_FILE).stat().st_mode) == 0o644


def test_two_journals_differ_and_no_folder_has_none(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    assert len({make_identity(folder) for folder in folders}) == 2
    assert FileGuardJournal(tmp_path / "none", SystemClock()).identity() is None


def test_the_guard_holds_everything_in_a_journal_that_was_lost(bench: Bench) -> None:
    lose(bench)
    held = bench.run(TITLE)
    assert (held.returncode, bench.runs()) == (HOLD, 0)
    assert "is another journal; run `giliran printer guard` again" in held.stderr


def test_the_guard_holds_everything_in_another_journal(bench: Bench) -> None:
    lose(bench)
    make_identity(bench.journal)
    assert (bench.run(TITLE).returncode, bench.runs()) == (HOLD, 0)


def test_once_installed_again_it_prints(bench: Bench) -> None:
    lose(bench)
    assert install_file(bench.backends, bench.backends / "fake", bench.journal) == [
        f"updated {bench.backends / 'giliran'}"
    ]
    assert (bench.run(TITLE).returncode, bench.runs()) == (0, 1)


@pytest.mark.parametrize(
    "ask", [FileGuardJournal.read, FileGuardJournal.void, lambda journal, _token: journal.identity()]
)
def test_the_daemon_does_not_go_by_a_journal_that_was_exchanged(
    bench: Bench, journal: FileGuardJournal, ask: object
) -> None:
    journal.expect(journal.identity())
    lose(bench)
    with pytest.raises(Fatal, match="was lost or exchanged while Giliran ran"):
        ask(journal, TOKEN)  # type: ignore[operator]
    assert bench.marks() == []


def test_what_stands_in_it_is_told_while_it_is_the_same(journal: FileGuardJournal) -> None:
    journal.expect(journal.identity())
    assert journal.read(TOKEN).kind is MarkKind.ABSENT
    assert journal.void(TOKEN).kind is MarkKind.VOIDED
