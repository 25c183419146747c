"""What a carrier brought, and what the next one is to take: sealed files on this machine's own disk.

So the stick can go at once. A file is named by a digest of what it is of: nobody's record id stands in a folder.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken

from adapters.courier.pack import Damaged, Item, Key, Kind, put
from daemon.domain.errors import Fatal

_STATE = "state.json"


class Spool:
    """Every write is whole or not at all; importing the same pack again changes nothing."""

    def __init__(self, folder: Path, key: Key) -> None:
        self._folder = folder
        self._key = key

    def make(self) -> None:
        """Fatal when there can be none."""
        try:
            for kind in Kind:
                (self._folder / kind).mkdir(parents=True, exist_ok=True, mode=0o700)
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
        put(self._folder / _STATE, json.dumps({**self._state(), **known}).encode())

    def keep(self, item: Item) -> None:
        """In the place of what was there of the same."""
        put(self._file(item.kind, item.of), self._key.encrypt(_framed(item)))

    def get(self, kind: Kind, of: str) -> bytes | None:
        """None when there is none. Damaged."""
        try:
            sealed = self._file(kind, of).read_bytes()
        except FileNotFoundError:
            return None
        return self._opened(sealed, kind).content

    def names(self, kind: Kind) -> list[str]:
        """Of the files of this kind, in order: nothing is opened."""
        return sorted(file.name for file in (self._folder / kind).glob("*.sealed"))

    def every(self, kind: Kind) -> Iterator[Item]:
        """In the order of their names. Damaged."""
        for name in self.names(kind):
            yield self._opened((self._folder / kind / name).read_bytes(), kind)

    def drop(self, kind: Kind, of: str) -> None:
        """It is not needed any more."""
        self._file(kind, of).unlink(missing_ok=True)

    def drop_all_but(self, kind: Kind, kept: Iterable[str]) -> None:
        """Of this kind."""
        wanted = {self._file(kind, of).name for of in kept}
        for name in self.names(kind):
            if name not in wanted:
                (self._folder / kind / name).unlink(missing_ok=True)

    def _state(self) -> dict[str, Any]:
        try:
            state = json.loads((self._folder / _STATE).read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise Fatal(
                f"{self._folder / _STATE} is damaged; move the folder away, and ask for a whole pack"
            ) from error
        return state if isinstance(state, dict) else {}

    def _file(self, kind: Kind, of: str) -> Path:
        return self._folder / kind / f"{hashlib.sha256(of.encode()).hexdigest()[:40]}.sealed"

    def _opened(self, sealed: bytes, kind: Kind) -> Item:
        try:
            head, _, content = self._key.decrypt(sealed).partition(b"\n")
        except InvalidToken:
            raise Damaged(f"a {kind} in {self._folder} is damaged, or was sealed with another key") from None
        return Item(kind=kind, of=json.loads(head), content=content)


def _framed(item: Item) -> bytes:
    return json.dumps(item.of).encode() + b"\n" + item.content
