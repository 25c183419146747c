"""The log as a tree, and the key that signs its heads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheckpoint:
    """A head of the tree that was signed."""

    size: int
    root: bytes
    at: datetime
    note: str


class LogTree(Protocol):
    """The log's Merkle tree. Entry n of the log is leaf n; leaf 0 opens it."""

    def opening(self) -> str:
        """Leaf 0."""
        ...

    def size(self) -> int:
        """Leaves there are by now: 1 at least."""
        ...

    def tile(self, level: int, position: int) -> bytes:
        """Its hashes, one after the other, as far as there are; of level 0 those that are committed."""
        ...

    def extend(self) -> bool:
        """Make the tiles above full ones of level 0, some hundred at once; False: all were made."""
        ...

    def keep(self, checkpoint: KeptCheckpoint) -> None:
        """It was signed. Older ones than a week give way to the last of their day."""
        ...

    def add_cosignature(self, size: int, line: str) -> None:
        """A witness's, to the checkpoint of this size; one of the same key stays. One that is not kept any more is let
        be. Rejected when there would be too many."""
        ...

    def newest(self) -> KeptCheckpoint | None:
        """The largest that is kept."""
        ...

    def newest_signed_by(self, names: Sequence[str]) -> KeptCheckpoint | None:
        """The largest that bears a line of one of these names; whether that is right is not looked at."""
        ...

    def has_forked_from(self, root: bytes) -> bool:
        """Whether the log says that it left the one with this root."""
        ...

    def checkpoints(self, after: int = -1, limit: int = 1000) -> list[KeptCheckpoint]:
        """Larger ones than `after`, in order."""
        ...

    def subjects(self, after: str, limit: int) -> list[tuple[str, bytes, bytes]]:
        """Records, what stands for each in its leaves, and the salt of that; by record, from `after` on. Damaged."""
        ...

    def misattributed(self, limit: int) -> list[int]:
        """Entries that name another record than their leaf does, by number: the first of them."""
        ...

    def salt(self, record_id: str) -> bytes | None:
        """What opens the commitment to this record. None: nothing was ever logged of it, or it was erased. Damaged."""
        ...

    def erase(self, record_id: str, *, reason: str, at: datetime, actor: str) -> int:
        """Forget whom its entries are about, who decided them and all that is not public of them (logged, without the
        record); how many there were. The tree stays as it is. For a person whose job is gone: while a daemon knows the
        record, it may write of it under what was erased."""
        ...


class LogKey(Protocol):
    """The key of the log (C2SP signed-note, Ed25519). What it signs as a witness looks like no head of a log."""

    verifier_key: str
    """As others are given it."""
    witness_key: str
    """As neighbours are given it, whose logs it cosigns."""

    def sign(self, text: str) -> str:
        """The note: this text, which ends with a new line, and the signature."""
        ...

    def has_signed(self, note: str) -> bool:
        """Whether the note bears a signature of this key, and it is right. Rejected when it is no note."""
        ...

    def cosign(self, text: str, at: datetime) -> str:
        """The line for a checkpoint of another log with this text."""
        ...
