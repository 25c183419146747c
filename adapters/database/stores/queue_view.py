"""What people ask about the queue."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, text, tuple_

from adapters.database.schema.tables import (
    AWAITS_PERSON,
    ELSEWHERE,
    FAULTY,
    MOVED_AHEAD,
    attempt,
    issuance,
    job,
    job_count,
    log,
)
from adapters.database.sql.columns import Moment
from adapters.database.stores import damage
from adapters.database.stores.foreseen import ahead, circumstances, next_rows
from adapters.database.stores.job_rows import JOB_COLUMNS, JOB_FIELDS, job_from, job_of
from adapters.database.stores.order import read_order
from adapters.database.transactions.database import Database
from adapters.database.transactions.statement import Statement
from daemon.domain.bringing_in import EVENT as BROUGHT_IN
from daemon.domain.job import Job, WaitsFor, waited_for
from daemon.domain.rules import held_back_because
from daemon.domain.states import IN_LINE, State
from daemon.ports import Clock, Damage, MovedAhead, Overtaking, Overtakings, QueueRow

_NOT_IN_LINE = frozenset(State) - frozenset(IN_LINE)

_TURN = tuple_(job.c.recorded_at, job.c.record_id)
_THAT_TURN = tuple_(bindparam("recorded_at", type_=Moment), bindparam("record_id"))
_BY_TURN = select(*JOB_COLUMNS).where(job.c.state == bindparam("of_state")).order_by(job.c.recorded_at, job.c.record_id)
_FIRST_BY_TURN = _BY_TURN.limit(bindparam("limit"))
_FAULTY = (
    select(*JOB_COLUMNS)
    .where(text(FAULTY), job.c.state == State.WAITING)
    .order_by(job.c.recorded_at, job.c.record_id)
    .limit(bindparam("limit"))
)
_AWAITING_PERSON = (
    select(*JOB_COLUMNS)
    .where(text(AWAITS_PERSON))
    .order_by(job.c.recorded_at, job.c.record_id)
    .limit(bindparam("limit"))
)
EVERYBODY = Statement(
    f"SELECT {', '.join(JOB_FIELDS)} FROM job WHERE record_id > ? ORDER BY record_id LIMIT ?"  # noqa: S608 - of columns
)
_MOVED_AHEAD = (
    select(
        job.c.office_document.label("document"),
        func.count().label("people"),
        func.sum(case((job.c.state.in_(IN_LINE), 1), else_=0)).label("in_line"),
    )
    .where(text(MOVED_AHEAD))
    .group_by(job.c.office_document)
    .order_by(func.count().desc(), job.c.office_document)
)
_EARLIER = (
    select(func.count())
    .select_from(job)
    .where(job.c.state == State.READY, job.c.recorded_at < bindparam("recorded_at"))
)
_AT_ONE_TIME = (
    select(func.count())
    .select_from(job)
    .where(
        job.c.state == State.READY,
        job.c.recorded_at == bindparam("recorded_at"),
        job.c.record_id < bindparam("record_id"),
    )
)
_BEFORE = select(_EARLIER.scalar_subquery() + _AT_ONE_TIME.scalar_subquery())
"""Comparing both parts of a turn in every row takes more than twice as long."""
_HISTORY = (
    select(log.c.sequence, log.c.actor, log.c.event, log.c.details)
    .where(log.c.record_id == bindparam("of_record"))
    .order_by(log.c.sequence)
)
_LATEST_START = select(attempt.c.start_sequence).where(
    attempt.c.record_id == bindparam("of_record"), attempt.c.attempt == bindparam("of_attempt")
)
_STARTS = (
    select(attempt.c.record_id, attempt.c.attempt, attempt.c.start_sequence)
    .where(attempt.c.start_sequence > bindparam("first"), attempt.c.start_sequence < bindparam("last"))
    .order_by(attempt.c.start_sequence)
    .limit(bindparam("at_most"))
)
_THERE = _STARTS.subquery("started")
_NUMBER_OF_STARTS = select(func.count()).select_from(_THERE)
_START = (attempt.c.record_id == _THERE.c.record_id) & (attempt.c.attempt == _THERE.c.attempt)
_PASSING = (
    select(job.c.record_id, job.c.recorded_at, attempt.c.started_at, log.c.details)
    .select_from(_THERE)
    .join(job, job.c.record_id == _THERE.c.record_id)
    .join(attempt, _START)
    .join(log, log.c.sequence == _THERE.c.start_sequence)
    # One that was brought in was made before; among whom, nobody knows any more.
    .where(_TURN > _THAT_TURN, log.c.event != BROUGHT_IN)
    .order_by(_THERE.c.start_sequence)
)
_LATER = (
    select(job.c.record_id, job.c.recorded_at)
    .where(job.c.state == bindparam("of_state"), _TURN > _THAT_TURN)
    .order_by(job.c.recorded_at, job.c.record_id)
    .limit(bindparam("at_most"))
    .subquery("later")
)
_PASSING_OF_LATER = (
    select(_LATER.c.record_id, _LATER.c.recorded_at, attempt.c.started_at, attempt.c.start_sequence, log.c.details)
    .select_from(_LATER)
    .join(attempt, attempt.c.record_id == _LATER.c.record_id)
    .join(log, log.c.sequence == attempt.c.start_sequence)
    .where(log.c.event != BROUGHT_IN)
)
_PRINTED_SINCE = select(func.count()).select_from(issuance).where(issuance.c.printed_at >= bindparam("at"))
_PRINTED_THERE = _PRINTED_SINCE.where(issuance.c.printer == bindparam("there"))

_ELSEWHERE = select(func.count()).select_from(job).where(text(ELSEWHERE))

FORESEEN = 1000
"""So many places are foreseen start by start, where that makes a difference."""
MOST_STARTS = 10_000
"""So many are looked through for those that passed somebody; where there were more since, so many of later turns."""
_HAVE_A_CARD = (State.PRINTED, State.HANDED_OVER, State.PRINTING, State.UNCONFIRMED)
_END_OF_TIME = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """How a job stood between two entries of the log, both excluded."""

    first: int
    last: int
    state: State
    reason: str | None
    waits_for: WaitsFor | None


class SqlView:
    """The QueueView port."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def counts(self) -> dict[State, int]:
        """Maintained, not counted; every state is there."""
        with self._database.read() as connection:
            found = {row.state: row.n for row in connection.execute(select(job_count))}
            return {state: found[state] for state in State}

    def queue(self, state: State | None, limit: int | None) -> list[QueueRow]:
        """Those in line: printing, unconfirmed, ready, held, waiting, each by turn; or those in the given state."""
        rows: list[QueueRow] = []
        with self._database.read() as connection:
            for listed in IN_LINE if state is None else (state,):
                left = None if limit is None else limit - len(rows)
                if left == 0:
                    break
                if listed is State.READY:
                    rows.extend(_ready(connection, self._clock.now(), left))
                else:
                    rows.extend(QueueRow(job=job, place=None) for job in _by_turn(connection, listed, left))
        return rows

    def faulty(self, limit: int) -> list[Job]:
        """The first of those who wait because what the centre sent of them cannot be used."""
        with self._database.read() as connection:
            return [job_of(row) for row in connection.execute(_FAULTY, {"limit": limit}).mappings()]

    def damages(self, since: datetime) -> list[Damage]:
        with self._database.read() as connection:
            return damage.listed(connection, since)

    def awaiting_person(self, limit: int) -> list[Job]:
        with self._database.read() as connection:
            return [job_of(row) for row in connection.execute(_AWAITING_PERSON, {"limit": limit}).mappings()]

    def place(self, job: Job) -> int | None:
        if job.state is not State.READY:
            return None
        with self._database.read() as connection:
            return _place(connection, job, self._clock.now())

    def held_back(self, job: Job) -> WaitsFor | None:
        """What one who is ready waits for by the rules of the order."""
        with self._database.read() as connection:
            rules, _ = read_order(connection)
            if job.state is not State.READY or rules.are_plain:
                return None
            now = circumstances(connection, rules, self._clock.now())
        return rules.held_back(job.request_class, job.present_on, now)

    def elsewhere(self) -> int:
        """People whose card was made elsewhere."""
        with self._database.read() as connection:
            return connection.execute(_ELSEWHERE).scalar_one()

    def overtakings(self, job: Job, limit: int) -> Overtakings:
        """Who has a later turn and was started while this one stood in line here; earliest first, each once.

        Earlier and later go by the log, not by clocks. Up to this job's own latest start, if that may have made a card.
        """
        found: dict[str, Overtaking] = {}
        with self._database.read() as connection:
            stretches = list(_stretches(connection, job))
            passing, complete = _passing(connection, job, stretches)
            for stretch, row in passing:
                if row.record_id in found:
                    continue
                if len(found) >= limit:
                    return Overtakings(found=tuple(found.values()), complete=False)
                details = json.loads(row.details)
                found[row.record_id] = Overtaking(
                    record_id=row.record_id,
                    recorded_at=row.recorded_at,
                    started_at=row.started_at,
                    state=stretch.state,
                    reason=stretch.reason,
                    waits_for=stretch.waits_for,
                    rule=details.get("rule"),
                    instruction=details.get("instruction"),
                )
        return Overtakings(found=tuple(found.values()), complete=complete)

    def everybody(self, after: str | None, limit: int) -> list[Job]:
        return [job_from(row) for row in self._database.rows(EVERYBODY, (after or "", limit))]

    def moved_ahead(self) -> list[MovedAhead]:
        with self._database.read() as connection:
            rows = connection.execute(_MOVED_AHEAD).mappings()
            return [
                MovedAhead(document=row["document"], people=row["people"], in_line=int(row["in_line"])) for row in rows
            ]

    def printed_since(self, at: datetime, printer: str | None = None) -> int:
        with self._database.read() as connection:
            if printer is not None:
                return connection.execute(_PRINTED_THERE, {"at": at, "there": printer}).scalar_one()
            return connection.execute(_PRINTED_SINCE, {"at": at}).scalar_one()


