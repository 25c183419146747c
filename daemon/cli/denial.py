"""Before a person's word that no card came out is taken: this machine's journal is asked, and CUPS."""

from typing import TYPE_CHECKING

from daemon.cli import output
from daemon.domain.denial import objection
from daemon.domain.errors import Rejected
from daemon.domain.recovery import Mark, MarkKind, SpoolState
from daemon.domain.states import State
from daemon.ports import SpoolerRefused, SpoolerUnreachable

if TYPE_CHECKING:
    from daemon.domain.job import Job
    from daemon.domain.token import Token
    from daemon.ports import Spooler, Store
    from daemon.settings import Settings


def check_is_the_latest(settings: "Settings", job: "Job") -> None:
    """A card that lies there may be of an attempt that a database which was put back has forgotten. Rejected."""
    from daemon.domain.token import Token
    from daemon.main import guard_journal

    journal = guard_journal(settings)
    later = Token(job.record_id, job.attempt + 1)
    is_open = job.state in (State.PRINTING, State.UNCONFIRMED)
    if is_open and journal.identity() is not None and journal.read(later).kind is not MarkKind.ABSENT:
        raise Rejected(
            f"{job.record_id} stays {job.state}: the guard's journal knows of its attempt {later.attempt}, which this"
            " database does not: giliran restore --reconcile"
        )


def check_denial(settings: "Settings", store: "Store", record_id: str, *, spoiled: bool) -> None:
    """Take the token back, so that nothing can print it any more, and remove what CUPS still holds of it.

    Rejected when the journal, or a job in CUPS that cannot be removed, says otherwise. Where no journal can tell
    (another machine's, a lost one, a queue without a guard) the person's word stands.
    """
    from daemon.main import guard_journal, spooler

    job = store.jobs.job(record_id)
    if job.state not in (State.PRINTING, State.UNCONFIRMED):
        return
    attempt = store.jobs.attempts(record_id)[-1]
    mark = Mark(kind=MarkKind.UNGUARDED)
    if attempt.journal is not None:
        journal = guard_journal(settings)
        if journal.identity() == attempt.journal:
            journal.expect(attempt.journal)
            mark = journal.void(job.token)
    state = _in_cups(spooler(settings), job.token, attempt.spool_number, mark)
    against = objection(mark, state, state=job.state, spoiled=spoiled)
    if against is not None:
        raise Rejected(f"{record_id} stays {job.state}: {against}")


def _in_cups(spooler: "Spooler", token: "Token", number: int | None, mark: Mark) -> SpoolState:
    """What CUPS says of it; a job that waits there is removed. Rejected when it could still come out."""
    try:
        found = spooler.find(token, number)
        if found is None:
            return SpoolState.GONE
        if not found.state.is_over and mark.kind is not MarkKind.RUNNING:
            spooler.purge(found)
    except SpoolerUnreachable as error:
        if mark.kind is MarkKind.UNGUARDED:
            output.warn(
                f"CUPS could not be asked whether it still holds {token} ({error}); look when it is back: lpstat -o"
            )
        return SpoolState.UNREACHABLE
    except SpoolerRefused as error:
        if mark.kind is MarkKind.UNGUARDED:
            raise Rejected(
                f"{token} still lies in CUPS and cannot be removed ({error}); cancel it there first"
            ) from error
        return SpoolState.UNREACHABLE
    return found.state
