"""Numbers of papers (delivery notes, count sheets) under which blanks were booked: each once.

A number whose entries were all reversed is free again: what the paper really says has to be booked under it.

The number is the table's primary key, so two processes cannot both book it.
"""

from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from adapters.database.schema.tables import ledger_entry, paper
from adapters.database.transactions.change import Change
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Arrival, Count, Movement

_KNOWN = select(paper.c.content, paper.c.at, paper.c.actor, paper.c.freed_at).where(
    paper.c.number == bindparam("of_number")
)
_OTHER_SPELLING = select(paper.c.number).where(func.lower(paper.c.number) == func.lower(bindparam("of_number")))
_OF_NUMBER = update(paper).where(paper.c.number == bindparam("of_number"))
_ENTRIES = select(ledger_entry.c.id).where(ledger_entry.c.document == bindparam("of_number"))
_REVERSED = select(ledger_entry.c.reverses).where(ledger_entry.c.reverses.in_(bindparam("entries", expanding=True)))


def is_new(change: Change, booked: Movement | Count | Arrival, *, at: datetime, actor: str) -> bool:
    """Remember its document number, in this transaction. False if the same was booked under it before.

    True for what has no number. Rejected when something else was booked under it, or this was in other letters.
    """
    if booked.document is None:
        return True
    known = change.execute(_KNOWN, {"of_number": booked.document}).one_or_none()
    if known is None:
        other = change.execute(_OTHER_SPELLING, {"of_number": booked.document}).scalar()
        if other is not None:
            raise Rejected(f"document {booked.document} was booked as {other}; write it so. Nothing was booked")
        values = {"number": booked.document, "content": booked.gist, "at": at, "actor": actor}
        change.execute(paper.insert(), values)
        return True
    content, then, by, freed_at = known.content, known.at, known.actor, known.freed_at
    if freed_at is not None:
        values = {"content": booked.gist, "at": at, "actor": actor, "freed_at": None}
        change.execute(_OF_NUMBER.values(values), {"of_number": booked.document})
        return True
    if content == booked.gist:
        return False
    raise Rejected(
        f"document {booked.document} was booked on {then:%Y-%m-%d} by {by} as: {content};"
        f" now it is to be: {booked.gist}. Nothing was booked; another paper needs another number"
    )


def free(change: Change, number: str, at: datetime) -> bool:
    """After a reversal: give the number free, unless another entry under it still stands. Whether it is free now."""
    entries = set(change.execute(_ENTRIES, {"of_number": number}).scalars())
    if entries != set(change.execute(_REVERSED, {"entries": sorted(entries)}).scalars()):
        return False
    change.execute(_OF_NUMBER.values(freed_at=at), {"of_number": number})
    return True
