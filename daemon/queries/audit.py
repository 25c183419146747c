"""Whether the books are as they were written: the log's chain, everybody's turn, the ledger's sums, the serials."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from daemon.domain.errors import UnknownRecord
from daemon.domain.line import Violation
from daemon.domain.log import GENESIS, LogEntry, is_intact
from daemon.domain.order import Turn
from daemon.ports import Store
from daemon.queries.fairness import Contradiction, History, Told, log_of, whole_log

_PAGE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What was found."""

    entries: int
    """Of the log, that were looked at."""
    last: LogEntry | None
    faults: tuple[str, ...]
    """One line each; none when all is well."""
    paper: str | None = None
    """How the log differs from the paper, in one line; None: it does not, or none was held against it."""


def verify(
    store: Store, *, known: tuple[int, str] | None = None, advance: Callable[[], None] = lambda: None
) -> AuditResult:
    """Everything, from the first entry on. `known`: sequence and hash of an entry, as a paper has them.

    After the first entry that is not what it was, the chain is followed on from what stands there: each change is told.
    """
    entries, last, faults, of_paper = 0, None, [], None
    history = History()
    for entry, fault in _walked(whole_log(store.log)):
        advance()
        entries, last = entries + 1, entry
        if fault is not None:
            faults.append(fault)
        faults.extend(map(_in_words, history.add(entry)))
        if known is not None and entry.sequence == known[0]:
            of_paper = entry
    return AuditResult(
        entries=entries,
        last=last,
        faults=(*faults, *_of_people(store, history), *_of_blanks(store)),
        paper=None if known is None else _against_paper(known, of_paper, last),
    )


def _against_paper(known: tuple[int, str], found: LogEntry | None, last: LogEntry | None) -> str | None:
    sequence, digest = known
    if found is None:
        return f"log #{sequence}: there is no such entry; the log ends with #{last.sequence if last else 0}"
    if found.hash != digest.lower():
        return f"log #{sequence}: its hash is {found.hash}, not the one on the paper"
    return None


def _walked(entries: Iterable[LogEntry]) -> Iterator[tuple[LogEntry, str | None]]:
    previous, sequence = GENESIS, 0
    for entry in entries:
        fault = None
        if entry.sequence != sequence + 1:
            fault = f"log: #{sequence + 1} to #{entry.sequence - 1} are missing"
        elif not is_intact(entry, previous):
            fault = f"log #{entry.sequence}: it was changed, or does not follow #{sequence}"
        yield entry, fault
        previous, sequence = entry.hash, entry.sequence


def _in_words(found: Violation | Contradiction) -> str:
    if isinstance(found, Contradiction):
        return str(found)
    started = _turn(found.started)
    if found.passed_over is None:
        return f"log #{found.sequence}: {started} was started, though the rules of the order held everybody back"
    passed_over = _turn(found.passed_over)
    return (
        f"log #{found.sequence}: {started} was started, though {passed_over} {_comes_first(found)} and was ready since"
        f" #{found.ready_since}"
    )


def _comes_first(found: Violation) -> str:
    is_earlier = found.passed_over is not None and found.passed_over < found.started
    return "is earlier" if is_earlier else "comes first by the rules"


def _turn(turn: Turn) -> str:
    return f"{turn.record_id} (recorded {turn.recorded_at.isoformat()})"


def _of_people(store: Store, history: History) -> Iterator[str]:
    """The table of jobs, held against what the log says last of each."""
    missing = history.people
    after: str | None = None
    while page := store.view.everybody(after, _PAGE):
        for job in page:
            told = missing.pop(job.record_id, Told())
            if any(told.contradictions(job)):
                yield from _looked_at_again(store, job.record_id)
        after = page[-1].record_id
    for record_id in [record_id for record_id, told in missing.items() if told.state is not None]:
        yield from _looked_at_again(store, record_id)


def _looked_at_again(store: Store, record_id: str) -> Iterator[str]:
    """The daemon goes on meanwhile: a change and its entry come together, so without a new entry nothing changed."""
    told, last = _told(store, record_id)
    while True:
        try:
            found = list(told.contradictions(store.jobs.job(record_id)))
        except UnknownRecord:
            found = [f"{record_id}: {told.state} by the log, and the table does not have it"]
        told, newest = _told(store, record_id)
        if newest == last:
            break
        last = newest
    yield from found


def _told(store: Store, record_id: str) -> tuple[Told, int]:
    """What the log says of it by now, and the number of its last entry."""
    told, last = Told(), 0
    for entry in log_of(store.log, record_id):
        told, last = told.then(entry), entry.sequence
    return told, last


def _of_blanks(store: Store) -> Iterator[str]:
    for account, (kept, folded) in store.ledger.differences().items():
        yield f"blanks: {account} is kept as {kept:,}, its entries say {folded:,}"
    total = sum(store.ledger.balances().values())
    if total:
        yield f"blanks: all accounts together are {total:,}, not zero"
    received = store.ledger.known_batches()
    for batch, serials in store.serials.registered().items():
        if serials > received.get(batch, 0):
            yield f"blanks: batch {batch} has {serials:,} serials and {received.get(batch, 0):,} blanks"
