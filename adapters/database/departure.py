"""An office that has moved to another database: the last word of the old one's log, after which nobody opens it."""

import json

from sqlalchemy import Connection

from adapters.database.stores import log
from daemon.domain.errors import Fatal

LEAVES = "office_leaves"
"""Event: it is moving, or has moved, to another database."""


def has_left(connection: Connection) -> bool:
    """It has left, or is leaving."""
    newest = connection.execute(log.LAST).one_or_none()
    return newest is not None and newest.event == LEAVES


def check_not_relocated(connection: Connection, place: str) -> None:
    """Fatal when its office has left: whoever printed from here would print everybody again."""
    newest = connection.execute(log.LAST).one_or_none()
    if newest is None or newest.event != LEAVES:
        return
    to = json.loads(newest.details)["to"]
    raise Fatal(
        f"database {place}: its office is moving to {to}, or has moved there; look at database.url, finish the move "
        "with `giliran migrate --to URL`, or, if nothing was printed there, give it up: "
        "`giliran migrate --stay --reason …`"
    )
