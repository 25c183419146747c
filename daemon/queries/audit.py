"""Whether the books are as they were written: the log's tree, everybody's turn, the ledger's sums, the serials."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from daemon.domain.errors import Damaged, Rejected, UnknownRecord
from daemon.domain.line import Violation
from daemon.domain.log import GENESIS, Chain, LogEntry, chain_in, chained, is_intact, leaf_of, subject_of
from daemon.domain.merkle import Edge, leaf_hash
from daemon.domain.note import TreeHead, head, parts
from daemon.domain.order import Turn
from daemon.domain.report import LogStamp
from daemon.domain.tiles import HASH_BYTES, WIDTH, Growth
from daemon.ports import KeptCheckpoint, LogKey, LogTree, Store
from daemon.queries.fairness import Contradiction, History, Told, log_of, whole_log

_PAGE = 5000
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What was found."""

    entries: int
    """Of the log, that were looked at."""
    last: LogStamp | None
    """The newest entry, and the root of the tree that ends with it. None: there is none."""
    checkpoints: int
    """Kept ones that were held against the tree."""
    faults: tuple[str, ...]
    """One line each; none when all is well."""
    paper: str | None = None
    """How the log differs from what was held against it, in one line; None: it does not, or nothing was."""


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


def verify(
    store: Store, key: LogKey | None = None, *, known: Outside | None = None, advance: Callable[[], None] = lambda: None
) -> AuditResult:
    """Everything, from the first entry on. `key`: of the log; None: signatures are not looked at.

    After the first entry that is not what it was, what stands there is followed on from: each change is told.
    """
    tree = _Tree(store.tree, key, known)
    faults = list(tree.reached())
    history = History()
    for entry in whole_log(store.log):
        advance()
        faults.extend(tree.add(entry))
        faults.extend(map(_in_words, history.add(entry)))
    faults.extend(tree.end())
    return AuditResult(
        entries=tree.entries,
        last=None if tree.sequence == 0 else LogStamp(sequence=tree.sequence, hash=tree.edge.root().hex()),
        checkpoints=tree.held,
        faults=(*faults, *_of_subjects(store.tree), *_of_people(store, history), *_of_blanks(store)),
        paper=None if known is None else tree.against_paper(known),
    )


