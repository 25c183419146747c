"""Whether the books are as they were written: the log's chain, the ledger's sums, the register of serials."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from daemon.domain.log import GENESIS, Entry, is_intact
from daemon.fairness import whole_log
from daemon.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found."""

    entries: int
    """Of the log, that were looked at."""
    last: Entry | None
    faults: tuple[str, ...]
    """One line each; none when all is well."""


def verify(
    store: Store, *, known: tuple[int, str] | None = None, advance: Callable[[], None] = lambda: None
) -> Verdict:
    """Everything, from the first entry on. `known`: sequence and hash of an entry, as a paper has them.

    After the first entry that is not what it was, the chain is followed on from what stands there: each change is told.
    """
    entries, last, faults = 0, None, []
    for entry, fault in _walked(whole_log(store.log)):
        advance()
        entries, last = entries + 1, entry
        if fault is not None:
            faults.append(fault)
        if known is not None and entry.sequence == known[0] and entry.hash != known[1].lower():
            faults.append(f"log #{entry.sequence}: its hash is {entry.hash}, not the one on the paper")
    if known is not None and (last is None or last.sequence < known[0]):
        faults.append(f"log #{known[0]}: there is no such entry; the log ends with #{last.sequence if last else 0}")
    return Verdict(entries=entries, last=last, faults=(*faults, *_of_blanks(store)))


def _walked(entries: Iterable[Entry]) -> Iterator[tuple[Entry, str | None]]:
    previous, sequence = GENESIS, 0
    for entry in entries:
        fault = None
        if entry.sequence != sequence + 1:
            fault = f"log: #{sequence + 1} to #{entry.sequence - 1} are missing"
        elif not is_intact(entry, previous):
            fault = f"log #{entry.sequence}: it was changed, or does not follow #{sequence}"
        yield entry, fault
        previous, sequence = entry.hash, entry.sequence


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
