"""Jobs and their attempts."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, select

from adapters.database.schema.tables import attempt, job
from adapters.database.sql.columns import micros, moment
from adapters.database.sql.seal import Seal
from adapters.database.stores import damage, job_moves, same_nik
from adapters.database.stores.heads import heads_in, heads_of, values_for
from adapters.database.stores.job_rows import JOB_COLUMNS, JOB_FIELDS, find, job_from, job_of
from adapters.database.stores.newest import Newest
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import LogPlace
from adapters.database.transactions.statement import Row, Statement
from daemon.domain import ledger
from daemon.domain.errors import Damaged, LostRace
from daemon.domain.job import Job, Transition, intend, set_back
from daemon.domain.ledger import hopper
from daemon.domain.rules import Circumstances, choose
from daemon.domain.states import State
from daemon.domain.token import Token
from daemon.ports import Attempt, AttemptRow, Claim, EveryAttempt, Kept, NoClaim, Phase

_OF_JOB = ", ".join(f"job.{name}" for name in JOB_FIELDS)
_WITH_DOCUMENT = (
    f"SELECT {_OF_JOB}, document.sealed, document.kept_at"  # noqa: S608 - names of columns
    " FROM job LEFT JOIN document ON document.record_id = job.record_id"
)
HEAD = Statement(f"{_WITH_DOCUMENT} WHERE job.state = 'ready' ORDER BY job.recorded_at, job.record_id LIMIT 1")
"""Whose turn it is where the recording time alone decides, with what is to be printed."""
ONE = Statement(f"{_WITH_DOCUMENT} WHERE job.record_id = ?")
"""The same of whose turn it is under rules."""
SUBMITTED = Statement(
    "UPDATE attempt SET phase = 'submitted', spool_number = ?, spool_uuid = ?"
    " WHERE record_id = ? AND attempt = ? AND ended_at IS NULL RETURNING attempt"
)
_ATTEMPTS = "SELECT record_id, attempt, printer, started_at, start_sequence, ended_at, verdict FROM attempt"
EVERY_ATTEMPT = Statement(f"{_ATTEMPTS} WHERE (record_id, attempt) > (?, ?) ORDER BY record_id, attempt LIMIT ?")
ATTEMPTS_OF = Statement(f"{_ATTEMPTS} WHERE record_id = ? ORDER BY attempt")
_PAGE = 5000
_HISTORY = (
    select(
        attempt.c.attempt,
        attempt.c.printer,
        attempt.c.phase,
        attempt.c.started_at,
        attempt.c.ended_at,
        attempt.c.verdict,
        attempt.c.reason,
        attempt.c.journal,
        attempt.c.spool_number,
    )
    .where(attempt.c.record_id == bindparam("of_record"))
    .order_by(attempt.c.attempt)
)
_ATTEMPT_COLUMNS = (
    attempt.c.printer.label("attempt_printer"),
    attempt.c.phase,
    attempt.c.spool_number,
    attempt.c.spool_uuid,
    attempt.c.started_at,
    attempt.c.journal,
)
_OPEN = (
    select(*JOB_COLUMNS, *_ATTEMPT_COLUMNS)
    .join(attempt, (attempt.c.record_id == job.c.record_id) & (attempt.c.attempt == job.c.attempt))
    .where(job.c.state == State.PRINTING)
    .order_by(attempt.c.start_sequence)
)
_ATTEMPTS_SO_FAR = select(job.c.record_id, job.c.attempt)
_OPEN_ON = _OPEN.where(attempt.c.printer == bindparam("on_printer"))
_PUT_BACK_BY_A_PERSON = frozenset({State.HELD, State.CANCELLED})
"""Then nobody has looked yet at whether the same person gets a card by another record."""


class SqlJobs:
    """The JobStore port."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self.newest = Newest(database.where, database.file)

    def apply(self, transition: Transition) -> Job:

        def move(change: Change) -> tuple[Job, LogPlace]:
            moved = job_moves.apply_in(change, transition)
            if moved.state is State.READY and transition.before in _PUT_BACK_BY_A_PERSON:
                same_nik.set_aside(change, [moved.record_id], transition.at)
                moved = find(change.connection, moved.record_id)
            return moved, change.log.end

        moved, end = self._database.write(move)
        self.newest.committed(end)
        return moved

    def claim(
        self, printer: str, at: datetime, *, journal: str | None, documents_since: datetime | None = None
    ) -> Claim | NoClaim:
        return self._turn(None, lambda change: _claim(change, self._seal, printer, at, journal, documents_since))

    def conclude_and_claim(
        self,
        made: Transition,
        printer: str,
        at: datetime,
        *,
        journal: str | None,
        documents_since: datetime | None = None,
    ) -> Claim | NoClaim:
        return self._turn(made, lambda change: _claim(change, self._seal, printer, at, journal, documents_since))

    def _turn(self, made: Transition | None, claim: Callable[[Change], Claim | NoClaim]) -> Claim | NoClaim:
        """In one commit, on a database that has all that was committed here before. Fatal when it has not."""

        def turn(change: Change) -> tuple[Claim | NoClaim, LogPlace]:
            self.newest.check(change)
            if made is not None and made.after is State.PRINTED:
                job_moves.finish(change, made)
            elif made is not None:
                job_moves.apply_in(change, made)
            return claim(change), change.log.end

        claimed, end = self._database.write(turn)
        self.newest.committed(end)
        return claimed

    def submitted(self, token: Token, number: int, uuid: str) -> None:
        """Commit the number and uuid that CUPS gave. LostRace when the attempt is not open any more."""
        values = (number, uuid, token.record_id, token.attempt)

        def note(change: Change) -> None:
            if change.row(SUBMITTED, values) is None:
                raise LostRace(f"{token} is not an open attempt (any more)")

        self._database.write(note)

    def open_attempts(self, printer: str | None = None) -> list[Attempt]:
        """Jobs in state printing (on that printer), in the order of their start."""
        with self._database.read() as connection:
            if printer is None:
                rows = connection.execute(_OPEN)
            else:
                rows = connection.execute(_OPEN_ON, {"on_printer": printer})
            return [_attempt(row) for row in rows.mappings()]

    def attempts_so_far(self) -> dict[str, int]:
        with self._database.read() as connection:
            return {row.record_id: row.attempt for row in connection.execute(_ATTEMPTS_SO_FAR)}

    def job(self, record_id: str) -> Job:
        with self._database.read() as connection:
            return find(connection, record_id)

    def every_attempt(self, record_id: str | None = None) -> Iterator[EveryAttempt]:
        """In order of the primary key; no transaction stays open in between."""
        if record_id is not None:
            yield from map(_every_attempt, self._database.rows(ATTEMPTS_OF, (record_id,)))
            return
        after: tuple[str, int] = ("", 0)
        while rows := self._database.rows(EVERY_ATTEMPT, (*after, _PAGE)):
            yield from map(_every_attempt, rows)
            after = rows[-1][0], rows[-1][1]

    def attempts(self, record_id: str) -> list[AttemptRow]:
        with self._database.read() as connection:
            find(connection, record_id)
            rows = connection.execute(_HISTORY, {"of_record": record_id})
            return [AttemptRow(**row) for row in rows.mappings()]


