"""The log as a Merkle tree, made behind its entries."""

from datetime import timedelta
from hashlib import sha256

import pytest

from adapters.log_key import Ed25519LogKey
from daemon.domain.errors import Fatal, Rejected
from daemon.domain.log import leaf_of
from daemon.domain.merkle import Edge, is_consistent, leaf_hash
from daemon.domain.merkle import consistency_proof as proof
from daemon.domain.note import parts
from daemon.domain.tiles import HASH_BYTES, WIDTH, nodes, tiles_of
from daemon.ports import KeptCheckpoint, Store
from daemon.queries.audit import of_checkpoint, verify
from daemon.queries.tree import checkpoint, proofs, stamp
from tests.contract.office import CLERK, NOON, in_line, print_next, stock
from tests.fakes.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


KEY = Ed25519LogKey("giliran/1205", bytes(32))


def write(store: Store, entries: int) -> None:
    for number in range(entries):
        store.log.append("seen", at=NOON, actor=CLERK, number=number)


def made_anew(store: Store) -> Edge:
    edge = Edge()
    edge.append(leaf_hash(store.tree.opening().encode()))
    for entry in store.log.entries(limit=100_000):
        edge.append(leaf_hash(leaf_of(entry)))
    return edge


def signed(store: Store, clock: ManualClock) -> KeptCheckpoint:
    return checkpoint(store.tree, KEY, "giliran/1205", clock)


def test_a_new_log_is_its_first_leaf(store: Store) -> None:
    assert store.tree.size() == 1
    assert store.tree.tile(0, 0) == made_anew(store).root()
    assert stamp(store.tree) is None
    assert store.tree.newest() is None


def test_tiles_and_heads_are_those_of_the_leaves_however_they_were_made(store: Store, clock: ManualClock) -> None:
    heads = []
    for entries in (3, 252, 1, 300, 1):
        write(store, entries)
        heads.append(signed(store, clock))
        clock.advance(60)
    edge = made_anew(store)
    size = store.tree.size()
    assert (heads[-1].size, heads[-1].root) == (size, edge.root()) == (558, edge.root())
    for tile in tiles_of(size):
        assert len(store.tree.tile(tile.level, tile.position)) == tile.width * HASH_BYTES, tile.path
    node = nodes(store.tree.tile)
    for head in heads:
        path = proof(head.size, size, node)
        assert is_consistent(head.size, size, path, head.root, edge.root())
    assert [head.size for head in store.tree.checkpoints()] == [4, 256, 257, 557, 558]
    assert store.tree.newest() == heads[-1]
    found = verify(store, KEY)
    assert (found.faults, found.checkpoints) == ((), 5)


def test_a_log_that_has_not_grown_is_not_signed_again(store: Store, clock: ManualClock) -> None:
    write(store, 2)
    first = signed(store, clock)
    clock.advance(60)
    assert signed(store, clock) == first
    assert len(store.tree.checkpoints()) == 1


def test_a_head_that_contradicts_the_last_is_not_signed(store: Store, clock: ManualClock) -> None:
    write(store, 3)
    root = sha256(b"another log").digest()
    store.tree.keep(KeptCheckpoint(size=3, root=root, at=NOON, note=KEY.sign(f"giliran/1205\n3\n{'A' * 43}=\n")))
    with pytest.raises(Fatal, match="the log is not the one whose 3 entries were signed"):
        signed(store, clock)
    assert [kept.size for kept in store.tree.checkpoints()] == [3]


def test_of_days_longer_ago_than_a_week_the_last_head_is_kept(store: Store, clock: ManualClock) -> None:
    for _ in range(12):
        for _ in range(3):
            write(store, 1)
            signed(store, clock)
            clock.advance(3600)
        clock.advance(timedelta(hours=21).total_seconds())
    kept = [kept.at for kept in store.tree.checkpoints()]
    days = [sum(at.date() == day for at in kept) for day in sorted({at.date() for at in kept})]
    assert days == [1, 1, 1, 1, *[3] * 8]


