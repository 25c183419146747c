"""Two offices vouch for each other's logs by what is carried between them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.log_key import load_log_key
from daemon.queries.tree import checkpoint
from tests.unit.daemon.cli.conftest import Office


class Neighbour:
    """Another office, with its own configuration, database and key."""

    def __init__(self, office: Office, folder: Path) -> None:
        folder.mkdir()
        self._run = office._run
        self.config = folder / "giliran.yaml"
        text = office.config.read_text().replace(str(office.folder), str(folder)).replace('"1205"', '"1275"')
        self.config.write_text(text)

    def __call__(self, *arguments: str) -> str:
        done = self._run("--config", str(self.config), *arguments)
        assert done.status == 0, done.err
        return done.out

    def refuses(self, *arguments: str) -> str:
        done = self._run("--config", str(self.config), *arguments)
        assert (done.status, done.out) == (1, "")
        return done.err


@pytest.fixture
def neighbour(office: Office, tmp_path: Path) -> Neighbour:
    """It knows our key, and we know its."""
    assert office("migrate").status == 0
    other = Neighbour(office, tmp_path / "next-door")
    other("migrate")
    ours, theirs = office("audit", "key").out.strip(), other("audit", "witness", "key").strip()
    with other.config.open("a") as file:
        file.write(f'log: {{neighbours: [{{key: "{ours}"}}], neighbours_folder: "{tmp_path}/heads"}}\n')
    office.configure(extra=f'log: {{witnesses: [{{name: Kota Binjai, key: "{theirs}"}}]}}')
    return other


def grow(office: Office, entries: int = 3) -> int:
    """More entries, and a head of them; its size."""
    key = load_log_key(office.folder / "giliran.db.log-key", "giliran/1205")
    with office.store() as store:
        for number in range(entries):
            store.log.append("seen", at=office.now, actor="ani", number=number)
        return checkpoint(store.tree, key, "giliran/1205", SystemClock()).size


def carry(office: Office, neighbour: Neighbour, tmp_path: Path) -> str:
    """There and back."""
    (tmp_path / "request").write_text(office("audit", "witness", "request", "Kota Binjai").out)
    (tmp_path / "answer").write_text(neighbour("audit", "witness", "add-checkpoint", str(tmp_path / "request")))
    return office("audit", "witness", "add-cosignature", str(tmp_path / "answer")).out


def test_a_log_that_grows_is_cosigned_by_what_is_carried(office: Office, neighbour: Neighbour, tmp_path: Path) -> None:
    assert "has cosigned nothing" in office("audit", "witness", "list").out
    for _ in range(2):
        size = grow(office)
        assert carry(office, neighbour, tmp_path) == f"Kota Binjai cosigned {size:,} entries\n"
    (last,) = office("audit", "witness", "list", "--json").json["witnesses"]
    assert (last["name"], last["size"]) == ("Kota Binjai", size)
    assert f"cosigned by Kota Binjai up to entry {size - 1}" in office("status").out
    assert "ikut ditandatangani Kota Binjai" in office("status", "--lang", "id").out
    assert f"giliran/1205: {size} entries of it cosigned here" in neighbour("audit", "witness", "list")
    assert office("audit", "verify").status == 0


def test_an_answer_that_comes_days_later_is_taken_in_where_it_belongs(
    office: Office, neighbour: Neighbour, tmp_path: Path
) -> None:
    size = grow(office)
    (tmp_path / "request").write_text(office("audit", "witness", "request", "Kota Binjai").out)
    grow(office)
    (tmp_path / "answer").write_text(neighbour("audit", "witness", "add-checkpoint", str(tmp_path / "request")))
    assert f"cosigned {size} entries" in office("audit", "witness", "add-cosignature", str(tmp_path / "answer")).out


def test_a_witness_that_stands_elsewhere_says_from_where_to_ask(
    office: Office, neighbour: Neighbour, tmp_path: Path
) -> None:
    size = grow(office)
    carry(office, neighbour, tmp_path)
    grow(office)
    (tmp_path / "request").write_text(office("audit", "witness", "request", "Kota Binjai", "--old", "0").out)
    told = neighbour.refuses("audit", "witness", "add-checkpoint", str(tmp_path / "request"))
    assert f"giliran audit witness request NAME --old {size}" in told
    assert "has 7 entries" in office("audit", "witness", "request", "Kota Binjai", "--old", "99").err


def test_a_rewritten_past_is_refused_by_the_neighbour_and_kept(
    office: Office, neighbour: Neighbour, tmp_path: Path
) -> None:
    grow(office)
    carry(office, neighbour, tmp_path)
    with closing(sqlite3.connect(office.folder / "giliran.db")) as connection, connection:
        connection.execute("UPDATE log SET hash = ? WHERE sequence = 2", ("0" * 64,))
        connection.execute("DELETE FROM log_checkpoint")
    grow(office)
    (tmp_path / "request").write_text(office("audit", "witness", "request", "Kota Binjai", "--old", "4").out)
    told = neighbour.refuses("audit", "witness", "add-checkpoint", str(tmp_path / "request"))
    assert "shows another log than the one whose 4 entries were cosigned here" in told
    assert "evidence of a log that contradicts itself" in neighbour("audit", "witness", "list")


def test_what_is_no_cosignature_of_ours_is_refused(office: Office, neighbour: Neighbour, tmp_path: Path) -> None:
    grow(office)
    for content in (b"", b"\xff", b"nonsense\n", b"x" * 100_000):
        (tmp_path / "answer").write_bytes(content)
        told = office("audit", "witness", "add-cosignature", str(tmp_path / "answer"))
        assert (told.status, told.out, len(told.err.splitlines())) == (1, "", 1)
    assert "no such file" in office("audit", "witness", "add-cosignature", str(tmp_path / "nothing")).err.lower()
    assert "Kota Medan is not among log.witnesses" in office("audit", "witness", "request", "Kota Medan").err


def test_without_witnesses_that_is_told(office: Office) -> None:
    assert "log.witnesses" in office("audit", "witness", "list").out
