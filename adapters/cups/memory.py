"""What lies in the journal's folder beside the tokens and outlives the database: how far its log had come."""

import json
import os
from datetime import datetime
from pathlib import Path

from adapters.cups.guard_entries import new_file, open_entry, opened, remove
from daemon.domain.continuity import Checkpoint
from daemon.domain.errors import Fatal
from daemon.domain.token import Token, parse_token

_PREFIX, _HEAD_PREFIX = ".log-of-", ".head-of-"
_MOST_READ = 4096


class FolderMemory:
    """The Memory port on the journal's folder; one small file for each office."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tokens(self) -> list[Token]:
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

    def checkpoint(self, office: str) -> Checkpoint | None:
        """What was kept last. One that cannot be read is none: the tokens tell on their own."""
        try:
            kept = json.loads(self._text(f"{_PREFIX}{office}"))
            return Checkpoint(
                sequence=int(kept["sequence"]), hash=str(kept["hash"]), at=datetime.fromisoformat(kept["at"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save_checkpoint(self, office: str, checkpoint: Checkpoint) -> None:
        content = {"sequence": checkpoint.sequence, "hash": checkpoint.hash, "at": checkpoint.at.isoformat()}
        self._save(f"{_PREFIX}{office}", json.dumps(content) + "\n")

    def signed_head(self, origin: str) -> str | None:
        try:
            return self._text(_head_of(origin))
        except (OSError, ValueError):
            return None

    def save_signed_head(self, origin: str, checkpoint: str) -> None:
        self._save(_head_of(origin), checkpoint)

    def _save(self, name: str, text: str) -> None:
        if not self._folder.is_dir():
            return
        try:
            with opened(str(self._folder)) as folder:
                _replace(folder, name, text)
        except OSError as error:
            raise Fatal(f"the guard's journal {self._folder} cannot be written: {error.strerror}") from error

    def _text(self, name: str) -> str:
        """Its beginning. OSError, ValueError."""
        with opened(str(self._folder)) as folder, open(open_entry(folder, name), encoding="utf-8") as file:
            return file.read(_MOST_READ)


def _head_of(origin: str) -> str:
    return _HEAD_PREFIX + origin.replace("/", "-")


def _replace(folder: int, name: str, text: str) -> None:
    """Whole and durably, in the place of what was there. OSError."""
    descriptor, temporary = new_file(folder, name)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            if os.geteuid() == 0:  # a command's; the daemon reads it
                os.fchown(descriptor, os.fstat(folder).st_uid, -1)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        remove(folder, temporary)
        raise
    os.fsync(folder)
