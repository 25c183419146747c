"""Whether the office of a database still lives in it (moving.py), by the newest entry of its log."""

import json
from contextlib import closing
from datetime import datetime

from sqlalchemy import Connection

from adapters.database import log
from adapters.database.connections import Database
from daemon.domain.errors import Fatal, Rejected

LEAVES, ARRIVED, STAYS = "office_leaves", "office_arrived", "office_stays"
"""Events: it is moving, or has moved, to another database; it has come from one; it is to stay after all."""


def is_away(connection: Connection) -> bool:
    """It has left, or is leaving."""
    newest = connection.execute(log.LAST).one_or_none()
    return newest is not None and newest.event == LEAVES


def check_home(connection: Connection, place: str) -> None:
    """Fatal when its office has left: whoever printed from here would print everybody again."""
    newest = connection.execute(log.LAST).one_or_none()
    if newest is None or newest.event != LEAVES:
        return
    to = json.loads(newest.details)["to"]
    raise Fatal(
        f"database {place}: its office moves to {to}, or lives there; look at database.url, finish the move with "
        "`giliran migrate --to URL`, or, if nothing was printed there, give it up: `giliran migrate --stay --reason …`"
    )


def stay(url: str, office: str, *, reason: str, at: datetime, actor: str) -> None:
    """Give a move up: the office goes on here. Rejected when it has not left."""

    def write(connection: Connection) -> None:
        if not is_away(connection):
            raise Rejected("the office has not left this database; there is no move to give up")
        log.write(connection, [log.Draft(at=at, actor=actor, event=STAYS, details={"reason": reason})])

    with closing(Database(url, office)) as database:
        database.write(write)
