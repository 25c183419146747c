"""The newest entry of the log that this process has seen committed: a database that goes back under it lacks it."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from adapters.database.schema.tables import log as log_table
from adapters.database.sql.statements import Statement
from adapters.database.stores import log
from daemon.domain.errors import Fatal

_HASH = Statement(select(log_table.c.hash).where(log_table.c.sequence == bindparam("of_sequence")), log_table.c.hash)


@dataclass(slots=True)
class Newest:
    """Asked before a card is claimed, in the claim's own transaction; told when one was committed."""

    where: str
    file: Path | None
    """SQLite's; None: a server's."""
    _known: log.Place | None = None
    _opened: tuple[int, int] | None = field(init=False)

    def __post_init__(self) -> None:
        self._opened = self._file_now()

    def check(self, connection: Connection) -> None:
        """Fatal when the database is not the one that it was: whoever is ready by it may have his card."""
        if self._file_now() != self._opened:
            raise Fatal(f"database {self.where}: its file was exchanged while Giliran ran; no card was started")
        known = self._known
        if known is not None and _HASH.one(connection, {"of_sequence": known.sequence}) != (known.hash,):
            raise Fatal(
                f"database {self.where}: it went back in time while Giliran ran (its log was at #{known.sequence});"
                " no card was started, the next start looks at what is missing"
            )

    def committed(self, end: log.Place) -> None:
        """The end of the log in a transaction that is durable."""
        self._known = end

    def _file_now(self) -> tuple[int, int] | None:
        if self.file is None:
            return None
        try:
            about = os.stat(self.file)
        except OSError:
            return None
        return about.st_dev, about.st_ino
