"""How far the log goes, and whether this database was found behind what outlives it."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from adapters.database.schema.tables import issuance, office
from adapters.database.schema.tables import log as log_table
from adapters.database.stores import log
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.continuity import Behind, Checkpoint
from daemon.domain.job import SYSTEM
from daemon.domain.token import Token

_HASH = select(log_table.c.hash).where(log_table.c.sequence == bindparam("of_sequence"))
_BEHIND = select(office.c.behind_why, office.c.behind_since, office.c.behind_journal_lost)
_TOLD = (
    update(issuance)
    .where(issuance.c.record_id == bindparam("of_record"), issuance.c.attempt == bindparam("of_attempt"))
    .values(acknowledged_at=bindparam("at"), rejected=None)
)
_UNTOLD = (
    select(issuance.c.record_id, issuance.c.attempt)
    .where(issuance.c.acknowledged_at.is_(None), issuance.c.rejected.is_(None))
    .order_by(issuance.c.printed_at, issuance.c.record_id, issuance.c.attempt)
)


class SqlPast:
    """The PastStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self) -> Checkpoint | None:
        with self._database.read() as connection:
            row = connection.execute(log.LAST).one_or_none()
            return None if row is None else Checkpoint(sequence=row.sequence, hash=row.hash, at=row.at)

    def hash_at(self, sequence: int) -> str | None:
        with self._database.read() as connection:
            found: str | None = connection.execute(_HASH, {"of_sequence": sequence}).scalar_one_or_none()
            return found

    def behind(self) -> Behind | None:
        with self._database.read() as connection:
            row = connection.execute(_BEHIND).one()
        if row.behind_why is None:
            return None
        return Behind(why=row.behind_why, since=row.behind_since, journal_lost=bool(row.behind_journal_lost))

    def found_behind(self, behind: Behind, at: datetime) -> None:
        """Keep it; one that was found before stays, unless this one leaves less to go by."""
        before = self.behind()
        if before is not None and (before.journal_lost or not behind.journal_lost):
            return
        values = {
            "behind_why": behind.why,
            "behind_since": behind.since if before is None else before.since,
            "behind_journal_lost": behind.journal_lost,
        }
        details = {"why": behind.why, "journal_lost": behind.journal_lost}
        draft = Draft(at=at, actor=SYSTEM, event="database_behind", details=details)
        self._database.write(lambda change: (change.execute(update(office).values(values)), change.log.write(draft)))

    def reconciled(self, *, reason: str, at: datetime, actor: str) -> None:
        values = {"behind_why": None, "behind_since": None, "behind_journal_lost": None}
        draft = Draft(at=at, actor=actor, event="database_reconciled", details={"reason": reason})
        self._database.write(lambda change: (change.execute(update(office).values(values)), change.log.write(draft)))

    def untold(self) -> list[Token]:
        with self._database.read() as connection:
            return [Token(row.record_id, row.attempt) for row in connection.execute(_UNTOLD)]

    def mark_reported(self, token: Token, at: datetime) -> None:
        values = {"of_record": token.record_id, "of_attempt": token.attempt, "at": at}
        self._database.write(lambda connection: connection.execute(_TOLD, values).close())
