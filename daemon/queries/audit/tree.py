"""Whether the log is as it was written: each entry against its leaf, the tree against what is kept and what others hold
of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from daemon.domain.errors import Damaged, Rejected
from daemon.domain.log import GENESIS, Chain, LogEntry, chain_in, chained, is_intact, leaf_of, subject_of
from daemon.domain.merkle import Edge, leaf_hash
from daemon.domain.note import TreeHead, head, parts
from daemon.domain.report import LogStamp
from daemon.domain.tiles import HASH_BYTES, WIDTH, Growth
from daemon.ports import KeptCheckpoint, LogKey, LogTree
from daemon.queries.tree import all_subjects, kept_heads

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What others hold of the log."""

    sequence: int
    hash: str
    """Hex: the root of the tree that ends with this entry; of a time before the tree, the entry's hash in the chain."""


def of_checkpoint(note: str, key: LogKey, origin: str) -> Outside:
    """What a checkpoint says. Rejected when it is none of this log, or nobody signed it with this key."""
    said = head(parts(note)[0])
    if said.origin != origin:
        raise Rejected(f"this checkpoint is of {said.origin}, not of {origin}")
    if not key.has_signed(note):
        raise Rejected(f"this checkpoint does not bear the signature of {key.verifier_key}")
    return Outside(sequence=said.size - 1, hash=said.root.hex())


def check_heads(tree: LogTree, key: LogKey | None) -> Iterator[str]:
    """The signatures of those that are kept. `key`: of the log; None: they are not looked at."""
    for kept in kept_heads(tree):
        try:
            said = head(parts(kept.note)[0])
            is_signed = key is None or key.has_signed(kept.note)
        except Rejected as error:
            yield f"{_when(kept)}: {error}"
            continue
        if said != TreeHead(said.origin, kept.size, kept.root) or not is_signed:
            yield f"{_when(kept)}: its signature is not that of the log's key, or not of this head"


def check_subjects(tree: LogTree) -> Iterator[str]:
    """What stands for each record in the leaves is its own."""
    for sequence in tree.misattributed(_MOST_NAMED):
        yield f"log #{sequence}: its leaf is about another record"
    try:
        for record_id, subject, salt in all_subjects(tree):
            if subject_of(salt, record_id) != subject:
                yield f"{record_id}: what stands for it in the log is not its own"
    except Damaged as error:
        yield str(error)


class Tree:
    """The log's leaves, its tree made anew, and what is kept of the tree."""

    def __init__(self, tree: LogTree, known: Outside | None) -> None:
        opening = tree.opening()
        self._tree = tree
        self._known = known
        self._known_as: list[str] = []
        """Hashes that the outside may have of the entry."""
        self._chain: Chain | None = chain_in(opening)
        self._link = GENESIS
        self._kept = kept_heads(tree)
        self._next = next(self._kept, None)
        self._matched = 0
        """Leaves of the last checkpoint that fits."""
        self._fits = True
        """Once one does not, no later one can."""
        self._growth = Growth(0, lambda level, position: b"")
        self._leaves = bytearray()
        self.edge = Edge()
        self.entries = self.sequence = self.held = 0
        self._faults: list[str] = []
        self._append(leaf_hash(opening.encode()))
        self._reached()

    def add(self, entry: LogEntry) -> None:
        """The next entry.

        After the first one that is not what it was, what stands there is followed on from: each change is told.
        """
        if entry.sequence != self.sequence + 1:
            self._faults.append(f"log: #{self.sequence + 1} to #{entry.sequence - 1} are missing")
        elif not is_intact(entry):
            self._faults.append(f"log #{entry.sequence}: it was changed")
        self.entries, self.sequence = self.entries + 1, entry.sequence
        self._append(_hash(entry))
        if self._chain is not None and entry.sequence <= self._chain.entries:
            self._follow(entry, self._chain)
        self._reached()

    def _reached(self) -> None:
        """Whoever vouches for the tree as it is by now is held against it."""
        if self._known is not None and self.sequence == self._known.sequence:
            self._known_as.append(self.edge.root().hex())
        while self._next is not None and self._next.size <= self.sequence + 1:
            self._hold(self._next)
            self._next = next(self._kept, None)

    @property
    def last(self) -> LogStamp | None:
        """The newest entry, and the root of the tree that ends with it. None: there is none."""
        return None if self.sequence == 0 else LogStamp(sequence=self.sequence, hash=self.edge.root().hex())

    def check(self) -> list[str]:
        """What did not fit, after the last entry."""
        self._end()
        return self._faults

    def _end(self) -> None:
        if self._next is not None:
            self._faults.append(
                f"log: it ends with #{self.sequence}; a checkpoint of {self._next.at:%Y-%m-%d %H:%M} UTC had"
                f" #{self._next.size - 1}"
            )
        for (level, position), made in self._growth.changed.items():
            stored = self._tree.tile(level, position)
            common = min(len(stored), len(made))
            if stored[:common] != made[:common]:
                other = next(n for n in range(common) if stored[n] != made[n]) // HASH_BYTES
                first = (position * WIDTH + other) * WIDTH**level
                last = first + WIDTH**level - 1
                self._faults.append(f"log: the tree's tile {level}/{position} has another hash of #{first} to #{last}")

    def against_paper(self) -> str | None:
        """How the log differs from what others hold; None: it does not, or nothing was held against it."""
        known = self._known
        if known is None:
            return None
        if known.sequence > self.sequence or not self._known_as:
            return f"log #{known.sequence}: there is no such entry; the log ends with #{self.sequence}"
        if known.hash.lower() not in self._known_as:
            return f"log #{known.sequence}: its hash is {self._known_as[0]}, not the one on the paper"
        return None

    def _append(self, leaf: bytes) -> None:
        self.edge.append(leaf)
        self._leaves += leaf
        if len(self._leaves) == WIDTH * HASH_BYTES:
            self._growth.add(bytes(self._leaves))
            self._leaves.clear()

    def _follow(self, entry: LogEntry, chain: Chain) -> None:
        """From before the tree: its chain ends as leaf 0 says."""
        self._link = chained(
            sequence=entry.sequence,
            at=entry.at,
            actor=entry.actor,
            event=entry.event,
            record_id=entry.record_id,
            details=entry.text,
            previous=self._link,
        )
        if self._known is not None and entry.sequence == self._known.sequence:
            self._known_as.append(self._link)
        if entry.sequence == chain.entries:
            if chain.broken is not None:
                self._faults.append(
                    f"log #{chain.broken}: it did not follow the entry before it when the log became a tree"
                )
            elif self._link != chain.hash:
                self._faults.append(f"log: one of #1 to #{chain.entries} is not as it was when the log became a tree")

    def _hold(self, kept: KeptCheckpoint) -> None:
        self.held += 1
        if kept.size != self.edge.size or self.edge.root() != kept.root:
            if self._fits:
                self._faults.append(
                    f"log: one of #{self._matched} to #{kept.size - 1} is not what {_when(kept)} vouches for"
                )
            self._fits = False
        else:
            self._matched = kept.size


def _hash(entry: LogEntry) -> bytes:
    """As it stands there, if it is one."""
    try:
        found = bytes.fromhex(entry.hash)
    except ValueError:
        found = b""
    return found if len(found) == HASH_BYTES else leaf_hash(leaf_of(entry))


def _when(kept: KeptCheckpoint) -> str:
    return f"the checkpoint of {kept.at:%Y-%m-%d %H:%M} UTC"