def test_everything_about_one_person_has_one_subject_and_a_salt_that_opens_it(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    print_next(store)
    subjects = {entry.subject for entry in store.log.entries("A")}
    salt = store.tree.salt("A")
    assert salt is not None
    assert subjects == {sha256(salt + b"A").digest()}
    assert {entry.subject for entry in store.log.entries("B")}.isdisjoint(subjects)
    assert store.tree.salt("C") is None
    assert store.tree.misattributed(10) == []
    assert [record_id for record_id, *_ in store.tree.subjects("", 10)] == ["A", "B"]
    assert [record_id for record_id, *_ in store.tree.subjects("A", 10)] == ["B"]


def test_a_change_that_fails_leaves_no_subject_behind(store: Store) -> None:
    with pytest.raises(TypeError):
        store.log.append("seen", at=NOON, actor=CLERK, record_id="A", thing=object())
    assert store.tree.salt("A") is None
    store.log.append("seen", at=NOON, actor=CLERK, record_id="A")
    (entry,) = store.log.entries("A")
    salt = store.tree.salt("A")
    assert salt is not None
    assert entry.subject == sha256(salt + b"A").digest()


def test_a_tile_that_is_full_never_changes(store: Store, clock: ManualClock) -> None:
    write(store, WIDTH)
    signed(store, clock)
    before = store.tree.tile(0, 0)
    write(store, 10)
    signed(store, clock)
    assert store.tree.tile(0, 0) == before
    assert len(before) == WIDTH * HASH_BYTES


def test_a_head_from_before_the_first_entry_vouches_for_the_opening(store: Store, clock: ManualClock) -> None:
    first = signed(store, clock)
    assert first.size == 1
    for _ in range(2):
        found = verify(store, KEY, known=of_checkpoint(first.note, KEY, "giliran/1205"))
        assert (found.faults, found.paper, found.checkpoints) == ((), None, 1)
        store.log.append("seen", at=NOON, actor=CLERK)


def test_cosignatures_are_kept_with_their_heads(store: Store, clock: ManualClock) -> None:
    first, second = Ed25519LogKey("giliran/1275", bytes([1] * 32)), Ed25519LogKey("giliran/1276", bytes([2] * 32))
    heads = []
    for _ in range(3):
        write(store, 2)
        heads.append(signed(store, clock))
    assert store.tree.newest_signed_by(["giliran/1275", "giliran/1276"]) is None
    for key, kept in ((first, heads[0]), (second, heads[0]), (first, heads[1])):
        store.tree.add_cosignature(kept.size, key.cosign(parts(kept.note)[0], clock.now()))
    with pytest.raises(Rejected):
        store.tree.add_cosignature(heads[0].size, "nothing\n")
    store.tree.add_cosignature(1000, first.cosign("of a head that is not kept\n", clock.now()))
    found = {kept.size: kept.note for kept in store.tree.checkpoints()}
    assert [name for name, _, _ in parts(found[heads[0].size])[1]] == ["giliran/1205", "giliran/1275", "giliran/1276"]
    assert found[heads[2].size] == heads[2].note
    for name, kept in (("giliran/1275", heads[1]), ("giliran/1276", heads[0])):
        newest = store.tree.newest_signed_by([name])
        assert newest is not None
        assert newest.size == kept.size
    assert store.tree.newest_signed_by(["giliran/127", "giliran%"]) is None
    assert verify(store, KEY).faults == ()
    again = found[heads[1].size]
    clock.advance(60)
    store.tree.add_cosignature(heads[1].size, first.cosign(parts(again)[0], clock.now()))
    assert store.tree.checkpoints(after=heads[0].size, limit=1)[0].note == again, "the first one of a key stays"


def test_a_person_who_is_erased_leaves_the_tree_as_it_was(store: Store, clock: ManualClock) -> None:
    for number in range(300):
        store.log.append(
            "seen", at=NOON, actor=CLERK, record_id=f"R-{number % 3}", attempt=number, note="of this person"
        )
    before = signed(store, clock)
    proof_of_then = list(proofs(store, "R-1", before))
    assert store.tree.erase("R-1", reason="the law", at=NOON, actor=CLERK) == len(proof_of_then) == 100
    assert store.tree.salt("R-1") is None
    assert store.log.entries("R-1") == []
    assert list(proofs(store, "R-1", before)) == []
    for entry in store.log.entries()[1:300:3]:
        assert (entry.record_id, entry.actor, entry.salt) == (None, "", None)
        assert entry.details == {"attempt": entry.sequence - 1}
    assert "R-1" not in {entry.record_id for entry in store.log.entries()}
    clock.advance(60)
    after = signed(store, clock)
    assert after.size == before.size + 1
    assert verify(store, KEY).faults == ()
    node = nodes(store.tree.tile)
    assert is_consistent(before.size, after.size, proof(before.size, after.size, node), before.root, after.root)
    for each in proof_of_then:
        leaf = leaf_of(store.log.entries(after=each.entry.sequence - 1, limit=1)[0]).decode()
        assert leaf == each.leaf, "a proof that was given out stays true"
    # Of whoever comes under that record later, nothing leads back.
    store.log.append("seen", at=NOON, actor=CLERK, record_id="R-1")
    (entry,) = store.log.entries("R-1")
    assert entry.subject not in {each.entry.subject for each in proof_of_then}
    assert verify(store, KEY).faults == ()
