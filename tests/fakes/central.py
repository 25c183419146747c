"""A central server that answers as it is told, for the loops' tests. tests/contract has the real one's suite."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from daemon.domain.link import Probe, Stage
from daemon.ports import Card, Clock, Issuance, Issued, LinkFailure, Page, Receipt


@dataclass(kw_only=True)
class FakeCentral:
    clock: Clock
    broken: Stage | None = None
    """The stage at which every call fails."""
    cards: dict[str, Callable[[], Card]] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)

    def probe(self) -> Probe:
        return Probe(at=self.clock.now(), failed_stage=self.broken)

    def records(self, after: str | None, limit: int) -> Page:
        self._fail()
        self.asked.append(after)
        return self.pages.pop(0) if self.pages else Page(records=(), bad=(), next=after or "0", more=False)

    def card(self, record_id: str) -> Card:
        self._fail()
        return self.cards[record_id]()

    def report(self, issuances: Sequence[Issuance], idempotency_key: str) -> Receipt:
        self.keys.append(idempotency_key)
        self._fail()
        return self.receipts.pop(0)

    def issued(self, after: str | None, limit: int) -> Issued | None:
        self._fail()
        return None

    def close(self) -> None:
        pass

    def _fail(self) -> None:
        if self.broken is not None:
            raise LinkFailure(self.broken, "told to fail")
