"""What a carrier brought, and what the next one is to take: sealed files on this machine's own disk.

So the stick can go at once. A file is named by a digest of what it is of: nobody's record id stands in a folder.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken

from adapters.courier.pack import MOST_FILE_BYTES, Damaged, Item, ItemKind, Key
from adapters.folder import Folder, NotPlain, folder, write_file
from daemon.domain.errors import Fatal

_STATE = "state.json"
_MOST_STATE_BYTES = 1 << 20
_MOST_SEALED_BYTES = 2 * MOST_FILE_BYTES
"""A file of a pack is sealed once more here, which makes it larger by a third."""


class Spool:
    """Every write is whole or not at all; importing the same pack again changes nothing."""

    def __init__(self, folder: Path, key: Key) -> None:
        self._folder = folder
        self._key = key

    def make(self) -> None:
        """Fatal when there can be none."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for kind in ItemKind:
                with folder(self._folder, kind, make=True, mode=0o700):
                    pass
        except OSError as error:
            raise Fatal(f"the courier's folder {self._folder} cannot be made: {error.strerror}") from error

    @property
    def sequence(self) -> int:
        """Of the pack that was taken in last; 0 before the first."""
        return int(self._state().get("sequence", 0))

    @property
    def sent(self) -> int:
        """The number of the last pack that was given to a carrier."""
        return int(self._state().get("sent", 0))

    @property
    def stand(self) -> str:
        """The cursor up to which the office knows the centre's changes; empty before the first page."""
        return str(self._state().get("stand", ""))

    def note(self, **known: int | str) -> None:
        """Remember that."""
        write_file(self._folder / _STATE, json.dumps({**self._state(), **known}).encode())

    def store(self, item: Item) -> None:
        """In the place of what was there of the same."""
        with self._of(item.kind) as here:
            here.write(_name(item.of), self._key.encrypt(_framed(item)))

    def get(self, kind: ItemKind, of: str) -> bytes | None:
        """None when there is none. Damaged."""
        try:
            return self._read(kind, _name(of)).content
        except FileNotFoundError:
            return None

    def names(self, kind: ItemKind) -> list[str]:
        """Of the files of this kind, in order: nothing is opened."""
        with self._of(kind) as here:
            return [name for name in here.names() if name.endswith(".sealed") and not name.startswith(".")]

    def every(self, kind: ItemKind) -> Iterator[Item]:
        """In the order of their names. Damaged."""
        for name in self.names(kind):
            yield self._read(kind, name)

    def drop(self, kind: ItemKind, of: str) -> None:
        """It is not needed any more."""
        with self._of(kind) as here:
            here.remove(_name(of))

    def drop_all_but(self, kind: ItemKind, kept: Iterable[str]) -> None:
        """Of this kind."""
        wanted = {_name(of) for of in kept}
        left = [name for name in self.names(kind) if name not in wanted]
        with self._of(kind) as here:
            for name in left:
                here.remove(name)

    def _state(self) -> dict[str, Any]:
        try:
            with folder(self._folder) as here:
                state = json.loads(here.read(_STATE, _MOST_STATE_BYTES))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise Fatal(f"{self._folder / _STATE} is damaged; move the folder away, and ask for a full pack") from error
        return state if isinstance(state, dict) else {}

    def _of(self, kind: ItemKind) -> AbstractContextManager[Folder]:
        return folder(self._folder, kind)

    def _read(self, kind: ItemKind, name: str) -> Item:
        """FileNotFoundError; Damaged."""
        try:
            with self._of(kind) as here:
                sealed = here.read(name, _MOST_SEALED_BYTES)
        except NotPlain as error:
            raise Damaged(f"{error.filename} {error.strerror}") from error
        try:
            head, _, content = self._key.decrypt(sealed).partition(b"\n")
        except InvalidToken:
            raise Damaged(f"a {kind} in {self._folder} is damaged, or was sealed with another key") from None
        return Item(kind=kind, of=json.loads(head), content=content)


def _name(of: str) -> str:
    return f"{hashlib.sha256(of.encode()).hexdigest()[:40]}.sealed"


def _framed(item: Item) -> bytes:
    return json.dumps(item.of).encode() + b"\n" + item.content
