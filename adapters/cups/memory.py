"""What lies in the journal's folder beside the tokens and outlives the database: how far its log had come."""

import json
import os
from datetime import datetime
from pathlib import Path

from adapters.cups.guard_entries import sync_folder
from daemon.domain.continuity import Checkpoint
from daemon.domain.errors import Fatal
from daemon.domain.token import Token, parse_token

_PREFIX = ".log-of-"


class FolderMemory:
    """The Memory port on the journal's folder; one small file for each office."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tokens(self) -> list[Token]:
        """Of every card that was started or taken back here."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Fatal(f"the guard's journal {self._folder} cannot be read: {error.strerror}") from error
        found = (parse_token(name) for name in names)
        return sorted(
            (token for token in found if token is not None), key=lambda token: (token.record_id, token.attempt)
        )

    def queue(self, token: Token) -> str | None:
        """The CUPS queue that it was started on, by the first line of its entry."""
        try:
            with (self._folder / str(token)).open(encoding="utf-8") as entry:
                said = json.loads(entry.readline(4096)).get("printer")
        except (OSError, ValueError, AttributeError):
            return None
        return said if isinstance(said, str) else None

    def checkpoint(self, office: str) -> Checkpoint | None:
        """What was kept last. One that cannot be read is none: the tokens tell on their own."""
        try:
            descriptor = os.open(self._folder / f"{_PREFIX}{office}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with open(descriptor, encoding="utf-8") as file:
                kept = json.loads(file.read(4096))
            return Checkpoint(
                sequence=int(kept["sequence"]), hash=str(kept["hash"]), at=datetime.fromisoformat(kept["at"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, office: str, checkpoint: Checkpoint) -> None:
        """Durably, in place of the last."""
        if not self._folder.is_dir():
            return
        new = self._folder / f".new{_PREFIX}{office}-{os.getpid()}"
        content = {"sequence": checkpoint.sequence, "hash": checkpoint.hash, "at": checkpoint.at.isoformat()}
        try:
            new.unlink(missing_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(content) + "\n")
                file.flush()
                os.fsync(file.fileno())
            new.rename(self._folder / f"{_PREFIX}{office}")
            sync_folder(str(self._folder))
        except OSError as error:
            raise Fatal(f"the guard's journal {self._folder} cannot be written: {error.strerror}") from error
