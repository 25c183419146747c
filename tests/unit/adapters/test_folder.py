"""Files in a folder that others write to, too: real links, pipes and folders, and somebody who exchanges them."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.folder import NotPlain, folder, write_file
from tests.hands import meanwhile

MOST = 1 << 20
TREASURE = b"not for this program's hands"


@pytest.fixture
def treasure(tmp_path: Path) -> Path:
    """A file outside of the folder."""
    file = tmp_path / "treasure"
    file.write_bytes(TREASURE)
    return file


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shared = tmp_path / "shared"
    shared.mkdir()
    return shared


def read(place: Path, name: str, most: int = MOST) -> bytes:
    with folder(place) as here:
        return here.read(name, most)


def _link(name: Path, treasure: Path) -> None:
    name.symlink_to(treasure)


def _dangling(name: Path, _: Path) -> None:
    name.symlink_to(name.with_name("nowhere"))


def _another_name(name: Path, treasure: Path) -> None:
    os.link(treasure, name)


def _pipe(name: Path, _: Path) -> None:
    os.mkfifo(name)


def _directory(name: Path, _: Path) -> None:
    name.mkdir()


def _socket(name: Path, _: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(name))


TRAPS = [_link, _dangling, _another_name, _pipe, _directory, _socket]
Trap = Callable[[Path, Path], None]


@pytest.mark.parametrize("trap", TRAPS)
def test_only_a_plain_file_of_one_name_is_read(place: Path, treasure: Path, trap: Trap) -> None:
    trap(place / "a", treasure)
    with pytest.raises(NotPlain) as caught:
        read(place, "a")
    assert (caught.value.filename, bool(caught.value.strerror)) == (str(place / "a"), True)


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap is not _directory])
@pytest.mark.parametrize("name", ["a", ".a"])
def test_a_file_is_written_in_the_place_of_what_was_there_and_never_into_it(
    place: Path, treasure: Path, trap: Trap, name: str
) -> None:
    trap(place / name, treasure)
    write_file(place / "a", b"new", mode=0o640)
    assert read(place, "a") == b"new"
    assert (place / "a").lstat().st_mode & 0o777 == 0o640 & ~_umask()
    assert treasure.read_bytes() == TREASURE
    assert sorted(os.listdir(place)) == ["a"]


@pytest.mark.parametrize("trap", TRAPS)
def test_a_new_file_is_made_where_nothing_has_its_name_and_nowhere_else(
    place: Path, treasure: Path, trap: Trap
) -> None:
    trap(place / "a", treasure)
    with folder(place) as here:
        with pytest.raises(FileExistsError):
            here.create("a", b"new")
        here.create("b", b"new")
        assert here.read("b", MOST) == b"new"
    assert treasure.read_bytes() == TREASURE
    assert not (place / "nowhere").exists()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from adapters.folder import folder

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5, 5))
with folder(Path(sys.argv[1])) as here:
    for do, name in ((here.create, "a"), (here.write, "b")):
        try:
            do(name, b"x" * 9)
        except OSError as error:
            print(error.filename, error.strerror)
"""


def test_of_a_file_that_could_not_be_written_whole_nothing_is_left(place: Path) -> None:
    (place / "b").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(place)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{place}/a File too large", f"{place}/b File too large"]
    assert os.listdir(place) == ["b"]
    assert (place / "b").read_bytes() == b"old"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("name", ["a", ".a"])
def test_a_folder_in_the_place_of_a_file_is_told_and_stays(place: Path, name: str) -> None:
    (place / name / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="Is a directory") as caught:
        write_file(place / "a", b"new")
    assert str(place) in str(caught.value.filename)
    assert (place / name / "inside").is_dir()


@pytest.mark.parametrize("trap", [_link, _another_name, _pipe, _directory])
def test_a_lock_is_a_plain_file_or_none(place: Path, treasure: Path, trap: Trap) -> None:
    trap(place / "lock", treasure)
    with folder(place) as here, pytest.raises(OSError, match="lock"):
        os.close(here.open_shared("lock", make=True))
    assert treasure.read_bytes() == TREASURE


def test_a_link_makes_no_folder_elsewhere(place: Path, tmp_path: Path) -> None:
    (place / "a").symlink_to(tmp_path)
    with pytest.raises(NotPlain), folder(place, "a", "made", make=True):
        pass
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../treasure", "a/b", "/etc/hostname", "a\0b"])
def test_a_name_is_one_name(place: Path, treasure: Path, name: str) -> None:
    with folder(place) as here:
        for do in (lambda: here.read(name, MOST), lambda: here.write(name, b"x"), lambda: here.remove(name)):
            with pytest.raises(NotPlain):
                do()
    assert treasure.read_bytes() == TREASURE


def test_the_folder_stays_the_one_that_was_opened(place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with folder(place) as here:
        place.rename(tmp_path / "moved away")
        place.symlink_to(other)
        here.write("a", b"new")
    assert (tmp_path / "moved away" / "a").read_bytes() == b"new"
    assert not list(other.iterdir())


def test_a_large_file_is_refused_before_it_is_read(place: Path) -> None:
    (place / "a").touch()
    os.truncate(place / "a", 1 << 40)
    with pytest.raises(NotPlain, match="larger than 1 MiB"):
        read(place, "a")
    os.truncate(place / "a", MOST)
    assert len(read(place, "a")) == MOST


def test_a_file_that_grows_while_it_is_read_never_fills_the_memory_and_never_comes_by_half(place: Path) -> None:
    with (place / "a").open("ab", buffering=0) as file:

        def grow() -> None:
            if os.fstat(file.fileno()).st_size < 2 * MOST:
                file.write(b"x" * 1000)

        with meanwhile(grow):
            for _ in range(2000):
                try:
                    assert len(read(place, "a")) <= MOST
                except NotPlain:
                    continue
    os.truncate(place / "a", MOST + 1)
    with pytest.raises(NotPlain):
        read(place, "a")


def test_nothing_is_won_by_exchanging_a_file_between_look_and_open(place: Path, treasure: Path) -> None:
    (place / "good").write_bytes(b"good")

    def exchange() -> None:
        (place / "link").symlink_to(treasure)
        os.replace(place / "link", place / "a")
        os.link(place / "good", place / "copy")
        os.replace(place / "copy", place / "a")
        (place / "fresh").write_bytes(b"good")
        os.replace(place / "fresh", place / "a")

    exchange()
    with meanwhile(exchange):
        for _ in range(3000):
            with suppress(NotPlain):
                assert read(place, "a") == b"good"
    assert read(place, "a") == b"good"


def test_nothing_is_written_elsewhere_while_somebody_puts_links_in_the_way(place: Path, treasure: Path) -> None:
    def trap() -> None:
        for name in (".a", "a"):
            try:
                (place / "link").symlink_to(treasure)
                os.replace(place / "link", place / name)
            except FileExistsError:
                continue

    with meanwhile(trap):
        for number in range(300):
            try:
                write_file(place / "a", b"%d" % number)
            except OSError:
                continue
    assert treasure.read_bytes() == TREASURE