def _every_attempt(row: Row) -> EveryAttempt:
    record_id, number, printer, started_at, start_sequence, ended_at, verdict = row
    return EveryAttempt(
        record_id=record_id,
        attempt=number,
        printer=printer,
        started_at=moment(started_at),
        start_sequence=start_sequence,
        ended_at=None if ended_at is None else moment(ended_at),
        verdict=verdict,
    )


def _claim(
    change: Change, seal: Seal, printer: str, at: datetime, journal: str | None, documents_since: datetime | None
) -> Claim | NoClaim:
    row, rule, why = _next(change, at)
    if row is None:
        return NoClaim.NOBODY_READY
    if change.books.quantity(hopper(printer)) == 0:
        return NoClaim.NO_BLANKS
    *fields, sealed, kept_at = row
    if sealed is None or (documents_since is not None and kept_at < micros(documents_since)):
        return NoClaim.AWAITS_DOCUMENT
    head = job_from(tuple(fields))
    try:
        # Before the intent is committed: a card that cannot be read must not be on its way.
        card = seal.open_card(head.record_id, sealed)
    except Damaged:
        damage.note(change, head.record_id, Kept.DOCUMENT, at)
        if documents_since is not None:
            return NoClaim.AWAITS_DOCUMENT
        # Without the link it cannot be pulled anew now: it waits until it can, and the others go on.
        job_moves.apply_in(change, set_back(head, detail="its document was damaged here", at=at))
        return _claim(change, seal, printer, at, journal, documents_since)
    started = job_moves.start(change, head, intend(head, printer=printer, at=at, details=why), journal=journal)
    change.order.started(rule)
    attempt = Attempt(job=started, printer=printer, phase=Phase.INTENDED, started_at=at, journal=journal)
    return Claim(attempt=attempt, card=card)


def _next(change: Change, at: datetime) -> tuple[Row | None, str | None, dict[str, object]]:
    """Whose turn it is, by which rule, and what the log says of why: nothing, unless there are rules."""
    rules = change.order.rules
    if rules.are_plain:
        return change.row(HEAD), None, {}
    now = Circumstances(day=rules.day(at), blanks=ledger.usable(change.books.balances))
    due, ranked = change.order.due_lanes(), rules.presence or rules.ranks(now) is not None
    if not due and not ranked:
        return change.row(HEAD), None, {"day": now.day.isoformat(), "blanks": now.blanks}
    asked = heads_of(len(due), presence=rules.presence, ranked=ranked)
    rows = change.rows(asked, values_for(due, rules, now, ranked=ranked))
    choice = choose(rules, heads_in(rows, due, ranked=ranked), change.order.shares, now)
    if choice is None:
        return None, None, {}
    why: dict[str, object] = {
        "rule": choice.rule,
        "instruction": choice.instruction,
        "day": now.day.isoformat(),
        "blanks": now.blanks,
    }
    return change.row(ONE, (choice.turn.record_id,)), choice.rule, why


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(
        job=job_of(row),
        printer=row["attempt_printer"],
        phase=row["phase"],
        spool_number=row["spool_number"],
        spool_uuid=row["spool_uuid"],
        started_at=row["started_at"],
        journal=row["journal"],
    )
