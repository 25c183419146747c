"""The log as others check it: with the Go project's packages for signed notes and transparent logs."""

import os
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tests.outsiders
from adapters.clock import SystemClock
from adapters.database import open_store
from adapters.log_key import Ed25519LogKey
from daemon.domain.log import leaf_of
from daemon.ports import KeptCheckpoint, Store
from daemon.queries.tree import checkpoint, files, proofs
from tests.fixtures.sqlite import NewFile

ORIGIN = "giliran/1205"
KEY = Ed25519LogKey(ORIGIN, bytes(range(32)))
NOON = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)
SOURCE = Path(tests.outsiders.__file__).with_name("verify.go")
PACKAGES = Path("/usr/share/gocode")

HAS_GO = shutil.which("go") is not None and (PACKAGES / "src/golang.org/x/mod/sumdb").exists()
pytestmark = pytest.mark.skipif(
    not HAS_GO,
    reason="no Go and golang.org/x/mod here: make test-outsiders installs them",
)

Verify = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def verify(tmp_path_factory: pytest.TempPathFactory) -> Verify:
    """The outsider, compiled."""
    made = go_verifies(tmp_path_factory.mktemp("outsider"), KEY.verifier_key)
    assert made is not None
    return made


def go_verifies(folder: Path, key: str) -> Verify | None:
    """What holds against this key whatever it is given; None: there is no Go here."""
    if not HAS_GO:
        return None
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOCACHE": str(folder / "cache")}
    subprocess.run(["go", "build", "-o", folder / "verify", SOURCE], check=True, env=environment, timeout=300)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [folder / "verify", key, *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)  # type: ignore[arg-type]

    return run


@pytest.fixture
def store(tmp_path: Path, new_file: NewFile) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{new_file(tmp_path)}", "1205", SystemClock())) as opened:
        yield opened


def log(store: Store, entries: int, record_id: str | None = None) -> None:
    for number in range(entries):
        store.log.append("seen", at=NOON, actor="ani", record_id=record_id, number=number, attempt=number)


def export(store: Store, folder: Path) -> KeptCheckpoint:
    kept = checkpoint(store.tree, KEY, ORIGIN, SystemClock())
    for path, content in files(store, kept, lambda: None):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return kept


@pytest.mark.parametrize("entries", [0, 1, 254, 255, 256, 700])
def test_a_tree_of_any_size_is_verified_entry_by_entry(
    verify: Verify, store: Store, tmp_path: Path, entries: int
) -> None:
    log(store, entries)
    export(store, tmp_path / "tree")
    found = verify(tmp_path / "tree")
    assert (found.stdout, found.stderr) == (f"{entries + 1} entries\n", "")


def test_a_tree_that_grew_continues_the_one_before(verify: Verify, store: Store, tmp_path: Path) -> None:
    for number, entries in enumerate((3, 290, 1)):
        log(store, entries)
        export(store, tmp_path / f"{number}")
    older = [tmp_path / f"{number}" / "checkpoint" for number in range(2)]
    assert verify(tmp_path / "2", *older).stdout == "295 entries\n"


def test_one_bit_anywhere_is_found(verify: Verify, store: Store, tmp_path: Path) -> None:
    log(store, 300)
    there = tmp_path / "tree"
    export(store, there)
    for file in [file for file in there.rglob("*") if file.is_file()]:
        content = file.read_bytes()
        place = len(content) // 2 if file.name != "checkpoint" else content.index(b"\n301\n") + 1
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert verify(there).returncode == 1, file
        file.write_bytes(content)
    assert verify(there).returncode == 0


def test_a_past_that_was_rewritten_does_not_continue_the_one_that_others_hold(
    verify: Verify, store: Store, tmp_path: Path, new_file: NewFile
) -> None:
    log(store, 20)
    export(store, tmp_path / "held")
    with closing(open_store(f"sqlite:///{new_file(tmp_path / 'again')}", "1205", SystemClock())) as other:
        log(other, 30)
        export(other, tmp_path / "rewritten")
    assert verify(tmp_path / "rewritten").returncode == 0, "it is whole, and signed"
    assert verify(tmp_path / "rewritten", tmp_path / "held" / "checkpoint").returncode == 1


def test_one_person_s_proofs_are_verified_and_no_others(verify: Verify, store: Store, tmp_path: Path) -> None:
    log(store, 260)
    log(store, 3, "R-1")
    log(store, 5)
    kept = checkpoint(store.tree, KEY, ORIGIN, SystemClock())
    found = list(proofs(store, "R-1", kept))
    assert [each.entry.sequence for each in found] == [261, 262, 263]
    for each in found:
        proof, leaf = tmp_path / f"{each.entry.sequence}.tlog-proof", tmp_path / f"{each.entry.sequence}.json"
        proof.write_text(each.text)
        leaf.write_text(each.leaf)
        extra = each.text.split("\n")[1].removeprefix("extra ")
        assert b64decode(extra) == leaf_of(each.entry) == leaf.read_bytes()
        assert verify(proof, leaf).stdout == f"entry {each.entry.sequence} of 269\n"
    assert verify(tmp_path / "261.tlog-proof", tmp_path / "262.json").returncode == 1
