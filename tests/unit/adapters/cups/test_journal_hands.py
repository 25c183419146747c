"""Others may write to the journal's folder: nothing that they put there is written to, or taken for ours."""

import os
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.cups import DocumentServer, FileGuardJournal, FolderMemory
from adapters.cups.guard_entries import create_entry, link, new_file, opened, remove
from adapters.cups.journal import make_identity
from daemon.domain.continuity import Checkpoint
from daemon.domain.errors import Fatal
from daemon.domain.recovery import MarkKind
from daemon.domain.token import Token
from tests.hands import meanwhile
from tests.unit.adapters.cups.conftest import Bench

TREASURE = "not for this program's hands"
LINE: dict[str, object] = {"state": "started"}
SECRET = b"a secret"
HEAD = Checkpoint(sequence=7, hash="ab" * 32, at=datetime(2026, 1, 5, tzinfo=UTC))
HOLD = 3


@pytest.fixture
def treasure(tmp_path: Path) -> Path:
    """A file outside of the journal, closed to others."""
    file = tmp_path / "treasure"
    file.write_text(TREASURE)
    file.chmod(0o600)
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "journal"
    made.mkdir()
    return made


def is_untouched(treasure: Path) -> bool:
    return treasure.read_text() == TREASURE and stat.S_IMODE(treasure.stat().st_mode) == 0o600


def _link(name: Path, treasure: Path) -> None:
    name.symlink_to(treasure)


def _another_name(name: Path, treasure: Path) -> None:
    os.link(treasure, name)


def _dangling(name: Path, treasure: Path) -> None:
    name.symlink_to(treasure.with_name("nowhere"))


def _pipe(name: Path, _: Path) -> None:
    os.mkfifo(name)


TRAPS = [_link, _another_name, _dangling, _pipe]
Trap = Callable[[Path, Path], None]


@pytest.mark.parametrize("trap", TRAPS)
def test_an_entry_that_others_made_is_not_written_to(folder: Path, treasure: Path, trap: Trap) -> None:
    trap(folder / "giliran:R-1:1", treasure)
    with opened(str(folder)) as here:
        assert create_entry(here, "giliran:R-1:1", LINE, SECRET) is None
    assert is_untouched(treasure)
    assert os.listdir(folder) == ["giliran:R-1:1"]
    assert not (treasure.parent / "nowhere").exists()


@pytest.mark.parametrize("trap", TRAPS)
def test_the_guard_prints_nothing_for_a_token_that_others_have_made(bench: Bench, treasure: Path, trap: Trap) -> None:
    trap(bench.journal / "giliran:R-1:1", treasure)
    assert (bench.run("giliran:R-1:1").returncode, bench.runs()) == (HOLD, 0)
    assert is_untouched(treasure)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_key_that_others_made_is_refused(folder: Path, treasure: Path, trap: Trap) -> None:
    treasure.chmod(0o640)
    trap(folder / ".key", treasure)
    with pytest.raises(Fatal):
        FileGuardJournal(folder, SystemClock()).secret(Token("R-1", 1))
    assert treasure.read_text() == TREASURE


