"""Signed notes, heads of trees, cosignatures and proofs as text (C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-proof).

Signing is an adapter's.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from daemon.domain.errors import Rejected

ED25519, COSIGNATURE = b"\x01", b"\x04"
"""Types of signature: of a log, and of a witness (timestamped, Ed25519 as well)."""
ID_BYTES, KEY_BYTES, SIGNATURE_BYTES, HASH_BYTES, TIMESTAMP_BYTES = 4, 32, 64, 32, 8
_LATEST = 253_402_300_799
"""The last second of the year 9999."""
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
    """An Ed25519 key, whose it is, and what it signs."""

    name: str
    public: bytes
    type: bytes = ED25519

    @property
    def id(self) -> bytes:
        """What tells it from others of the name: four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.type + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.type + self.public).decode()}"

    def lines(self, note: str) -> list[bytes]:
        """What the note has under this key. Rejected when it is no note."""
        return [content for name, id_, content in parts(note)[1] if (name, id_) == (self.name, self.id)]


def verifier_key(text: str, type_: bytes) -> VerifierKey:
    """As others give it. Rejected when it is none of this type."""
    name, _, rest = text.partition("+")
    try:
        content = base64.b64decode(rest.partition("+")[2], validate=True)
    except (binascii.Error, ValueError):
        content = b""
    key = VerifierKey(name, content[1:], type_)
    if not name or len(key.public) != KEY_BYTES or str(key) != text:
        whose = "a log" if type_ == ED25519 else "a witness"
        raise Rejected(f"this is no key of {whose}: NAME+ID+KEY, as it is shown there")
    return key


def origin(office_code: str) -> str:
    """Of an office's log; its key has the same name."""
    return f"giliran/{office_code}"


def signed(text: str, key: VerifierKey, signature: bytes) -> str:
    """The note."""
    return f"{text}\n— {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def alone(note: str) -> str:
    """The note with its first signature only: that of the log itself, without cosignatures."""
    text, gap, lines = note.rpartition("\n\n")
    return f"{text}{gap}{lines.partition(chr(10))[0]}\n"


def cosigned(text: str, seconds: int) -> bytes:
    """What a witness signs of a checkpoint's text; `seconds`: since 1970."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosignature(key: VerifierKey, seconds: int, signature: bytes) -> str:
    """The line that is added to the note."""
    content = key.id + seconds.to_bytes(TIMESTAMP_BYTES) + signature
    return f"— {key.name} {base64.b64encode(content).decode()}\n"


def cosigned_at(content: bytes) -> datetime | None:
    """When, by what stands under a witness's key. None: it is no cosignature."""
    if len(content) != TIMESTAMP_BYTES + SIGNATURE_BYTES:
        return None
    seconds = int.from_bytes(content[:TIMESTAMP_BYTES])
    return datetime.fromtimestamp(seconds, UTC) if seconds <= _LATEST else None


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