def _turn(job: Job) -> dict[str, object]:
    return {"recorded_at": job.recorded_at, "record_id": job.record_id}


def _ready(connection: Connection, at: datetime, limit: int | None) -> Iterator[QueueRow]:
    """Those of whom it is the turn next; then, by turn, those whom the rules hold back."""
    place = 0
    for place, row in enumerate(next_rows(connection, at, limit), start=1):
        yield QueueRow(job=job_of(row), place=place)
    rules, _ = read_order(connection)
    if rules.are_plain or place == limit:
        return
    now = circumstances(connection, rules, at)
    left = None if limit is None else limit - place
    held = (
        (each, held)
        for each in _by_turn(connection, State.READY, None)
        if (held := rules.held_back(each.request_class, each.present_on, now)) is not None
    )
    for each, why in islice(held, left):
        yield QueueRow(job=each, place=None, held_back=held_back_because(why, rules))


def _place(connection: Connection, job: Job, at: datetime) -> int | None:
    """Of those who are next as it is foreseen, where each start may change whose turn it is; further back as things
    stand now, lanes left out of account."""
    rules, _ = read_order(connection)
    if rules.are_plain:
        before: int = connection.execute(_BEFORE, _turn(job)).scalar_one()
        return 1 + before
    now = circumstances(connection, rules, at)
    if rules.held_back(job.request_class, job.present_on, now) is not None:
        return None
    if rules.depend_on_starts:
        soon = enumerate(next_rows(connection, at, FORESEEN), start=1)
        place = next((place for place, row in soon if row["record_id"] == job.record_id), None)
        if place is not None:
            return place
    return 1 + ahead(connection, rules, now, job)


