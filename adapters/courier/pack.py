"""A pack: numbered sealed files and a sealed manifest that lists them, in one folder of a stick.

Everything on the stick is sealed (Fernet: AES-128-CBC with HMAC-SHA-256) under a key that never lies on it, the
manifest too: whoever finds the stick learns the office's code and how much was carried. The manifest is written last
and renamed into its place, so a stick that is pulled out in the middle holds the pack that it held before.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from daemon.domain.errors import Rejected

FORMAT = 1
TO_OFFICE, TO_CENTRE = "to-office", "to-centre"
MANIFEST = "manifest.sealed"
MOST_ENTRIES = 200_000
MOST_FILE_BYTES = 32 << 20
MOST_MANIFEST_BYTES = 64 << 20
_NAME = re.compile(r"[0-9]{1,12}-[0-9]{1,7}\.sealed")

Key = Fernet


class Damaged(Exception):
    """What lies on the stick is no pack that can be used. The message says why, never with content."""


class Kind(StrEnum):
    """What a file of a pack is."""

    PAGE = "page"
    """Of changes; `of` is the cursor that it follows, empty for the first."""
    CARD = "card"
    """`of` is the record's id."""
    RECEIPT = "receipt"
    """What the centre says of cards made; in the spool one by one, `of` its key."""
    REPORT = "report"
    """Of cards made; in the spool one by one, `of` its key."""
    STAND = "stand"
    """How far the office is; `of` is its cursor, empty before the first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One file's content, as it is before it is sealed."""

    kind: Kind
    of: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    kind: Kind
    of: str
    file: str
    sha256: str


def read_key(file: Path) -> Key:
    """The key that the centre and this office share: 32 bytes in URL-safe base64, as Fernet has them. Rejected."""
    try:
        return Fernet(file.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected(f"the courier's key in {file} cannot be read: {error}") from error
    except ValueError:
        raise Rejected(f"{file} holds no courier's key: 32 bytes in URL-safe base64, on one line") from None


class Pack:
    """One direction's folder on a stick."""

    def __init__(self, folder: Path, key: Key, *, office: str) -> None:
        self.folder = folder
        self._key = key
        self._office = office

    def sequence(self) -> int | None:
        """The number of the pack that lies here; None when there is none. Damaged."""
        if not (self.folder / MANIFEST).exists():
            return None
        return int(self._manifest()["sequence"])

    def items(self, kinds: Iterable[Kind]) -> Iterator[Item]:
        """Those of these kinds, kind by kind, each opened and held against the manifest. Damaged."""
        entries = [_entry(raw) for raw in self._manifest()["entries"]]
        for kind in kinds:
            for entry in entries:
                if entry.kind is kind:
                    yield Item(kind=kind, of=entry.of, content=self._content(entry))

    def write(self, items: Iterable[Item], sequence: int) -> None:
        """Put this pack in the place of the one before. OSError; the one before stays then."""
        self.folder.mkdir(parents=True, exist_ok=True)
        entries = []
        for number, item in enumerate(items):
            file = f"{sequence}-{number}.sealed"
            sealed = self._key.encrypt(item.content)
            put(self.folder / file, sealed)
            entries.append({"kind": item.kind, "of": item.of, "file": file, "sha256": _digest(sealed)})
        manifest = {"format": FORMAT, "office": self._office, "sequence": sequence, "entries": entries}
        put(self.folder / MANIFEST, self._key.encrypt(json.dumps(manifest).encode()))
        listed = {entry["file"] for entry in entries}
        for left in self.folder.iterdir():
            if _NAME.fullmatch(left.name.removeprefix(".")) and left.name not in listed:
                with suppress(OSError):
                    left.unlink()

    def _manifest(self) -> dict[str, Any]:
        sealed = _get(self.folder / MANIFEST, MOST_MANIFEST_BYTES)
        try:
            manifest = json.loads(self._key.decrypt(sealed))
        except InvalidToken:
            raise Damaged("the manifest was sealed with another key, or is damaged") from None
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise Damaged(f"the manifest is not of format {FORMAT}; this Giliran may be older than the centre's side")
        if manifest.get("office") != self._office:
            raise Damaged("the pack is another office's")
        if not isinstance(manifest.get("sequence"), int) or not isinstance(manifest.get("entries"), list):
            raise Damaged("the manifest is not complete")
        if len(manifest["entries"]) > MOST_ENTRIES:
            raise Damaged(f"the manifest lists more than {MOST_ENTRIES:,} files")
        return manifest

    def _content(self, entry: _Entry) -> bytes:
        sealed = _get(self.folder / entry.file, MOST_FILE_BYTES)
        if _digest(sealed) != entry.sha256:
            raise Damaged(f"{entry.file} is not what the manifest says; copy the pack again")
        try:
            return self._key.decrypt(sealed)
        except InvalidToken:
            raise Damaged(f"{entry.file} was sealed with another key") from None


def packs(stick: Path, key: Key, *, office: str) -> tuple[Pack, Pack]:
    """The two of one office on a stick: to the office, and to the centre."""
    mine = stick / f"giliran-{office}"
    return Pack(mine / TO_OFFICE, key, office=office), Pack(mine / TO_CENTRE, key, office=office)


def _entry(raw: object) -> _Entry:
    try:
        entry = _Entry(**raw)  # type: ignore[arg-type]
        kind = Kind(entry.kind)
    except (TypeError, ValueError):
        raise Damaged("the manifest lists something of an unknown kind") from None
    if not all(isinstance(text, str) for text in (entry.of, entry.file, entry.sha256)):
        raise Damaged("the manifest lists something without a name")
    if _NAME.fullmatch(entry.file) is None:
        raise Damaged("the manifest names a file that can be none of its own")
    return _Entry(kind=kind, of=entry.of, file=entry.file, sha256=entry.sha256)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _get(file: Path, most_bytes: int) -> bytes:
    """No link is followed: it could lead anywhere on this machine."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Damaged(f"{file.name} cannot be read: {error.strerror}") from error
    with open(descriptor, "rb") as opened:
        try:
            content = opened.read(most_bytes + 1)
        except OSError as error:
            raise Damaged(f"{file.name} cannot be read: {error.strerror}") from error
    if len(content) > most_bytes:
        raise Damaged(f"{file.name} is larger than {most_bytes >> 20} MiB")
    return content


def put(file: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk when this returns. OSError."""
    new = file.with_name(f".{file.name}")
    with new.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some file systems of sticks know no such thing
            os.fsync(folder)
    finally:
        os.close(folder)
