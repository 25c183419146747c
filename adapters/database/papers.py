"""Numbers of papers (delivery notes, count sheets) under which blanks were booked: each once.

The number is the table's primary key, so two processes cannot both book it.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from adapters.database.statements import Statement, insertion
from adapters.database.tables import paper
from daemon.domain.errors import Rejected
from daemon.domain.ledger import Arrival, Count, Movement

_KNOWN = Statement(
    select(paper.c.content, paper.c.at, paper.c.actor).where(paper.c.number == bindparam("of_number")),
    paper.c.content,
    paper.c.at,
    paper.c.actor,
)
_INSERT = insertion(paper, "number", "content", "at", "actor")


def is_new(connection: Connection, booked: Movement | Count | Arrival, *, at: datetime, actor: str) -> bool:
    """Remember its document number, in this transaction. False if the same was booked under it before.

    True for what has no number. Rejected when something else was booked under it.
    """
    if booked.document is None:
        return True
    known = _KNOWN.one(connection, {"of_number": booked.document})
    if known is None:
        _INSERT.run(connection, {"number": booked.document, "content": booked.gist, "at": at, "actor": actor})
        return True
    content, then, by = known
    if content == booked.gist:
        return False
    raise Rejected(
        f"document {booked.document} was booked on {then:%Y-%m-%d} by {by} as: {content};"
        f" now it is to be: {booked.gist}. Nothing was booked; another paper needs another number"
    )