def _by_turn(connection: Connection, state: State, limit: int | None) -> Iterator[Job]:
    if limit is None:
        rows = connection.execute(_BY_TURN, {"of_state": state})
    else:
        rows = connection.execute(_FIRST_BY_TURN, {"of_state": state, "limit": limit})
    return (job_of(row) for row in rows.mappings())


def _passing(
    connection: Connection, job: Job, stretches: list[_Stretch]
) -> tuple[Iterable[tuple[_Stretch, Any]], bool]:
    """The starts of later turns in these stretches, in order, and whether they are all.

    Either the starts of the time are few, or those of a later turn who have a card are: a line is kept in order.
    """
    left = MOST_STARTS
    for stretch in stretches:
        those = {"first": stretch.first, "last": stretch.last, "at_most": left + 1}
        left -= connection.execute(_NUMBER_OF_STARTS, those).scalar_one()
        if left < 0:
            break
    else:
        return _in_stretches(connection, job, stretches), True
    found = [
        row
        for state in _HAVE_A_CARD
        for row in connection.execute(
            _PASSING_OF_LATER, {"of_state": state, "at_most": MOST_STARTS // len(_HAVE_A_CARD), **_turn(job)}
        )
    ]
    found.sort(key=lambda row: row.start_sequence)
    of_each = (
        (stretch, row) for row in found for stretch in stretches if stretch.first < row.start_sequence < stretch.last
    )
    return of_each, False


def _in_stretches(connection: Connection, job: Job, stretches: list[_Stretch]) -> Iterator[tuple[_Stretch, Any]]:
    for stretch in stretches:
        those = {"first": stretch.first, "last": stretch.last, "at_most": MOST_STARTS}
        for row in connection.execute(_PASSING, {**those, **_turn(job)}):
            yield stretch, row


def _stretches(connection: Connection, job: Job) -> Iterator[_Stretch]:
    """How this job stood in line, from its log; while it had its card it stood in none, nor from a start on that may
    have made one."""
    latest = {"of_record": job.record_id, "of_attempt": job.attempt}
    start = None if job.state in IN_LINE else connection.execute(_LATEST_START, latest).scalar_one_or_none()
    end: int = start or _END_OF_TIME
    moves: list[tuple[int, State, str | None, WaitsFor | None]] = []
    for row in connection.execute(_HISTORY, {"of_record": job.record_id}):
        details = json.loads(row.details)
        if "after" in details:
            state, reason = State(details["after"]), details.get("reason")
            said = details.get("waits_for")
            if said is None and state is State.WAITING:
                said = waited_for(row.event, row.actor, reason or "")
            moves.append((row.sequence, state, reason, None if said is None else WaitsFor(said)))
    lasts = [first for first, *_ in moves[1:]] + [_END_OF_TIME]
    for (first, state, reason, waits_for), last in zip(moves, lasts, strict=True):
        if first < end and state not in _NOT_IN_LINE:
            yield _Stretch(first=first, last=min(last, end), state=state, reason=reason, waits_for=waits_for)
