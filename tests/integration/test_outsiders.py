"""The log as Python programs that none of us wrote see it: aics-tlog, tlog-scales, and aics-witness as a witness."""

import json
import os
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tests.outsiders
from adapters.clock import SystemClock
from adapters.database import open_store
from adapters.log_key import Ed25519LogKey
from adapters.neighbours import Neighbours
from adapters.witness import HttpWitness
from daemon.domain.errors import Rejected
from daemon.domain.job import PRINT_READY
from daemon.domain.note import COSIGNATURE, ED25519, parts, verifier_key
from daemon.ports import KeptCheckpoint, OtherSize, Record, Store
from daemon.queries.tree import checkpoint, cosigned, files, proofs, request_to_cosign
from tests.contract.office import NOON, card, minutes, page, print_next, record, stock
from tests.fixtures.sqlite import NewFile
from tests.integration.test_public_formats import go_verifies
from tests.unit.daemon.cli.conftest import Office, Outcome
from tests.waiting import eventually

ROOT = Path(tests.outsiders.__file__).parents[2]
PROGRAMS = Path(os.environ.get("GILIRAN_OUTSIDERS", ROOT / ".venv" / "outsiders")) / "bin"
pytestmark = pytest.mark.skipif(
    not all((PROGRAMS / name).exists() for name in ("python", "aics-tlog", "aics-witness", "tlog-tiles")),
    reason=f"no aics-tlog, aics-witness and tlog-scales in {PROGRAMS}: make test-outsiders installs them (Python 3.12)",
)
ORIGIN = "giliran/1205"
KEY = Ed25519LogKey(ORIGIN, bytes(range(32)))
SCALES = (PROGRAMS / "python", Path(tests.outsiders.__file__).with_name("verify.py"))
ENTRIES, PEOPLE, CARDS = 70_000, 30_000, 5_000


def run(*command: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, check=False, capture_output=True, text=True, timeout=900, input=stdin)


def aics(*arguments: object) -> bool:
    """Whether aics-tlog accepts it."""
    done = run(PROGRAMS / "aics-tlog", *arguments)
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["ok"] is (done.returncode == 0)
    return done.returncode == 0


def scales(*arguments: object, stdin: str = "") -> str:
    """What tlog-scales found; empty: it refuses."""
    return run(*SCALES, KEY.verifier_key, *arguments, stdin=stdin).stdout


@pytest.fixture
def store(tmp_path: Path, new_file: NewFile) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{new_file(tmp_path)}", "1205", SystemClock())) as opened:
        yield opened


def log(store: Store, entries: int, record_id: str | None = None) -> None:
    for number in range(entries):
        store.log.append("seen", at=NOON, actor="ani", record_id=record_id, attempt=number)


def sign(store: Store) -> KeptCheckpoint:
    return checkpoint(store.tree, KEY, ORIGIN, SystemClock())


def export(store: Store, folder: Path) -> KeptCheckpoint:
    kept = sign(store)
    for path, content in files(store, kept, lambda: None):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return kept


