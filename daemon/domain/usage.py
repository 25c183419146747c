"""What became of blanks over a period, by batch: the figures of the *laporan penggunaan blangko*.

People seldom say of which batch a blank was, and a printer never does. What nobody said is taken from the batch that
has been here longest (first in, first out); a movement that names its batch takes from that one first.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Protocol

from daemon.domain import ledger


class Flow(StrEnum):
    """What makes a stock grow or shrink. Blanks that go from the store to a hopper stay in stock."""

    RECEIVED = "received"
    TRANSFERRED_IN = "transferred_in"
    ISSUED = "issued"
    PRINT_SPOILED = "print_spoiled"
    ENCODE_FAILED = "encode_failed"
    FACTORY_DEFECT = "factory_defect"
    LOST = "lost"
    TRANSFERRED_OUT = "transferred_out"
    DESTROYED = "destroyed"
    VARIANCE = "variance"
    OTHER = "other"


SPOILING = (Flow.PRINT_SPOILED, Flow.ENCODE_FAILED, Flow.FACTORY_DEFECT, Flow.LOST)


class LedgerEntry(Protocol):
    """As much of an entry of the ledger as is needed here."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def at(self) -> datetime:
        """When it was booked."""
        ...

    @property
    def quantity(self) -> int:
        """Blanks."""
        ...

    @property
    def credit(self) -> str:
        """The account that they left."""
        ...

    @property
    def debit(self) -> str:
        """The account that they went to."""
        ...

    @property
    def reason(self) -> str:
        """Why."""
        ...

    @property
    def batch(self) -> str | None:
        """Theirs, if it was said."""
        ...

    @property
    def reverses(self) -> int | None:
        """The entry that this one takes back: it counts in the same column, with the other sign."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One stock over the period, in blanks."""

    opening: int = 0
    flows: Mapping[Flow, int]
    """What came in counts up, what went out down."""

    @property
    def closing(self) -> int:
        """What must be there at the end."""
        return self.opening + sum(self.flows.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchUsage:
    """Of the blanks of one batch."""

    batch: str | None
    """None: came in without one (found by a count, or from another office)."""
    usable: Stock
    """In the store, in hoppers, and on their way through a printer."""
    spoiled: Stock
    """Spoiled ones that were not destroyed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankUsage:
    """The whole report."""

    batches: tuple[BatchUsage, ...]
    """In the order in which they first came."""
    cards_destroyed: int
    """Invalid cards that came back (they were issued), destroyed in the period."""

    @property
    def usable(self) -> Stock:
        """All batches together."""
        return _sum(batch.usable for batch in self.batches)

    @property
    def spoiled(self) -> Stock:
        """All batches together."""
        return _sum(batch.spoiled for batch in self.batches)


def usage(
    entries: Iterable[LedgerEntry], start: datetime, end: datetime, reversed_: Collection[int] = frozenset()
) -> BlankUsage:
    """The period from `start` (included) to `end` (not included), from all entries since the first, in their order.

    `reversed_`: the numbers of entries that are reversed later on. Blanks go back to the batches that they came from.
    """
    pools = {kind: _Pool(start) for kind in _Kind}
    to_be_reversed: dict[int, _Moved] = {}
    cards_destroyed = 0
    for entry in entries:
        if entry.at >= end:
            continue
        gives, takes = _stock_of(entry.credit), _stock_of(entry.debit)
        if gives is takes:
            cards_destroyed += _cards_destroyed(entry) if entry.at >= start else 0
            continue
        before = None if entry.reverses is None else to_be_reversed.pop(entry.reverses, None)
        parts = before.put if before and before.put else [(entry.batch, entry.quantity)]
        if gives is not None:
            parts = pools[gives].draw(entry, _flow(entry, entry.debit), parts)
        if takes is not None:
            back = before.taken if before and before.taken else parts
            pools[takes].put(entry, _flow(entry, entry.credit), back)
        if entry.id in reversed_:
            to_be_reversed[entry.id] = _Moved(
                taken=parts if gives is not None else [], put=parts if takes is not None else []
            )
    usable, spoiled = pools[_Kind.USABLE], pools[_Kind.SPOILED]
    batches = tuple(
        BatchUsage(batch=batch, usable=usable.stock(batch), spoiled=spoiled.stock(batch))
        for batch in dict.fromkeys([*usable.batches, *spoiled.batches])
    )
    return BlankUsage(batches=batches, cards_destroyed=cards_destroyed)


class _Kind(Enum):
    USABLE = auto()
    SPOILED = auto()


_Parts = list[tuple[str | None, int]]
"""Blanks by batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """What an entry took out of one stock and put into another."""

    taken: _Parts
    put: _Parts


class _Pool:
    """Blanks by batch, in the order in which batches came."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._left: dict[str | None, int] = {}
        self._opening: Counter[str | None] = Counter()
        self._flows: dict[str | None, Counter[Flow]] = defaultdict(Counter)

    @property
    def batches(self) -> Iterable[str | None]:
        return self._left

    def stock(self, batch: str | None) -> Stock:
        return Stock(opening=self._opening[batch], flows=dict(self._flows[batch]))

    def put(self, entry: LedgerEntry, flow: Flow, parts: _Parts) -> None:
        for batch, quantity in parts:
            self._book(entry, flow, batch, quantity)

    def draw(self, entry: LedgerEntry, flow: Flow, wanted: _Parts) -> _Parts:
        """What was taken of which batch."""
        return [part for batch, quantity in wanted for part in self._draw(entry, flow, batch, quantity)]

    def _draw(self, entry: LedgerEntry, flow: Flow, named: str | None, missing: int) -> _Parts:
        parts: _Parts = []
        for batch in self._in_turn(named):
            taken = min(missing, max(self._left[batch], 0))
            if taken:
                parts.append((batch, taken))
                missing -= taken
        if missing:
            parts.append((None, missing))
        for batch, quantity in parts:
            self._book(entry, flow, batch, -quantity)
        return parts

    def _in_turn(self, named: str | None) -> Iterator[str | None]:
        if named in self._left:
            yield named
        yield from (batch for batch, left in self._left.items() if left > 0 and batch != named)

    def _book(self, entry: LedgerEntry, flow: Flow, batch: str | None, change: int) -> None:
        self._left[batch] = self._left.get(batch, 0) + change
        if entry.at < self._start:
            self._opening[batch] += change
        else:
            self._flows[batch][flow] += change


def _flow(entry: LedgerEntry, other: str) -> Flow:
    """Why the stock changed; `other` is the account beyond it."""
    if other == ledger.CENTRE:
        return Flow.TRANSFERRED_IN if entry.reason == ledger.TRANSFERRED_IN else Flow.RECEIVED
    if other == ledger.TRANSFERRED:
        comes_in = (entry.credit == other) is (entry.reverses is None)
        return Flow.TRANSFERRED_IN if comes_in else Flow.TRANSFERRED_OUT
    if entry.reason in SPOILING and ledger.SPOILED in (entry.credit, entry.debit):
        return Flow(entry.reason)
    return _BY_ACCOUNT.get(other, Flow.OTHER)


_BY_ACCOUNT = {ledger.ISSUED: Flow.ISSUED, ledger.DESTROYED: Flow.DESTROYED, ledger.VARIANCE: Flow.VARIANCE}


def _stock_of(account: str) -> _Kind | None:
    if account in (ledger.STORE, ledger.IN_PROCESS) or account.startswith("hopper:"):
        return _Kind.USABLE
    return _Kind.SPOILED if account == ledger.SPOILED else None


def _cards_destroyed(entry: LedgerEntry) -> int:
    signs = {(ledger.ISSUED, ledger.DESTROYED): 1, (ledger.DESTROYED, ledger.ISSUED): -1}
    return signs.get((entry.credit, entry.debit), 0) * entry.quantity


def _sum(stocks: Iterable[Stock]) -> Stock:
    opening, flows = 0, Counter[Flow]()
    for stock in stocks:
        opening += stock.opening
        flows.update(stock.flows)
    return Stock(opening=opening, flows=dict(flows))
