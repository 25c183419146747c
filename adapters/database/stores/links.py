"""The link's state and its outages."""

from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from adapters.database.schema.tables import link, outage
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.job import SYSTEM
from daemon.domain.link import Cause, Link, LinkState
from daemon.ports import Outage

_FIELDS = ("state", "since", "cause", "detail", "failures", "successes", "failing_since")
_LINK = select(*(link.c[name] for name in _FIELDS))
_OPEN_OUTAGE = select(outage.c.id, outage.c.started_at).where(outage.c.ended_at.is_(None))
_BEGIN = outage.insert()
_NEWEST_ID = select(func.max(outage.c.id))
_CLOSE = update(outage).where(outage.c.id == bindparam("of_id")).values(ended_at=bindparam("at"))
_CORRECT = (
    update(outage)
    .where(outage.c.ended_at.is_(None))
    .values(cause=bindparam("new_cause"), detail=bindparam("new_detail"))
)
_OUTAGE = select(outage.c.started_at, outage.c.ended_at, outage.c.cause, outage.c.detail)
_OUTAGES = _OUTAGE.order_by(outage.c.id.desc()).limit(bindparam("limit"))
_BETWEEN = _OUTAGE.where(
    outage.c.started_at < bindparam("end"),
    outage.c.ended_at.is_(None) | (outage.c.ended_at > bindparam("start")),
).order_by(outage.c.id)


class SqlLinks:
    """The LinkStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self) -> Link | None:
        with self._database.read() as connection:
            row = connection.execute(_LINK).mappings().one_or_none()
            return None if row is None else Link(**row)

    def save_link(self, link: Link, before: Link) -> None:
        if link != before or self.link() is None:
            self._database.write(lambda change: _save(change, link))

    def correct_outage(self, cause: Cause, detail: str | None) -> None:
        values = {"new_cause": cause.value, "new_detail": detail}
        self._database.write(lambda change: change.execute(_CORRECT, values).close())

    def outages(self, limit: int) -> list[Outage]:
        with self._database.read() as connection:
            return [Outage(**row) for row in connection.execute(_OUTAGES, {"limit": limit}).mappings()]

    def outages_between(self, start: datetime, end: datetime) -> list[Outage]:
        with self._database.read() as connection:
            return [Outage(**row) for row in connection.execute(_BETWEEN, {"start": start, "end": end}).mappings()]


def _save(change: Change, now: Link) -> None:
    change.notify()
    values = {name: getattr(now, name) for name in _FIELDS}
    if change.execute(update(link).values(values)).rowcount == 0:
        change.execute(link.insert(), values)
    running = change.execute(_OPEN_OUTAGE).one_or_none()
    if now.state is LinkState.DOWN and running is None:
        cause = now.cause.value if now.cause else "unknown"
        newest = change.execute(_NEWEST_ID).scalar_one() or 0
        change.execute(_BEGIN, {"id": newest + 1, "started_at": now.since, "cause": cause, "detail": now.detail})
        _log(change, now, "link_down", {"cause": cause, "detail": now.detail})
    if now.state is LinkState.UP and running is not None:
        change.execute(_CLOSE, {"of_id": running.id, "at": now.since})
        _log(change, now, "link_up", {"down_since": running.started_at.isoformat()})


def _log(change: Change, now: Link, event: str, details: dict[str, object]) -> None:
    change.log.write(Draft(at=now.since, actor=SYSTEM, event=event, details=details))