def rewrite(store: Store, database: Path, sequence: int) -> None:
    """One entry, by somebody who owns the database and signs again."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE log SET hash = ? WHERE sequence = ?", ("0" * 64, sequence))
        connection.execute("DELETE FROM log_checkpoint")
        connection.execute("DELETE FROM log_tile")


def test_a_tree_and_its_growth_are_accepted_and_one_bit_is_not(store: Store, tmp_path: Path) -> None:
    key = ("--log-key", KEY.verifier_key, "--origin", ORIGIN)
    log(store, 300)
    export(store, tmp_path / "old")
    log(store, 700)
    export(store, tmp_path / "new")
    older = tmp_path / "old" / "checkpoint"
    assert scales("tree", tmp_path / "new", older) == "1001 entries\n"
    assert aics("verify-checkpoint", *key, "--tiles", tmp_path / "new")
    assert aics("verify-consistency", *key, "--tiles", tmp_path / "new", "--old-checkpoint", older)
    leaf = tmp_path / "leaf"
    assert aics("verify-inclusion", *key, "--tiles", tmp_path / "new", "--index", 700, "--entry-out", leaf)
    assert json.loads(leaf.read_text())["n"] == 700
    for file in ("tile/0/001", "tile/entries/001", "checkpoint"):
        content = (tmp_path / "new" / file).read_bytes()
        (tmp_path / "new" / file).write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
        assert scales("tree", tmp_path / "new", older) == "", file
        (tmp_path / "new" / file).write_bytes(content)
    assert scales("tree", tmp_path / "new", older) != ""


def test_a_rewritten_entry_is_refused_by_whoever_holds_an_older_head(store: Store, tmp_path: Path) -> None:
    log(store, 300)
    export(store, tmp_path / "old")
    rewrite(store, tmp_path / "giliran.db", 17)
    log(store, 10)
    export(store, tmp_path / "new")
    older = tmp_path / "old" / "checkpoint"
    key = ("--log-key", KEY.verifier_key, "--origin", ORIGIN)
    assert not aics("verify-consistency", *key, "--tiles", tmp_path / "new", "--old-checkpoint", older)
    assert scales("tree", tmp_path / "new", older) == ""


def test_a_page_of_one_person_is_verified_with_the_key_from_paper(
    tmp_path: Path, new_file: NewFile, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path, new_file, lambda *arguments: _run(capsys, *arguments))
    assert office("migrate").status == 0
    office.ready("R-1", "R-2")
    key, printed = office("audit", "key").out.strip(), office("audit", "prove", "R-1").out
    verify = (*SCALES, key, "page")
    assert run(*verify, "R-1", stdin=printed).stdout == "1 entries about R-1\n"
    assert run(*verify, "R-2", stdin=printed).returncode == 1
    assert run(*verify, "R-1", stdin=printed.replace("\nindex 1\n", "\nindex 2\n")).returncode == 1
    other = Ed25519LogKey(ORIGIN, bytes(32)).verifier_key
    assert run(*SCALES, other, "page", "R-1", stdin=printed).returncode == 1


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Outcome:
    from daemon.cli import main

    capsys.readouterr()
    status = main(arguments)
    said = capsys.readouterr()
    return Outcome(status=status, out=said.out, err=said.err)


def test_our_cosignature_on_a_neighbours_head_is_accepted(store: Store, tmp_path: Path) -> None:
    ours = Ed25519LogKey("giliran/1275", bytes([7] * 32))
    witness = Neighbours(tmp_path / "heads", {ORIGIN: verifier_key(KEY.verifier_key, ED25519)}, ours, SystemClock())
    log(store, 300)
    kept = sign(store)
    note = tmp_path / "note"
    key = ("--log-key", KEY.verifier_key, "--witness-key", ours.witness_key, "--quorum", 1, "--max-age", 3600)
    note.write_text(kept.note)
    assert not aics("verify-checkpoint", *key, "--note", note)
    note.write_text(kept.note + witness.add_checkpoint(request_to_cosign(store.tree, kept, 0).text))
    assert aics("verify-checkpoint", *key, "--note", note)
    later = kept.note + ours.cosign(parts(kept.note)[0], datetime(2020, 1, 1, tzinfo=UTC))
    note.write_text(later)
    assert not aics("verify-checkpoint", *key, "--note", note), "too old"


@contextmanager
def a_witness(folder: Path) -> Iterator[HttpWitness]:
    """aics-witness, serving on this machine."""
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program, config = PROGRAMS / "aics-witness", ("--config", str(folder / "witness.json"))
    shown = run(program, "init", *config, "--name", "witness.example/w1", "--listen", f"127.0.0.1:{port}")
    added = run(program, "add-log", *config, "--origin", ORIGIN, "--vkey", KEY.verifier_key)
    assert added.returncode == 0, added.stderr
    key = verifier_key(shown.stdout.strip(), COSIGNATURE)
    with open(folder / "told", "wb") as told, subprocess.Popen([program, "serve", *config], stderr=told) as serving:
        try:
            eventually(lambda: _answers(port), 30, "the witness listens")
            with closing(HttpWitness("w1", key, f"http://127.0.0.1:{port}", SystemClock())) as witness:
                yield witness
        finally:
            serving.terminate()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


def test_their_witness_cosigns_growth_and_refuses_a_rewritten_entry(store: Store, tmp_path: Path) -> None:
    with a_witness(tmp_path / "witness") as witness:
        size = 0
        for entries in (3, 300, 1):
            log(store, entries)
            kept = sign(store)
            found = witness.add_checkpoint(request_to_cosign(store.tree, kept, size))
            store.tree.add_cosignature(kept.size, found.line)
            known = cosigned(store.tree, witness)
            assert known is not None
            assert known[0] == kept.size == size + entries + (size == 0)
            size = kept.size
        with pytest.raises(OtherSize) as other:
            witness.add_checkpoint(request_to_cosign(store.tree, kept, 4))
        assert other.value.size == size
        again = witness.add_checkpoint(request_to_cosign(store.tree, kept, size))
        assert again.at >= found.at, "its answer may have been lost"
        note = tmp_path / "note"
        note.write_text(store.tree.checkpoints()[-1].note)
        key = ("--log-key", KEY.verifier_key, "--witness-key", str(witness.key), "--quorum", 1)
        assert aics("verify-checkpoint", *key, "--note", note)

        rewrite(store, tmp_path / "giliran.db", 17)
        log(store, 10)
        kept = sign(store)
        with pytest.raises(Rejected, match="not the beginning"):
            witness.add_checkpoint(request_to_cosign(store.tree, kept, size))
        evidence = run(PROGRAMS / "aics-witness", "evidence", "--config", tmp_path / "witness" / "witness.json")
        assert len(json.loads(evidence.stdout)) == 1


@pytest.mark.timeout(1800)
def test_a_log_of_seventy_thousand_decisions_is_verified_entry_by_entry(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """People who are heard of, become ready and are printed; by every program, with the time that each takes."""
    took: dict[str, float] = {}
    began = time.perf_counter()
    first = _decide(store)
    took["decided"] = time.perf_counter() - began
    began = time.perf_counter()
    kept = export(store, tmp_path / "tree")
    took["exported"] = time.perf_counter() - began
    assert kept.size > ENTRIES
    older = tmp_path / "older"
    older.write_text(first.note)
    key = ("--log-key", KEY.verifier_key, "--origin", ORIGIN)
    tree = tmp_path / "tree"

    def by(name: str, verify: Callable[[], bool]) -> None:
        began = time.perf_counter()
        assert verify(), name
        took[name] = time.perf_counter() - began

    by("tlog-scales", lambda: scales("tree", tree, older) == f"{kept.size} entries\n")
    by("aics-tlog", lambda: aics("verify-consistency", *key, "--tiles", tree, "--old-checkpoint", older))
    for index in (0, 1, 255, 256, 65_535, 65_536, kept.size - 1):
        by(f"aics-tlog #{index}", lambda at=index: aics("verify-inclusion", *key, "--tiles", tree, "--index", at))  # type: ignore[misc]
    go = go_verifies(tmp_path, KEY.verifier_key)
    if go is not None:
        by("Go", lambda: go(tree, older).stdout == f"{kept.size} entries\n")
    with a_witness(tmp_path / "witness") as witness:
        asked = request_to_cosign(store.tree, first, 0)
        by("aics-witness", lambda: bool(witness.add_checkpoint(asked).line))
        by(
            "aics-witness, growth",
            lambda: bool(witness.add_checkpoint(request_to_cosign(store.tree, kept, first.size))),
        )
    assert len(list(proofs(store, "R-000001", kept))) >= 3
    for name, seconds in took.items():
        record_property(name, f"{seconds:.2f} s")
        print(f"{kept.size:,} entries, {name}: {seconds:.2f} s")


def _decide(store: Store) -> KeptCheckpoint:
    """The head at about two thirds."""
    stock(store, quantity=CARDS)
    for hour, status in enumerate((None, PRINT_READY)):
        for begin in range(0, PEOPLE, 2_000):
            numbers = range(begin, min(begin + 2_000, PEOPLE))
            those = [_somebody(number, status, hour) for number in numbers]
            store.records.take_page(page(*those, following=f"{hour}-{begin}"), NOON)
    kept = sign(store)
    for number in range(CARDS):
        store.pulled_cards.save(card(f"R-{number:06}"))
        print_next(store)
    return kept


def _somebody(number: int, status: str | None, hour: int) -> Record:
    return record(f"R-{number:06}", number / 60, status=status, updated_at=NOON + minutes(hour))
