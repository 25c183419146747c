"""Sealing of personal data: AES-256-GCM under one key that lies beside the database, not in it."""

import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.database.sql.address import is_postgresql, sqlite_file
from daemon.domain.errors import Damaged, Fatal
from daemon.ports import Card, Person

KEY_BYTES = 32
_NONCE_BYTES = 12
_ON_THIS_MACHINE = Path("/var/lib/giliran/giliran.key")


class Seal:
    """Seals and opens; each blob is bound to its record and purpose, so that none can be passed off as another."""

    def __init__(self, key: bytes, source: Path) -> None:
        assert len(key) == KEY_BYTES
        self._cipher = AESGCM(_derive(key, b"seal"))
        self._nik_key = _derive(key, b"nik")
        self.fingerprint = _derive(key, b"fingerprint")
        """Tells this key from others without giving it away."""
        self._source = source

    def nik_digest(self, nik: str) -> bytes:
        """What a NIK is looked up by."""
        return hmac.digest(self._nik_key, nik.encode(), hashlib.sha256)

    def seal_person(self, record_id: str, person: Person) -> bytes:
        """All of a person's fields."""
        fields = {
            "nik": person.nik,
            "name": person.name,
            "birth_place": person.birth_place,
            "birth_date": person.birth_date.isoformat() if person.birth_date else None,
            "sex": person.sex,
        }
        return self._seal(record_id, "person", json.dumps(fields).encode())

    def open_person(self, record_id: str, sealed: bytes) -> Person:
        """Damaged if not every bit of it is as it was sealed, with this key and for this record."""
        fields = json.loads(self._open(record_id, "person", sealed))
        born = fields.pop("birth_date")
        return Person(**fields, birth_date=date.fromisoformat(born) if born else None)

    def seal_card(self, card: Card) -> bytes:
        """All that is to be printed for a record: a line of JSON, then photo and document as they are."""
        parts = (card.photo, card.document)
        header = {"fields": dict(card.fields), "bytes": [None if part is None else len(part) for part in parts]}
        content = b"\n".join((json.dumps(header).encode(), b"".join(part or b"" for part in parts)))
        return self._seal(card.record_id, "card", content)

    def open_card(self, record_id: str, sealed: bytes) -> Card:
        """Damaged if not every bit of it is as it was sealed, with this key and for this record."""
        header, _, content = self._open(record_id, "card", sealed).partition(b"\n")
        known = json.loads(header)
        photo_bytes, document_bytes = known["bytes"]
        start = photo_bytes or 0
        return Card(
            record_id=record_id,
            fields=known["fields"],
            photo=None if photo_bytes is None else content[:start],
            document=None if document_bytes is None else content[start : start + document_bytes],
        )

    def seal_salt(self, record_id: str, salt: bytes) -> bytes:
        """What opens the log's commitment to a record (docs/log-format.md)."""
        return self._seal(record_id, "log", salt)

    def open_salt(self, record_id: str, sealed: bytes) -> bytes:
        """Damaged if not every bit of it is as it was sealed, with this key and for this record."""
        return self._open(record_id, "log", sealed)

    def _seal(self, record_id: str, purpose: str, content: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, f"{purpose}:{record_id}".encode())

    def _open(self, record_id: str, purpose: str, sealed: bytes) -> bytes:
        nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, content, f"{purpose}:{record_id}".encode())
        except (InvalidTag, ValueError) as error:
            raise Damaged(f"the {purpose} of {record_id} cannot be opened with the key in {self._source}") from error


def key_file(url: str, named: Path | None = None) -> Path:
    """Where the key is: `database.key_file` if that names it, else the systemd credential `database-key` if there is
    one, else beside the SQLite file, or for PostgreSQL in the daemon's own folder."""
    if named is not None:
        return named
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials:
        credential = Path(credentials) / "database-key"
        if credential.exists():
            return credential
    if is_postgresql(url):
        return _ON_THIS_MACHINE
    file = sqlite_file(url)
    return file.with_name(file.name + ".key")


def load_seal(path: Path) -> Seal:
    """Fatal when the key is missing or is no key."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise Fatal(
            f"the database's key {path} cannot be read: {error.strerror}, and without it nobody's data can be"
        ) from error
    if len(key) != KEY_BYTES:
        raise Fatal(f"the database's key {path} has {len(key)} bytes instead of {KEY_BYTES}; restore it from a backup")
    return Seal(key, path)


def create_key(path: Path) -> None:
    """A new key, readable by its owner alone, synced with its folder. One that is there stays."""
    with suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, secrets.token_bytes(KEY_BYTES))
            os.fsync(file)
        finally:
            os.close(file)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _derive(key: bytes, purpose: bytes) -> bytes:
    """One key for each use, from the one that is kept (HMAC as a key derivation: the key is uniform already)."""
    return hmac.digest(key, b"giliran:" + purpose, hashlib.sha256)
