"""The newest entry of the log that this process has seen committed: a database that goes back under it lacks it."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from adapters.database.transactions.change import Change
from adapters.database.transactions.log_end import LogPlace
from adapters.database.transactions.statement import Statement
from daemon.domain.errors import Fatal

HASH = Statement("SELECT hash FROM log WHERE sequence = ?")


@dataclass(slots=True)
class Newest:
    """Asked before a card is claimed, in the claim's own transaction; told when one was committed."""

    where: str
    file: Path | None
    """SQLite's; None: a server's."""
    _known: LogPlace | None = None
    _opened: tuple[int, int] | None = field(init=False)

    def __post_init__(self) -> None:
        self._opened = self._file_now()

    def check(self, change: Change) -> None:
        """Fatal when the database is not the one that it was: whoever is ready by it may have his card."""
        if self._file_now() != self._opened:
            raise Fatal(f"database {self.where}: its file was exchanged while Giliran ran; no card was started")
        known = self._known
        if known is None or known == change.log.start:
            return
        if change.row(HASH, (known.sequence,)) != (known.hash,):
            raise Fatal(
                f"database {self.where}: it went back in time while Giliran ran (its log was at #{known.sequence});"
                " no card was started, the next start looks at what is missing"
            )

    def committed(self, end: LogPlace) -> None:
        """The end of the log in a transaction that is durable."""
        if self._known is None or end.sequence > self._known.sequence:
            self._known = end if end.sequence else None

    def _file_now(self) -> tuple[int, int] | None:
        if self.file is None:
            return None
        try:
            about = os.stat(self.file)
        except OSError:
            return None
        return about.st_dev, about.st_ino
