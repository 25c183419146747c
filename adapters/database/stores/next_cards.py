"""The cards that are printed next, as far as their documents are here."""

from datetime import datetime

from sqlalchemy import bindparam, select

from adapters.database.schema.tables import document, job
from adapters.database.sql.seal import Seal
from adapters.database.transactions.database import Database
from daemon.domain.errors import Damaged
from daemon.domain.states import State
from daemon.ports import Card

_HEAD = (
    select(job.c.record_id, job.c.recorded_at)
    .where(job.c.state == State.READY)
    .order_by(job.c.recorded_at, job.c.record_id)
    .limit(bindparam("limit"))
    .subquery()
)
_NEXT = (
    select(document.c.record_id, document.c.kept_at, document.c.sealed)
    .join(_HEAD, _HEAD.c.record_id == document.c.record_id)
    .order_by(_HEAD.c.recorded_at, _HEAD.c.record_id)
)


class SqlNextCards:
    """The NextCards port. Used by one thread."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._opened: dict[tuple[str, datetime], Card] = {}
        """Of the last look: most of them are among the next ones again."""

    def cards(self, limit: int) -> list[Card]:
        """Of the first `limit` ready jobs, in order. What is damaged is left to the claim."""
        with self._database.read() as connection:
            rows = connection.execute(_NEXT, {"limit": limit}).all()
        opened = {}
        for record_id, kept_at, sealed in rows:
            try:
                known = self._opened.get((record_id, kept_at))
                opened[record_id, kept_at] = known or self._seal.open_card(record_id, sealed)
            except Damaged:
                continue
        self._opened = opened
        return list(opened.values())
