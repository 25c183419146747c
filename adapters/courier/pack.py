"""A pack: numbered sealed files and a sealed manifest that lists them, in one folder of a stick.

Everything on the stick is sealed (Fernet: AES-128-CBC with HMAC-SHA-256) under a key that never lies on it, the
manifest too: whoever finds the stick learns the office's code and how much was carried. The manifest is written last
and renamed into its place, so a stick that is pulled out in the middle holds the pack that it held before.

Whoever has the stick can put anything onto it. So nothing on it is followed, to read or to write (adapters/folder.py).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from adapters.folder import Folder, folder
from daemon.domain.errors import Rejected

FORMAT = 1
TO_OFFICE, TO_CENTRE = "to-office", "to-centre"
MANIFEST = "manifest.sealed"
MOST_ENTRIES = 200_000
MOST_FILE_BYTES = 32 << 20
MOST_MANIFEST_BYTES = 64 << 20
_FOR_THE_OTHER_SIDE = 0o644
"""A stick may keep owners and modes, and who reads it at the centre is another user."""
_NAME = re.compile(r"[0-9]{1,12}-[0-9]{1,7}\.sealed")

Key = Fernet


class Damaged(Exception):
    """What lies on the stick is no pack that can be used. The message says why, never with content."""


class ItemKind(StrEnum):
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

    kind: ItemKind
    of: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _IndexEntry:
    kind: ItemKind
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
        raise Rejected(f"{file} is not a courier's key: 32 bytes in URL-safe base64, on one line") from None


class Pack:
    """One direction's folder on a stick."""

    def __init__(self, root: Path, *below: str, key: Key, office: str) -> None:
        """`root`: where the stick is; `below` it, folder by folder, nothing is taken on trust."""
        self._root = root
        self._below = below
        self._key = key
        self._office = office

    @property
    def place(self) -> Path:
        """For messages."""
        return self._root.joinpath(*self._below)

    @property
    def is_awaited(self) -> bool:
        """Whether the stick has a folder for this office: then a pack may be put into it."""
        try:
            with folder(self._root, *self._below[:-1]):
                return True
        except OSError:
            return False

    def sequence(self) -> int | None:
        """The number of the pack that lies here; None when there is none. Damaged."""
        try:
            with self._opened() as here:
                return int(self._manifest(here)["sequence"]) if here.holds(MANIFEST) else None
        except FileNotFoundError:
            return None

    def items(self, kinds: Iterable[ItemKind]) -> Iterator[Item]:
        """Those of these kinds, kind by kind, each opened and held against the manifest. Damaged."""
        try:
            with self._opened() as here:
                entries = [_entry(raw) for raw in self._manifest(here)["entries"]]
                for kind in kinds:
                    for entry in entries:
                        if entry.kind is kind:
                            yield Item(kind=kind, of=entry.of, content=self._content(here, entry))
        except FileNotFoundError as error:
            raise Damaged(f"{self.place} is not there") from error

    def write(self, items: Iterable[Item], sequence: int) -> None:
        """Put this pack in the place of the one before. OSError; the one before stays then."""
        with folder(self._root, *self._below, make=True) as here:
            entries = []
            for number, item in enumerate(items):
                file = f"{sequence}-{number}.sealed"
                sealed = self._key.encrypt(item.content)
                here.write(file, sealed, mode=_FOR_THE_OTHER_SIDE)
                entries.append({"kind": item.kind, "of": item.of, "file": file, "sha256": _digest(sealed)})
            manifest = {"format": FORMAT, "office": self._office, "sequence": sequence, "entries": entries}
            here.write(MANIFEST, self._key.encrypt(json.dumps(manifest).encode()), mode=_FOR_THE_OTHER_SIDE)
            listed = {entry["file"] for entry in entries}
            for left in here.names():
                if _NAME.fullmatch(left.removeprefix(".")) and left not in listed:
                    with suppress(OSError):
                        here.remove(left)

    @contextmanager
    def _opened(self) -> Iterator[Folder]:
        """FileNotFoundError when there is none; Damaged when it cannot be used."""
        try:
            with folder(self._root, *self._below) as here:
                yield here
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Damaged(f"{error.filename or self.place} cannot be read: {error.strerror}") from error

    def _manifest(self, here: Folder) -> dict[str, Any]:
        sealed = _get(here, MANIFEST, MOST_MANIFEST_BYTES)
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

    def _content(self, here: Folder, entry: _IndexEntry) -> bytes:
        sealed = _get(here, entry.file, MOST_FILE_BYTES)
        if _digest(sealed) != entry.sha256:
            raise Damaged(f"{entry.file} is not what the manifest says; copy the pack again")
        try:
            return self._key.decrypt(sealed)
        except InvalidToken:
            raise Damaged(f"{entry.file} was sealed with another key") from None


def packs(stick: Path, key: Key, *, office: str) -> tuple[Pack, Pack]:
    """The two of one office on a stick: to the office, and to the centre."""
    mine = f"giliran-{office}"
    return Pack(stick, mine, TO_OFFICE, key=key, office=office), Pack(stick, mine, TO_CENTRE, key=key, office=office)


def _entry(raw: object) -> _IndexEntry:
    try:
        entry = _IndexEntry(**raw)  # type: ignore[arg-type]
        kind = ItemKind(entry.kind)
    except (TypeError, ValueError):
        raise Damaged("the manifest lists something of an unknown kind") from None
    if not all(isinstance(text, str) for text in (entry.of, entry.file, entry.sha256)):
        raise Damaged("the manifest lists something without a name")
    if _NAME.fullmatch(entry.file) is None:
        raise Damaged("the manifest names a file that can be none of its own")
    return _IndexEntry(kind=kind, of=entry.of, file=entry.file, sha256=entry.sha256)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _get(here: Folder, name: str, most_bytes: int) -> bytes:
    try:
        return here.read(name, most_bytes)
    except OSError as error:
        raise Damaged(f"{name} cannot be read: {error.strerror}") from error
