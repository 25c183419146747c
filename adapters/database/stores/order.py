"""The rules of the order of turns as they were adopted, and who is in a lane or has checked in."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from adapters.database.schema.tables import job, order_rules
from adapters.database.stores.job_rows import find
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from adapters.database.transactions.order import order_in
from daemon.domain.job import Job
from daemon.domain.rules import ADOPTED, Rules, Shares, check_in_line, to_details

_RULES = select(order_rules.c.rules, order_rules.c.starts, order_rules.c.used)
_OF_RECORD = update(job).where(job.c.record_id == bindparam("of_record"))


def read_order(connection: Connection) -> tuple[Rules, Shares]:
    """The rules that apply, and the shares of the lanes."""
    row = connection.execute(_RULES).one_or_none()
    return order_in(None if row is None else tuple(row))


class SqlOrder:
    """The OrderStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self) -> Rules:
        """Those that apply."""
        with self._database.read() as connection:
            return read_order(connection)[0]

    def adopt(self, rules: Rules, *, at: datetime, actor: str) -> bool:
        """These apply from now on; False: they did already."""
        if self.rules() == rules:
            return False

        def adopt(change: Change) -> bool:
            if change.order.rules == rules:
                return False
            change.order.rules = rules
            change.log.write(Draft(at=at, actor=actor, event=ADOPTED, details=to_details(rules)))
            change.notify()
            return True

        return self._database.write(adopt)

    def set_lane(self, record_id: str, lane: str | None, *, reason: str, at: datetime, actor: str) -> Job:
        """Put somebody into a lane, or take him out of his."""
        details = {"lane": lane, "reason": reason}
        return self._told(record_id, {"lane": lane}, "lane_changed", details, at=at, actor=actor)

    def check_in(self, record_id: str, day: date, *, at: datetime, actor: str) -> Job:
        """Somebody came on that day."""
        details = {"day": day.isoformat()}
        return self._told(record_id, {"present_on": day}, "checked_in", details, at=at, actor=actor)

    def _told(
        self,
        record_id: str,
        values: Mapping[str, object],
        event: str,
        details: Mapping[str, object],
        *,
        at: datetime,
        actor: str,
    ) -> Job:
        def put(change: Change) -> Job:
            known = find(change.connection, record_id)
            check_in_line(known)
            if all(getattr(known, name) == new for name, new in values.items()):
                return known
            change.execute(_OF_RECORD.values(values), {"of_record": record_id})
            change.log.write(Draft(at=at, actor=actor, event=event, record_id=record_id, details=details))
            change.notify()
            return find(change.connection, record_id)

        return self._database.write(put)
