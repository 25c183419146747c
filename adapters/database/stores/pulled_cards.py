"""What to print, pulled ahead of its turn, sealed."""

from datetime import datetime

from sqlalchemy import bindparam, select

from adapters.database.schema.tables import document, job
from adapters.database.sql.seal import Seal
from adapters.database.stores import damage, job_moves, record_rows
from adapters.database.stores.foreseen import next_rows
from adapters.database.stores.job_rows import job_of
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from daemon.domain.job import Job
from daemon.domain.states import State
from daemon.ports import Card, Clock, Kept

_KEPT = select(document.c.record_id, document.c.kept_at).where(
    document.c.record_id.in_(bindparam("record_ids", expanding=True))
)
_IS_READY = select(job.c.record_id).where(job.c.record_id == bindparam("of_record"), job.c.state == State.READY)
_INSERT = document.insert()


class SqlPulledCards:
    """The PulledCardStore port."""

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def wanted(self, limit: int, since: datetime | None = None) -> list[Job]:
        with self._database.read() as connection:
            turns = [job_of(row) for row in next_rows(connection, self._clock.now(), limit)]
            kept = connection.execute(_KEPT, {"record_ids": [each.record_id for each in turns]})
            here = {row.record_id for row in kept if since is None or row.kept_at >= since}
        return [each for each in turns if each.record_id not in here]

    def save(self, card: Card, since: datetime | None = None) -> None:
        """Keep it, in place of an earlier one, unless the job is not ready any more."""
        record_id = card.record_id
        sealed = self._seal.seal_card(card)
        kept_at = max(self._clock.now(), since) if since else self._clock.now()

        def put(change: Change) -> None:
            if change.execute(_IS_READY, {"of_record": record_id}).first() is None:
                return
            job_moves.drop_document(change, record_id)
            change.execute(_INSERT, {"record_id": record_id, "sealed": sealed, "kept_at": kept_at})
            now = self._clock.now()
            damage.mend(change, record_id, Kept.DOCUMENT, now)
            record_rows.mend_person(change, self._seal, card, now)
            change.notify()

        self._database.write(put)