@pytest.mark.parametrize("trap", [_link, _dangling, _pipe])
def test_an_identity_that_leads_elsewhere_is_refused(folder: Path, treasure: Path, trap: Trap) -> None:
    trap(folder / ".identity", treasure)
    with pytest.raises(Fatal):
        FileGuardJournal(folder, SystemClock()).identity()
    assert is_untouched(treasure)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_checkpoint_is_put_in_the_place_of_what_others_made(folder: Path, treasure: Path, trap: Trap) -> None:
    trap(folder / ".log-of-1205", treasure)
    memory = FolderMemory(folder)
    assert memory.checkpoint("1205") is None
    memory.save_checkpoint("1205", HEAD)
    assert memory.checkpoint("1205") == HEAD
    assert is_untouched(treasure)
    assert os.listdir(folder) == [".log-of-1205"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    made = tmp_path / "elsewhere"
    made.mkdir()
    return made


def exchange(folder: Path, elsewhere: Path) -> Path:
    """Another folder has its name now; where it is itself."""
    moved = folder.rename(folder.with_name("moved away"))
    folder.symlink_to(elsewhere)
    return moved


def test_an_entry_goes_into_the_folder_that_was_opened(folder: Path, elsewhere: Path) -> None:
    with opened(str(folder)) as here:
        moved = exchange(folder, elsewhere)
        entry = create_entry(here, "giliran:R-1:1", LINE, SECRET)
    assert entry is not None
    os.close(entry)
    assert os.listdir(moved) == ["giliran:R-1:1"]
    assert os.listdir(elsewhere) == []


def test_a_socket_is_removed_from_no_other_folder(folder: Path, elsewhere: Path) -> None:
    server = DocumentServer(folder, lambda _: SECRET)
    server.open()
    (name,) = os.listdir(folder)
    moved = exchange(folder, elsewhere)
    (elsewhere / name).mkdir()
    server.stop()
    assert os.listdir(elsewhere) == [name]
    assert os.listdir(moved) == [name]


def put_links(folder: Path, treasure: Path, prefix: str) -> Callable[[], None]:
    """Hands that put a link to the treasure in the place of every file of that prefix."""

    def put() -> None:
        for name in os.listdir(folder):
            if name.startswith(prefix) and not (folder / name).is_symlink():
                with suppress(OSError):
                    (folder / "a link").symlink_to(treasure)
                    os.replace(folder / "a link", folder / name)
                (folder / "a link").unlink(missing_ok=True)

    return put


def test_an_unfinished_entry_that_is_exchanged_is_not_taken_for_ours(folder: Path, treasure: Path) -> None:
    with meanwhile(put_links(folder, treasure, ".new-")), opened(str(folder)) as here:
        for number in range(200):
            entry = None
            with suppress(OSError):  # it was taken away before it had its name
                entry = create_entry(here, f"giliran:R-{number}:1", LINE, SECRET)
            if entry is None:
                continue
            with open(entry) as file:
                assert (folder / f"giliran:R-{number}:1").lstat().st_ino == os.fstat(file.fileno()).st_ino
    assert is_untouched(treasure)


def test_a_file_gets_its_name_by_its_descriptor(folder: Path, treasure: Path) -> None:
    with opened(str(folder)) as here:
        descriptor, temporary = new_file(here, "a")
        (folder / temporary).unlink()
        (folder / temporary).symlink_to(treasure)
        os.write(descriptor, b"ours")
        with pytest.raises(OSError, match="took away"):
            link(descriptor, here, "a")
        os.close(descriptor)
        remove(here, temporary)
    assert os.listdir(folder) == []
    assert is_untouched(treasure)


def test_no_other_file_is_opened_to_everybody_in_the_place_of_our_socket(folder: Path, treasure: Path) -> None:
    with meanwhile(put_links(folder, treasure, ".documents-")):
        for _ in range(100):
            server = DocumentServer(folder, lambda _: SECRET)
            with suppress(OSError):
                server.open()
            server.stop()
            for name in os.listdir(folder):
                (folder / name).unlink(missing_ok=True)
    assert is_untouched(treasure)


def test_a_guard_of_any_user_may_knock_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0o077)
    server = DocumentServer(folder, lambda _: SECRET)
    try:
        server.open()
        (name,) = os.listdir(folder)
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o666
    finally:
        os.umask(before)
        server.stop()
    assert os.listdir(folder) == []


def test_dead_sockets_go_and_links_lead_nowhere(folder: Path, treasure: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / ".documents-1-dead"))
    (folder / ".documents-2-link").symlink_to(treasure)
    server = DocumentServer(folder, lambda _: SECRET)
    server.open()
    assert len(os.listdir(folder)) == 1
    server.stop()
    assert is_untouched(treasure)


def test_old_leftovers_go_and_what_they_lead_to_stays(folder: Path, treasure: Path) -> None:
    make_identity(folder)
    (folder / ".new-giliran:R-1:1-1-left").symlink_to(treasure)
    (folder / ".new-giliran:R-2:1-1-left").write_text("")
    os.utime(folder / ".new-giliran:R-2:1-1-left", (0, 0))
    journal = FileGuardJournal(folder, SystemClock())
    journal.tidy()
    assert sorted(os.listdir(folder)) == [".identity", ".new-giliran:R-1:1-1-left"]
    assert journal.read(Token("R-1", 1)).kind is MarkKind.ABSENT
    assert is_untouched(treasure)
