"""The log as files that anybody can check: heads, tiles, bundles of entries, proofs (docs/log-format.md)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from daemon.domain import merkle
from daemon.domain.errors import Fatal, Rejected
from daemon.domain.log import LogEntry, leaf_of
from daemon.domain.note import TreeHead, alone, head, parts, proof
from daemon.domain.report import LogStamp
from daemon.domain.tiles import HASH_BYTES, WIDTH, bundle, bundle_path, nodes, tiles_of
from daemon.domain.witness import Request
from daemon.ports import Clock, Cosignature, KeptCheckpoint, LogKey, LogStore, LogTree, Memory, Store, Witness
from daemon.queries.fairness import log_of

_PAGE = 5000


def checkpoint(tree: LogTree, key: LogKey, origin: str, clock: Clock, memory: Memory | None = None) -> KeptCheckpoint:
    """The newest: a new one if the log has grown since the last. Fatal when it does not continue that one, nor what
    `memory` has, which outlives the database; unless the log itself says that it left that."""
    size, node = _whole(tree)
    last = tree.newest()
    if last is not None and not _continues(TreeHead(origin, last.size, last.root), size, node):
        raise Fatal(
            f"the log is not the one whose {last.size:,} entries were signed at {last.at:%Y-%m-%d %H:%M} UTC;"
            " nothing is signed any more: giliran audit verify"
        )
    left = left_behind(tree, origin, memory)
    if left is not None and not tree.has_forked_from(left.root):
        raise Fatal(
            f"the log is not the one whose {left.size:,} entries were signed here; nothing is signed any more. If an"
            " older copy of the database was put back: giliran restore --reconcile --reason …, else:"
            " giliran audit verify"
        )
    if last is not None and last.size == size:
        return last
    new = TreeHead(origin, size, merkle.root(size, node))
    kept = KeptCheckpoint(size=size, root=new.root, at=clock.now(), note=key.sign(new.text))
    if memory is not None:
        memory.save_signed_head(origin, kept.note)
    tree.keep(kept)
    return kept


def left_behind(tree: LogTree, origin: str, memory: Memory | None) -> TreeHead | None:
    """The head that was signed last here, if this log is not a continuation of it."""
    note = None if memory is None else memory.signed_head(origin)
    if note is None:
        return None
    try:
        signed = head(parts(note)[0])
    except Rejected:
        return None
    return None if _continues(signed, *_whole(tree)) else signed


def request_to_cosign(tree: LogTree, head: KeptCheckpoint, old_size: int) -> Request:
    """For a witness that cosigned `old_size` entries last."""
    path = merkle.consistency_proof(old_size, head.size, nodes(tree.tile)) if old_size else []
    return Request(old_size, path, alone(head.note))


def cosigned(tree: LogTree, witness: Witness) -> tuple[int, Cosignature] | None:
    """How many entries this witness cosigned, and when. None: nothing, of what is kept."""
    kept = tree.newest_signed_by([witness.key.name])
    found = None if kept is None else witness.cosignature(kept.note)
    return None if kept is None or found is None else (kept.size, found)


def take_in(tree: LogTree, witness: Witness, lines: str) -> int | None:
    """Keep what this witness answered with its head; the size of that. None: it is of none that is kept."""
    for kept in kept_heads(tree):
        try:
            found = witness.cosignature(alone(kept.note) + lines)
        except Rejected:
            return None
        if found is not None:
            tree.add_cosignature(kept.size, found.line)
            return kept.size
    return None


def uncosigned_since(tree: LogTree, names: Sequence[str]) -> datetime | None:
    """Since when there is a head that nobody has cosigned, nor any later one. `names`: of the witnesses' keys. None:
    somebody has cosigned the newest."""
    last = tree.newest_signed_by(names)
    after = tree.checkpoints(after=-1 if last is None else last.size, limit=1)
    return after[0].at if after else None


def stamp(tree: LogTree, kept: KeptCheckpoint | None = None) -> LogStamp | None:
    """The newest entry, or the checkpoint's, and the root that ends with it. None: nothing was ever logged."""
    if kept is not None:
        return None if kept.size == 1 else LogStamp(sequence=kept.size - 1, hash=kept.root.hex(), note=alone(kept.note))
    size, node = _whole(tree)
    return None if size == 1 else LogStamp(sequence=size - 1, hash=merkle.root(size, node).hex())


def files(store: Store, kept: KeptCheckpoint, advance: Callable[[], None]) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of the tree of this checkpoint; the checkpoint last. `advance`: a file is made."""
    for tile in tiles_of(kept.size):
        yield tile.path, store.tree.tile(tile.level, tile.position)[: tile.width * HASH_BYTES]
        advance()
        if tile.level == 0:
            yield bundle_path(tile.position, tile.width), _bundle(store, tile.position * WIDTH, tile.width)
            advance()
    yield "checkpoint", kept.note.encode()


def number_of_files(kept: KeptCheckpoint) -> int:
    """But for the checkpoint."""
    return sum(2 if tile.level == 0 else 1 for tile in tiles_of(kept.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That an entry is in the log."""

    entry: LogEntry
    leaf: str
    text: str
    """As a tlog-proof."""


def proofs(store: Store, record_id: str, kept: KeptCheckpoint) -> Iterator[Proof]:
    """Of every entry about this record that the checkpoint vouches for."""
    for entry in log_of(store.log, record_id):
        if entry.sequence >= kept.size:
            return
        yield _proof(store, entry, kept)


def newest_proof(store: Store, record_id: str, kept: KeptCheckpoint) -> Proof | None:
    """Of the newest entry about this record that the checkpoint vouches for."""
    found = [entry for entry in log_of(store.log, record_id) if entry.sequence < kept.size]
    if not found:
        return None
    return _proof(store, found[-1], kept)


def _proof(store: Store, entry: LogEntry, kept: KeptCheckpoint) -> Proof:
    leaf = leaf_of(entry)
    path = merkle.inclusion_proof(entry.sequence, kept.size, nodes(store.tree.tile))
    return Proof(entry=entry, leaf=leaf.decode(), text=proof(entry.sequence, path, kept.note, leaf))


def _bundle(store: Store, first: int, width: int) -> bytes:
    opening = [store.tree.opening().encode()] if first == 0 else []
    return bundle([*opening, *_leaves(store.log, max(first, 1), width - len(opening))])


def _leaves(log: LogStore, first: int, how_many: int) -> list[bytes]:
    return [leaf_of(entry) for entry in log.entries(after=first - 1, limit=how_many)] if how_many else []


def kept_heads(tree: LogTree) -> Iterator[KeptCheckpoint]:
    """All, in order."""
    size = -1
    while page := tree.checkpoints(after=size):
        yield from page
        size = page[-1].size


def all_subjects(tree: LogTree) -> Iterator[tuple[str, bytes, bytes]]:
    """Of every record that the log is about: its id, what stands for it in the leaves, its salt. Damaged."""
    after = ""
    while page := tree.subjects(after, _PAGE):
        yield from page
        after = page[-1][0]


def _whole(tree: LogTree) -> tuple[int, merkle.NodeAt]:
    """Its size and its nodes, once all of its tiles are made."""
    while tree.extend():
        pass
    return tree.size(), nodes(tree.tile)


def _continues(signed: TreeHead, size: int, node: merkle.NodeAt) -> bool:
    """Whether the log that was signed is the beginning of this one."""
    return signed.size <= size and merkle.root(signed.size, node) == signed.root
