"""The books, after somebody else had a hand in them."""

import json
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256

import pytest

from daemon.domain.job import Verdict
from daemon.domain.log import canonical, commitment_to, leaf_of
from daemon.domain.merkle import Edge, is_included, leaf_hash
from tests.unit.daemon.cli.conftest import Office


@pytest.fixture
def office(office: Office) -> Office:
    assert office("migrate").status == 0  # makes the log's key
    office("blanks", "receive", "90", "--batch", "B1")
    office("blanks", "load", "card-1", "10")
    office.ready("R-1")
    office.start("R-1")
    office.finish("R-1", Verdict.PRINTED)
    return office


def tamper(office: Office, statement: str) -> None:
    with closing(sqlite3.connect(office.folder / "giliran.db")) as connection, connection:
        connection.execute(statement)


def test_books_as_they_were_written(office: Office) -> None:
    told = office("audit", "verify")
    last = office("audit", "verify", "--json").json["last"]
    assert told.status == 0
    assert f"up to #{last['sequence']} {last['hash']}" in told.out
    assert "all accounts together are zero" in told.out


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE log SET actor = 'nobody' WHERE sequence = 2", "log #2: it was changed"),
        ("UPDATE log SET details = replace(details, '90', '80') WHERE sequence = 1", "log #1: it was changed"),
        ("DELETE FROM log WHERE sequence = 2", "log: #2 to #2 are missing"),
        ("UPDATE log SET record_id = 'R-2' WHERE event = 'started'", "its leaf is about another record"),
        ("UPDATE log SET hash = 'nothing' WHERE sequence = 2", "log #2: it was changed"),
        (
            "UPDATE balance SET quantity = quantity + 7 WHERE account = 'store'",
            "store is kept as 87, its entries say 80",
        ),
        ("DELETE FROM ledger_entry WHERE reason = 'loaded'", "hopper:card-1 is kept as"),
        ("INSERT INTO blank_serial VALUES ('A1', 'B9', 0)", "batch B9 has 1 serials and 0 blanks"),
    ],
)
def test_another_hand_is_seen(office: Office, statement: str, fault: str) -> None:
    tamper(office, statement)
    told = office("audit", "verify")
    assert told.status == 1
    assert fault in told.out
    assert told.err.startswith("giliran: the books were changed by other hands")
    assert any(fault in line for line in office("audit", "verify", "--json").json["faults"])


def test_a_log_that_was_written_anew_as_a_whole_is_not_the_one_on_the_paper(office: Office) -> None:
    paper = office("audit", "verify", "--json").json["last"]
    on_it = ("--entry", str(paper["sequence"]), "--hash", paper["hash"])
    office("job", "handover", "R-1")
    assert office("audit", "verify", *on_it).status == 0
    other = office("audit", "verify", "--entry", "1", "--hash", paper["hash"])
    assert "not the one on the paper" in other.out
    beyond = office("audit", "verify", "--entry", "999", "--hash", paper["hash"])
    assert "log #999: there is no such entry" in beyond.out
    assert office("audit", "verify", "--entry", "1").status == 2


@pytest.mark.parametrize(
    ("entry", "told"),
    [("1", "log #1: its hash is "), ("999", "log #999: there is no such entry; the log ends with #")],
)
def test_a_slip_in_typing_from_the_paper_is_no_word_on_the_books(office: Office, entry: str, told: str) -> None:
    found = office("audit", "verify", "--entry", entry, "--hash", "0" * 64)
    assert found.status == 1
    assert "entries of the log are as they were written" in found.out
    assert told in found.out
    assert "the log itself is whole" in found.err
    assert "compare number and hash with the paper once more" in found.err
    assert "other hands" not in found.err
    assert "ask who did" not in found.err


def test_an_entry_of_the_paper_that_was_taken_out_is_told_beside_the_fault(office: Office) -> None:
    tamper(office, "DELETE FROM log WHERE sequence = 2")
    found = office("audit", "verify", "--entry", "2", "--hash", "0" * 64)
    assert found.status == 1
    assert "log #2: there is no such entry" in found.out
    assert "other hands" in found.err


def test_the_log_given_out_can_be_followed_by_anybody(office: Office) -> None:
    entries = [json.loads(line) for line in office("audit", "export").out.splitlines()]
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert all(sha256(b"\0" + entry["leaf"].encode()).hexdigest() == entry["hash"] for entry in entries)
    assert "SITI CONTOH" not in json.dumps(entries)


def test_the_tree_given_out_is_the_one_that_is_signed_and_tells_of_nobody(office: Office) -> None:
    there = office.folder / "tree"
    told = office("audit", "export", str(there))
    assert told.status == 0, told.err
    size = len(office("audit", "export").out.splitlines()) + 1
    assert sorted(str(file.relative_to(there)) for file in there.rglob("*") if file.is_file()) == [
        "checkpoint",
        f"tile/0/000.p/{size}",
        f"tile/entries/000.p/{size}",
    ]
    origin, told_size, root, *_ = (there / "checkpoint").read_text().split("\n")
    assert (origin, told_size) == ("giliran/1205", str(size))
    bundle = (there / f"tile/entries/000.p/{size}").read_bytes()
    hashes = (there / f"tile/0/000.p/{size}").read_bytes()
    edge, leaves = Edge(), list(entries_of(bundle))
    assert hashes == b"".join(leaf_hash(leaf) for leaf in leaves)
    for leaf in leaves:
        edge.append(leaf_hash(leaf))
    assert b64encode(edge.root()).decode() == root
    assert b"R-1" not in bundle
    assert office("audit", "key").out.strip() in told.out


