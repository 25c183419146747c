"""Jobs and their attempts."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from adapters.database.schema.tables import attempt, document, job
from adapters.database.sql.connections import Database
from adapters.database.sql.seal import Seal
from adapters.database.sql.statements import Statement
from adapters.database.stores import damage, job_moves, ledger, log, same_nik
from adapters.database.stores.job_moves import JOB_COLUMNS, job_from
from adapters.database.stores.newest import Newest
from daemon.domain.errors import Damaged, LostRace
from daemon.domain.job import Job, Transition, intend, set_back
from daemon.domain.ledger import hopper
from daemon.domain.states import State
from daemon.domain.token import Token
from daemon.ports import Attempt, AttemptRow, Claim, Kept, NoClaim, Phase

HEAD = select(*JOB_COLUMNS).where(job.c.state == State.READY).order_by(job.c.recorded_at, job.c.record_id).limit(1)
_HEAD = Statement(HEAD, *JOB_COLUMNS)
_DOCUMENT = Statement(
    select(document.c.sealed, document.c.kept_at).where(document.c.record_id == bindparam("of_record")),
    document.c.sealed,
    document.c.kept_at,
)
_SUBMITTED = Statement(
    update(attempt)
    .where(
        attempt.c.record_id == bindparam("of_record"),
        attempt.c.attempt == bindparam("of_attempt"),
        attempt.c.ended_at.is_(None),
    )
    .values(phase=Phase.SUBMITTED, spool_number=bindparam("number"), spool_uuid=bindparam("uuid"))
)
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
        """Commit a move; the job as it stands then. LostRace, Overdrawn, UnknownRecord."""

        def move(connection: Connection) -> tuple[Job, log.Place | None]:
            moved = job_moves.apply_in(connection, transition)
            if moved.state is State.READY and transition.before in _PUT_BACK_BY_A_PERSON:
                same_nik.set_aside(connection, [moved.record_id], transition.at)
                moved = job_moves.find(connection, moved.record_id)
            return moved, log.end(connection)

        moved, end = self._database.write(move)
        if end is not None:
            self.newest.committed(end)
        return moved

    def claim(
        self, printer: str, at: datetime, *, journal: str | None, documents_since: datetime | None = None
    ) -> Claim | NoClaim:
        """Start the head of the queue on this printer: intent, blank and log in one commit."""
        return self._turn(
            None, lambda connection: _claim(connection, self._seal, printer, at, journal, documents_since)
        )

    def conclude_and_claim(
        self,
        made: Transition,
        printer: str,
        at: datetime,
        *,
        journal: str | None,
        documents_since: datetime | None = None,
    ) -> Claim | NoClaim:
        """`apply` and then `claim`, in one commit. LostRace: neither was done."""
        return self._turn(
            made, lambda connection: _claim(connection, self._seal, printer, at, journal, documents_since)
        )

    def _turn(self, made: Transition | None, claim: Callable[[Connection], Claim | NoClaim]) -> Claim | NoClaim:
        """In one commit, on a database that has all that was committed here before. Fatal when it has not."""

        def turn(connection: Connection) -> tuple[Claim | NoClaim, log.Place | None]:
            self.newest.check(connection)
            if made is not None:
                job_moves.apply_in(connection, made)
            return claim(connection), log.end(connection)

        claimed, end = self._database.write(turn)
        if end is not None:
            self.newest.committed(end)
        return claimed

    def submitted(self, token: Token, number: int, uuid: str) -> None:
        """Commit the number and uuid that CUPS gave. LostRace when the attempt is not open any more."""
        values = {"of_record": token.record_id, "of_attempt": token.attempt, "number": number, "uuid": uuid}

        def note(connection: Connection) -> None:
            _expect_open(_SUBMITTED.run(connection, values), token)

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
        """By record."""
        with self._database.read() as connection:
            return {row.record_id: row.attempt for row in connection.execute(_ATTEMPTS_SO_FAR)}

    def job(self, record_id: str) -> Job:
        """UnknownRecord."""
        with self._database.read() as connection:
            return job_moves.find(connection, record_id)

    def attempts(self, record_id: str) -> list[AttemptRow]:
        """Every attempt at this card, in order. UnknownRecord."""
        with self._database.read() as connection:
            job_moves.find(connection, record_id)
            rows = connection.execute(_HISTORY, {"of_record": record_id})
            return [AttemptRow(**row) for row in rows.mappings()]


def _claim(
    connection: Connection,
    seal: Seal,
    printer: str,
    at: datetime,
    journal: str | None,
    documents_since: datetime | None,
) -> Claim | NoClaim:
    row = _HEAD.one(connection, {})
    if row is None:
        return NoClaim.NOBODY_READY
    if ledger.quantity(connection, hopper(printer)) == 0:
        return NoClaim.NO_BLANKS
    head = job_from(row)
    pulled = _DOCUMENT.one(connection, {"of_record": head.record_id})
    if pulled is None:
        return NoClaim.AWAITS_DOCUMENT
    sealed, kept_at = pulled
    if documents_since is not None and kept_at < documents_since:
        return NoClaim.AWAITS_DOCUMENT
    try:
        # Before the intent is committed: a card that cannot be read must not be on its way.
        card = seal.open_card(head.record_id, sealed)
    except Damaged:
        damage.note(connection, head.record_id, Kept.DOCUMENT, at)
        if documents_since is not None:
            return NoClaim.AWAITS_DOCUMENT
        # Without the link it cannot be pulled anew now: it waits until it can, and the others go on.
        job_moves.apply_in(connection, set_back(head, detail="its document was damaged here", at=at))
        return _claim(connection, seal, printer, at, journal, documents_since)
    started = job_moves.apply_in(connection, intend(head, printer=printer, at=at), journal=journal)
    attempt = Attempt(job=started, printer=printer, phase=Phase.INTENDED, started_at=at, journal=journal)
    return Claim(attempt=attempt, card=card)


def _expect_open(rowcount: int, token: Token) -> None:
    if rowcount != 1:
        raise LostRace(f"{token} is not an open attempt (any more)")


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(
        job=Job(**{column.name: row[column.name] for column in JOB_COLUMNS}),
        printer=row["attempt_printer"],
        phase=row["phase"],
        spool_number=row["spool_number"],
        spool_uuid=row["spool_uuid"],
        started_at=row["started_at"],
        journal=row["journal"],
    )
