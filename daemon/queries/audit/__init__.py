"""Whether the books are as they were written: the log's tree, and what follows from the log: everybody's turn, jobs,
attempts, counts, the ledger's sums, the serials."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context

from daemon.domain import ledger
from daemon.domain.report import LogStamp
from daemon.ports import LogKey, Store
from daemon.queries.audit.entries import readable
from daemon.queries.audit.log import Log, LogResult, check_log
from daemon.queries.audit.people import People
from daemon.queries.audit.tree import Outside, check_heads, check_subjects, of_checkpoint
from daemon.queries.fairness import whole_log

__all__ = ["STEP", "AuditResult", "Outside", "of_checkpoint", "verify"]

STEP = 500
"""Entries, of a progress."""
_FEW = 50_000
"""Entries that are verified before another process is ready to help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What was found."""

    entries: int
    """Of the log, that were looked at."""
    last: LogStamp | None
    """The newest entry, and the root of the tree that ends with it. None: there is none."""
    checkpoints: int
    """Kept ones that were held against the tree."""
    faults: tuple[str, ...]
    """One line each; none when all is well."""
    paper: str | None = None
    """How the log differs from what was held against it, in one line; None: it does not, or nothing was."""


def verify(
    store: Store,
    key: LogKey | None = None,
    *,
    known: Outside | None = None,
    advance: Callable[[], None] = lambda: None,
    reopen: Callable[[], Store] | None = None,
) -> AuditResult:
    """Everything, from the first entry on. `key`: of the log; None: signatures are not looked at. `advance`: STEP more
    entries are looked at.

    `reopen`: gives another process the same store, so that half of the work on a long log is done there.
    """
    people = People(store)
    with ExitStack() as stack:
        aside: Future[LogResult] | None = None
        if reopen is not None and store.tree.size() > _FEW:
            pool = stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
            aside = pool.submit(check_log, reopen, known)
        here = Log(store, known) if aside is None else None
        for entry in whole_log(store.log):
            if entry.sequence % STEP == 1:
                advance()
            if here is not None:
                here.add(entry)
            people.add(entry)
        of_people = tuple(readable("jobs and attempts", people.check()))
        log = here.result() if here is not None else _result(aside)
    of_tree = (*log.of_tree, *readable("heads", check_heads(store.tree, key)), *check_subjects(store.tree))
    return AuditResult(
        entries=log.entries,
        last=log.last,
        checkpoints=log.checkpoints,
        faults=(*of_tree, *log.of_accounts, *of_people, *readable("blanks", _of_blanks(store))),
        paper=log.paper,
    )


def _result(aside: Future[LogResult] | None) -> LogResult:
    assert aside is not None, "the log is read here or there"
    return aside.result()


def _of_blanks(store: Store) -> Iterator[str]:
    for account, (kept, folded) in store.ledger.differences().items():
        yield f"blanks: {account} is kept as {kept:,}, its entries say {folded:,}"
    balances = store.ledger.balances()
    accounts = {account for account in balances if not account.startswith(ledger.hopper(""))}
    for account in sorted(accounts ^ ledger.PLAIN_ACCOUNTS):
        yield f"blanks: {account} is {'no account' if account in accounts else 'not kept any more'}"
    total = sum(balances.values())
    if total:
        yield f"blanks: all accounts together are {total:,}, not zero"
    received = store.ledger.known_batches()
    for batch, serials in store.serials.registered().items():
        if serials > received.get(batch, 0):
            yield f"blanks: batch {batch} has {serials:,} serials and {received.get(batch, 0):,} blanks"