class _Tree:
    """The log's leaves, its tree made anew, and what is kept of the tree."""

    def __init__(self, tree: LogTree, key: LogKey | None, known: Outside | None) -> None:
        opening = tree.opening()
        self._tree = tree
        self._key = key
        self._known = known
        self._known_as: list[str] = []
        """Hashes that the outside may have of the entry."""
        self._chain: Chain | None = chain_in(opening)
        self._link = GENESIS
        self._kept = _kept(tree)
        self._next = next(self._kept, None)
        self._matched = 0
        """Leaves of the last checkpoint that fits."""
        self._fits = True
        """Once one does not, no later one can."""
        self._growth = Growth(0, lambda level, position: b"")
        self._leaves = bytearray()
        self.edge = Edge()
        self.entries = self.sequence = self.held = 0
        self._append(leaf_hash(opening.encode()))

    def add(self, entry: LogEntry) -> Iterator[str]:
        """The next entry; what is wrong with it."""
        if entry.sequence != self.sequence + 1:
            yield f"log: #{self.sequence + 1} to #{entry.sequence - 1} are missing"
        elif not is_intact(entry):
            yield f"log #{entry.sequence}: it was changed"
        self.entries, self.sequence = self.entries + 1, entry.sequence
        self._append(_hash(entry))
        if self._chain is not None and entry.sequence <= self._chain.entries:
            yield from self._follow(entry, self._chain)
        yield from self.reached()

    def reached(self) -> Iterator[str]:
        """Whoever vouches for the tree as it is by now is held against it."""
        if self._known is not None and self.sequence == self._known.sequence:
            self._known_as.append(self.edge.root().hex())
        while self._next is not None and self._next.size <= self.sequence + 1:
            yield from self._hold(self._next)
            self._next = next(self._kept, None)

    def end(self) -> Iterator[str]:
        """After the last entry."""
        if self._next is not None:
            yield (
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
                yield f"log: the tree's tile {level}/{position} has another hash of #{first} to #{last}"

    def against_paper(self, known: Outside) -> str | None:
        """How the log differs."""
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

    def _follow(self, entry: LogEntry, chain: Chain) -> Iterator[str]:
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
                yield f"log #{chain.broken}: it did not follow the entry before it when the log became a tree"
            elif self._link != chain.hash:
                yield f"log: one of #1 to #{chain.entries} is not as it was when the log became a tree"

    def _hold(self, kept: KeptCheckpoint) -> Iterator[str]:
        self.held += 1
        when = f"the checkpoint of {kept.at:%Y-%m-%d %H:%M} UTC"
        if kept.size != self.edge.size or self.edge.root() != kept.root:
            if self._fits:
                yield f"log: one of #{self._matched} to #{kept.size - 1} is not what {when} vouches for"
            self._fits = False
        else:
            self._matched = kept.size
        try:
            said = head(parts(kept.note)[0])
            is_signed = self._key is None or self._key.has_signed(kept.note)
        except Rejected as error:
            yield f"{when}: {error}"
            return
        if said != TreeHead(said.origin, kept.size, kept.root) or not is_signed:
            yield f"{when}: its signature is not that of the log's key, or not of this head"


def _hash(entry: LogEntry) -> bytes:
    """As it stands there, if it is one."""
    try:
        found = bytes.fromhex(entry.hash)
    except ValueError:
        found = b""
    return found if len(found) == HASH_BYTES else leaf_hash(leaf_of(entry))


def _kept(tree: LogTree) -> Iterator[KeptCheckpoint]:
    after = -1
    while page := tree.checkpoints(after):
        yield from page
        after = page[-1].size


def _of_subjects(tree: LogTree) -> Iterator[str]:
    for sequence in tree.misattributed(_MOST_NAMED):
        yield f"log #{sequence}: its leaf is about another record"
    after = ""
    try:
        while page := tree.subjects(after, _PAGE):
            for record_id, subject, salt in page:
                if subject_of(salt, record_id) != subject:
                    yield f"{record_id}: what stands for it in the log is not its own"
            after = page[-1][0]
    except Damaged as error:
        yield str(error)


def _in_words(found: Violation | Contradiction) -> str:
    if isinstance(found, Contradiction):
        return str(found)
    started = _turn(found.started)
    if found.passed_over is None:
        return f"log #{found.sequence}: {started} was started, though the rules of the order held everybody back"
    passed_over = _turn(found.passed_over)
    return (
        f"log #{found.sequence}: {started} was started, though {passed_over} {_comes_first(found)} and was ready since"
        f" #{found.ready_since}"
    )


def _comes_first(found: Violation) -> str:
    is_earlier = found.passed_over is not None and found.passed_over < found.started
    return "is earlier" if is_earlier else "comes first by the rules"


def _turn(turn: Turn) -> str:
    return f"{turn.record_id} (recorded {turn.recorded_at.isoformat()})"


def _of_people(store: Store, history: History) -> Iterator[str]:
    """The table of jobs, held against what the log says last of each."""
    missing = history.people
    after: str | None = None
    while page := store.view.everybody(after, _PAGE):
        for job in page:
            told = missing.pop(job.record_id, Told())
            if any(told.contradictions(job)):
                yield from _looked_at_again(store, job.record_id)
        after = page[-1].record_id
    for record_id in [record_id for record_id, told in missing.items() if told.state is not None]:
        yield from _looked_at_again(store, record_id)


def _looked_at_again(store: Store, record_id: str) -> Iterator[str]:
    """The daemon goes on meanwhile: a change and its entry come together, so without a new entry nothing changed."""
    told, last = _told(store, record_id)
    while True:
        try:
            found = list(told.contradictions(store.jobs.job(record_id)))
        except UnknownRecord:
            found = [f"{record_id}: {told.state} by the log, and the table does not have it"]
        told, newest = _told(store, record_id)
        if newest == last:
            break
        last = newest
    yield from found


def _told(store: Store, record_id: str) -> tuple[Told, int]:
    """What the log says of it by now, and the number of its last entry."""
    told, last = Told(), 0
    for entry in log_of(store.log, record_id):
        told, last = told.then(entry), entry.sequence
    return told, last


def _of_blanks(store: Store) -> Iterator[str]:
    for account, (kept, folded) in store.ledger.differences().items():
        yield f"blanks: {account} is kept as {kept:,}, its entries say {folded:,}"
    total = sum(store.ledger.balances().values())
    if total:
        yield f"blanks: all accounts together are {total:,}, not zero"
    received = store.ledger.known_batches()
    for batch, serials in store.serials.registered().items():
        if serials > received.get(batch, 0):
            yield f"blanks: batch {batch} has {serials:,} serials and {received.get(batch, 0):,} blanks"
