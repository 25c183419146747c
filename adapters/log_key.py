"""The key of the log: Ed25519, in a file as sumdb/note and other programs for signed notes take it."""

import base64
import binascii
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from daemon.domain.errors import Fatal
from daemon.domain.note import (
    COSIGNATURE,
    ED25519,
    KEY_BYTES,
    TIMESTAMP_BYTES,
    VerifierKey,
    cosignature,
    cosigned,
    cosigned_at,
    parts,
    signed,
)

_MARK = "PRIVATE+KEY"


class Ed25519LogKey:
    """The LogKey port."""

    def __init__(self, name: str, secret: bytes) -> None:
        """`secret`: 32 bytes (RFC 8032)."""
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self._known = VerifierKey(name, self._key.public_key().public_bytes_raw())
        self.identity = self._known.id
        """What tells it from others of its name."""
        self.verifier_key = str(self._known)
        self._as_witness = VerifierKey(name, self._known.public, COSIGNATURE)
        self.witness_key = str(self._as_witness)

    def sign(self, text: str) -> str:
        """The note."""
        return signed(text, self._known, self._key.sign(text.encode()))

    def has_signed(self, note: str) -> bool:
        """A wrong signature of ours counts as none. Rejected when it is no note."""
        return has_signed(self._known, note)

    def cosign(self, text: str, at: datetime) -> str:
        """The line."""
        seconds = int(at.timestamp())
        return cosignature(self._as_witness, seconds, self._key.sign(cosigned(text, seconds)))


def has_signed(key: VerifierKey, note: str) -> bool:
    """Whether the note bears a log's signature by this key that is right. Rejected when it is no note."""
    text, _ = parts(note)
    return any(_is_right(key.public, signature, text.encode()) for signature in key.lines(note))


def cosignature_on(key: VerifierKey, note: str) -> tuple[datetime, str] | None:
    """When this witness cosigned the note, and its line; None: it did not. Rejected when it is no note."""
    text, _ = parts(note)
    for content in key.lines(note):
        at, signature = cosigned_at(content), content[TIMESTAMP_BYTES:]
        if at is not None and _is_right(key.public, signature, cosigned(text, int(at.timestamp()))):
            return at, cosignature(key, int(at.timestamp()), signature)
    return None


def load_log_key(path: Path, name: str) -> Ed25519LogKey:
    """Fatal when it is missing, or is no key of this name."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise Fatal(f"the log's key {path} cannot be read: {why}; `giliran migrate` makes one where none is") from error
    if not text.startswith(f"{_MARK}+{name}+"):
        raise Fatal(f"the log's key {path} is not of {name}; look at log.key_file and office.code")
    try:
        content = base64.b64decode(text.removeprefix(f"{_MARK}+{name}+").partition("+")[2], validate=True)
    except binascii.Error as error:
        raise Fatal(f"the log's key {path} is damaged; restore it from a backup") from error
    if len(content) != 1 + KEY_BYTES or content[:1] != ED25519:
        raise Fatal(f"the log's key {path} is damaged; restore it from a backup")
    key = Ed25519LogKey(name, content[1:])
    if not text.startswith(f"{_MARK}+{name}+{key.identity.hex()}+"):
        raise Fatal(f"the log's key {path} is damaged; restore it from a backup")
    return key


def create_log_key(path: Path, name: str) -> bool:
    """A new key, readable by its owner alone, synced with its folder. One that is there stays: False."""
    key = Ed25519PrivateKey.generate()
    known = VerifierKey(name, key.public_key().public_bytes_raw())
    secret = base64.b64encode(ED25519 + key.private_bytes_raw()).decode()
    with suppress(FileExistsError):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{_MARK}+{name}+{known.id.hex()}+{secret}\n")
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return True
    return False


def log_key_file(beside: Path, named: Path | None = None) -> Path:
    """Where it is: `log.key_file` if that names it, else the systemd credential `log-key` if there is one, else beside
    the database's key."""
    if named is not None:
        return named
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (credential := Path(credentials) / "log-key").exists():
        return credential
    return beside.with_name(f"{beside.name.removesuffix('.key')}.log-key")


def _is_right(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
