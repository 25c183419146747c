"""Signed notes, heads of trees and proofs as text (C2SP signed-note, tlog-checkpoint, tlog-proof).

Signing is an adapter's.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.domain.errors import Rejected

ED25519 = b"\x01"
"""The type of signature."""
ID_BYTES, KEY_BYTES, SIGNATURE_BYTES, HASH_BYTES = 4, 32, 64, 32
MOST_BYTES = 64 * 1024
"""Of a note from outside."""
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+=*)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """As it is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """An Ed25519 key and whose it is."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """What tells it from others of the name: four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


def origin(office_code: str) -> str:
    """Of an office's log; its key has the same name."""
    return f"giliran/{office_code}"


def signed(text: str, key: VerifierKey, signature: bytes) -> str:
    """The note."""
    return f"{text}\n— {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Its text, and of each signature name, key id and the rest. Rejected when it is no note."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or len(note.encode()) > MOST_BYTES:
        raise Rejected("this is no checkpoint: it does not end with an empty line and signatures")
    signatures = []
    for line in lines.removesuffix("\n").split("\n"):
        found = _SIGNATURE.fullmatch(line)
        if found is None:
            raise Rejected("this is no checkpoint: its last lines are not signatures")
        content = _decoded(found["signature"])
        signatures.append((found["name"], content[:ID_BYTES], content[ID_BYTES:]))
    return text + "\n", signatures


def head(text: str) -> TreeHead:
    """Of a checkpoint's text. Rejected when it is none."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise Rejected("this is no checkpoint: its first lines are origin, size and root")
    root = _decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise Rejected("this is no checkpoint: its root is not 32 bytes")
    return TreeHead(lines[0], int(lines[1]), root)


def proof(index: int, path: Sequence[bytes], checkpoint: str, extra: bytes) -> str:
    """A tlog-proof; `extra`: the leaf itself."""
    hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in path)
    told = base64.b64encode(extra).decode()
    return f"c2sp.org/tlog-proof@v1\nextra {told}\nindex {index}\n{hashes}\n{checkpoint}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("this is no checkpoint: a line of it is not base64") from error
