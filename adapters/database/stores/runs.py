"""The daemon's own runs: its start, its heartbeat, its end."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from adapters.database.schema.tables import daemon_run
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from daemon.domain.health import Ending, Run
from daemon.domain.needs import Kind, Trouble

_KEPT = 200
"""Runs; older ones are forgotten."""

_NEWEST_ID = select(func.max(daemon_run.c.id))
_BEGIN = daemon_run.insert()
_OF_ID = update(daemon_run).where(daemon_run.c.id == bindparam("of_id"))
_BEAT = _OF_ID.values(beat_at=bindparam("at"), loops=bindparam("new_loops"), troubles=bindparam("new_troubles"))
_END = _OF_ID.values(ended_at=bindparam("at"), ending=bindparam("new_ending"))
_END_HUNG = _OF_ID.values(ended_at=bindparam("at"), ending=bindparam("new_ending"), loops=bindparam("new_loops"))
_RELOADED = _OF_ID.values(reloads=daemon_run.c.reloads + 1, reload_error=bindparam("new_error"))
_FORGET = delete(daemon_run).where(daemon_run.c.id <= bindparam("up_to"))
_NEWEST = select(daemon_run).order_by(daemon_run.c.id.desc()).limit(bindparam("limit"))


class SqlRuns:
    """The RunStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, machine: str, pid: int, at: datetime) -> int:

        def put(change: Change) -> int:
            number = 1 + (change.execute(_NEWEST_ID).scalar_one() or 0)
            row = {"id": number, "machine": machine, "pid": pid, "started_at": at, "beat_at": at}
            change.execute(_BEGIN, {**row, "loops": "{}", "troubles": "[]", "reloads": 0})
            change.execute(_FORGET, {"up_to": number - _KEPT})
            return number

        return self._database.write(put)

    def beat(self, run: int, at: datetime, loops: Mapping[str, datetime], troubles: tuple[Trouble, ...]) -> None:
        told = json.dumps([_to_json(trouble) for trouble in troubles])
        values = {"of_id": run, "at": at, "new_loops": _loops(loops), "new_troubles": told}
        self._database.write(lambda change: change.execute(_BEAT, values).close())

    def end(self, run: int, at: datetime, ending: Ending, hung: Mapping[str, datetime] | None = None) -> None:
        values = {"of_id": run, "at": at, "new_ending": ending}
        if hung is None:
            self._database.write(lambda change: change.execute(_END, values).close())
        else:
            all_values = {**values, "new_loops": _loops(hung)}
            self._database.write(lambda change: change.execute(_END_HUNG, all_values).close())

    def reloaded(self, run: int, error: str | None) -> None:
        values = {"of_id": run, "new_error": error}
        self._database.write(lambda change: change.execute(_RELOADED, values).close())

    def newest(self, limit: int) -> list[Run]:
        with self._database.read() as connection:
            return [_run(dict(row)) for row in connection.execute(_NEWEST, {"limit": limit}).mappings()]


def _loops(loops: Mapping[str, datetime]) -> str:
    return json.dumps({name: at.isoformat() for name, at in loops.items()})


def _to_json(trouble: Trouble) -> dict[str, Any]:
    since = None if trouble.since is None else trouble.since.isoformat()
    return {"kind": trouble.kind, "subject": trouble.subject, "since": since, "details": dict(trouble.details)}


def _trouble(told: Mapping[str, Any]) -> Trouble:
    since = told["since"] and datetime.fromisoformat(told["since"])
    return Trouble(kind=Kind(told["kind"]), subject=told["subject"], since=since, details=told["details"])


def _run(row: Mapping[str, Any]) -> Run:
    return Run(
        id=row["id"],
        machine=row["machine"],
        pid=row["pid"],
        started_at=row["started_at"],
        beat_at=row["beat_at"],
        ended_at=row["ended_at"],
        ending=row["ending"],
        loops={name: datetime.fromisoformat(at) for name, at in json.loads(row["loops"]).items()},
        troubles=tuple(_trouble(told) for told in json.loads(row["troubles"])),
        reloads=row["reloads"],
        reload_error=row["reload_error"],
    )
