"""Sealed rows that do not open any more: a bit of them has flipped on the disk or in memory.

Such a row is set aside, and what it held is asked for again from the centre: a document by being pulled anew, a
person by the fields of the card or by the next word of the centre. The office goes on, and is told of the damage.
"""

from datetime import datetime

from loguru import logger
from sqlalchemy import Connection, bindparam, or_, select, update

from adapters.database.schema.tables import damage
from adapters.database.stores import job_moves
from adapters.database.transactions.change import Change
from adapters.database.transactions.log_end import Draft
from daemon.domain.job import SYSTEM
from daemon.ports import Damage, Kept

MOST_LISTED = 200

_KNOWN = select(damage.c.mended_at).where(
    damage.c.record_id == bindparam("of_record"), damage.c.kept == bindparam("of_kind")
)
_AGAIN = (
    update(damage)
    .where(damage.c.record_id == bindparam("of_record"), damage.c.kept == bindparam("of_kind"))
    .values(found_at=bindparam("at", type_=damage.c.found_at.type), mended_at=None)
)
_MEND = (
    update(damage)
    .where(
        damage.c.record_id == bindparam("of_record"),
        damage.c.kept == bindparam("of_kind"),
        damage.c.mended_at.is_(None),
    )
    .values(mended_at=bindparam("at", type_=damage.c.mended_at.type))
)
LISTED = (
    select(damage.c.record_id, damage.c.kept, damage.c.found_at, damage.c.mended_at)
    .where(or_(damage.c.mended_at.is_(None), damage.c.found_at >= bindparam("since", type_=damage.c.found_at.type)))
    .order_by(damage.c.found_at, damage.c.record_id)
    .limit(MOST_LISTED)
)


def note(change: Change, record_id: str, kept: Kept, at: datetime) -> None:
    """This row does not open: what it held is pulled anew. Once for each time that it is found so."""
    key = {"of_record": record_id, "of_kind": kept}
    known = change.execute(_KNOWN, key).one_or_none()
    if known is not None and known.mended_at is None:
        return
    if known is None:
        change.execute(damage.insert(), {"record_id": record_id, "kept": kept, "found_at": at, "mended_at": None})
    else:
        change.execute(_AGAIN, {**key, "at": at})
    job_moves.drop_document(change, record_id)
    draft = Draft(at=at, actor=SYSTEM, event="damaged", record_id=record_id, details={"kept": kept})
    change.log.write(draft)
    change.notify()
    logger.bind(record_id=record_id).error(
        "what is kept of {} ({}) is damaged and is asked for again; look at this machine's disk and memory",
        record_id,
        kept,
    )


def is_open(change: Change, record_id: str, kept: Kept) -> bool:
    """Whether it was found damaged, and nothing came in its place yet."""
    known = change.execute(_KNOWN, {"of_record": record_id, "of_kind": kept}).one_or_none()
    return known is not None and known.mended_at is None


def mend(change: Change, record_id: str, kept: Kept, at: datetime) -> None:
    """It came anew, if it was damaged."""
    if change.execute(_MEND, {"of_record": record_id, "of_kind": kept, "at": at}).rowcount:
        draft = Draft(at=at, actor=SYSTEM, event="mended", record_id=record_id, details={"kept": kept})
        change.log.write(draft)


def listed(connection: Connection, since: datetime) -> list[Damage]:
    """What is not mended, and what was found since then."""
    return [Damage(**row) for row in connection.execute(LISTED, {"since": since}).mappings()]
