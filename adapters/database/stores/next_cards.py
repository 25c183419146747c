"""The cards that are printed next, as far as their documents are here."""

from datetime import datetime

from sqlalchemy import bindparam, select

from adapters.database.schema.tables import document
from adapters.database.sql.seal import Seal
from adapters.database.stores.foreseen import next_rows
from adapters.database.transactions.database import Database
from daemon.domain.errors import Damaged
from daemon.ports import Card, Clock

_THEIRS = select(document.c.record_id, document.c.kept_at, document.c.sealed).where(
    document.c.record_id.in_(bindparam("record_ids", expanding=True))
)


class SqlNextCards:
    """The NextCards port. Used by one thread."""

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._opened: dict[tuple[str, datetime], Card] = {}
        """Of the last look: most of them are among the next ones again."""

    def cards(self, limit: int) -> list[Card]:
        """Of the first `limit` ready jobs, in order. What is damaged is left to the claim."""
        with self._database.read() as connection:
            turns = [row["record_id"] for row in next_rows(connection, self._clock.now(), limit)]
            found = {row.record_id: row for row in connection.execute(_THEIRS, {"record_ids": turns})}
        opened = {}
        for record_id, kept_at, sealed in (found[each] for each in turns if each in found):
            try:
                known = self._opened.get((record_id, kept_at))
                opened[record_id, kept_at] = known or self._seal.open_card(record_id, sealed)
            except Damaged:
                continue
        self._opened = opened
        return list(opened.values())