def entries_of(bundle: bytes) -> Iterator[bytes]:
    while bundle:
        length = int.from_bytes(bundle[:2])
        yield bundle[2 : 2 + length]
        bundle = bundle[2 + length :]


def test_a_person_s_proof_opens_and_leads_to_the_signed_root(office: Office) -> None:
    there = office.folder / "proof"
    page = office("audit", "prove", "R-1", str(there)).out
    salt = bytes.fromhex(next(line for line in page.splitlines() if line.startswith("salt: ")).removeprefix("salt: "))
    files = sorted(there.glob("*.tlog-proof"), key=lambda file: int(file.stem))
    assert len(files) == 3, "recorded, started, printed"
    for file in files:
        leaf = file.with_suffix(".json").read_bytes()
        assert json.loads(leaf)["subject"] == sha256(salt + b"R-1").hexdigest()
        first, extra, index, *rest = file.read_text().split("\n")
        assert (first, b64decode(extra.removeprefix("extra "))) == ("c2sp.org/tlog-proof@v1", leaf)
        gap = rest.index("")
        path, (_, size, root, *_) = [b64decode(each) for each in rest[:gap]], rest[gap + 1 :]
        number = int(index.removeprefix("index "))
        assert is_included(leaf_hash(leaf), number, int(size), path, b64decode(root))
        assert leaf.decode() in page
    assert office("audit", "prove", "R-9").status == 1


def test_the_log_is_held_against_a_signed_head_that_others_have(office: Office) -> None:
    office("audit", "export", str(office.folder / "tree"))
    paper = office.folder / "tree" / "checkpoint"
    assert office("job", "handover", "R-1").status == 0
    assert office("audit", "verify", "--checkpoint", str(paper)).status == 0
    other = office.folder / "other"
    other.write_text(paper.read_text().replace("giliran/1205", "giliran/1206"))
    assert "this checkpoint is of giliran/1206" in office("audit", "verify", "--checkpoint", str(other)).err
    size = paper.read_text().split("\n")[1]
    other.write_text(paper.read_text().replace(f"\n{size}\n", "\n2\n", 1))
    assert "does not bear the signature" in office("audit", "verify", "--checkpoint", str(other)).err
    other.write_text("nothing of the kind")
    assert "this is no checkpoint" in office("audit", "verify", "--checkpoint", str(other)).err


def test_a_past_that_was_rewritten_as_a_whole_is_refused_by_whoever_has_a_head(office: Office) -> None:
    office("audit", "export", str(office.folder / "tree"))
    paper = office.folder / "tree" / "checkpoint"
    rewrite(office, 2, "nobody")
    kept = office("audit", "verify")
    assert "is not what the checkpoint of" in kept.out
    tamper(office, "DELETE FROM log_checkpoint")
    assert office("audit", "verify").status == 0, "nothing inside tells"
    found = office("audit", "verify", "--checkpoint", str(paper))
    assert found.status == 1
    assert "it was rewritten" in found.err


def rewrite(office: Office, sequence: int, actor: str) -> None:
    """An entry that says something else, and is whole."""
    with office.store() as store:
        entry = next(entry for entry in store.log.entries() if entry.sequence == sequence)
    assert entry.salt is not None
    fresh = replace(entry, commitment=commitment_to(entry.salt, actor, canonical(entry.details)))
    with closing(sqlite3.connect(office.folder / "giliran.db")) as connection, connection:
        connection.execute(
            "UPDATE log SET actor = ?, commitment = ?, hash = ? WHERE sequence = ?",
            (actor, fresh.commitment, leaf_hash(leaf_of(fresh)).hex(), sequence),
        )


def test_the_key_is_shown_as_programs_for_signed_notes_take_it(office: Office) -> None:
    name, identity, public = office("audit", "key").out.strip().split("+", 2)
    content = b64decode(public)
    assert name == "giliran/1205"
    assert (len(content), content[:1]) == (33, b"\x01")
    assert identity == sha256(b"giliran/1205\n" + content).hexdigest()[:8]


def test_without_its_key_the_log_is_verified_all_the_same(office: Office) -> None:
    (office.folder / "giliran.db.log-key").unlink()
    found = office("audit", "verify")
    assert found.status == 0
    assert "signatures are not looked at" in found.err
    assert office("audit", "key").status == 1


def test_of_a_person_who_was_erased_nothing_can_be_proved_and_the_books_hold(office: Office) -> None:
    with office.store() as store:
        store.log.append("found", at=office.now, actor="ani", record_id="R-9")
    assert office("audit", "prove", "R-9").status == 0
    with office.store() as store:
        store.tree.erase("R-9", reason="the law", at=office.now, actor="ani")
    told = office("audit", "prove", "R-9")
    assert (told.status, told.out) == (1, "")
    assert "this person was erased" in told.err
    assert office("audit", "verify").status == 0
    assert "R-9" not in office("audit", "export").out
