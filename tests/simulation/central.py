"""The central server behind its line: changes in any order, cards, reports, and every stage at which a line fails."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from daemon.domain.job import PRINT_READY
from daemon.domain.link import Cause, Probe, Stage
from daemon.ports import (
    AbsentAtCentre,
    BadCard,
    Card,
    Issuance,
    Issued,
    IssuedCard,
    LinkFailure,
    NotPrintReady,
    Page,
    Receipt,
    Record,
    Withdrawn,
)
from tests.simulation.clock import Timeline
from tests.simulation.trace import Trace

WITHDRAWN = "WITHDRAWN"
TIMEOUT_SECONDS = 10.0


class Centre:
    """What the centre holds, and its line."""

    def __init__(self, timeline: Timeline, rng: Random, trace: Trace) -> None:
        self.records: dict[str, Record] = {}
        self.bad_cards: set[str] = set()
        """Whose card cannot be printed as it is."""
        self.broken_cards: set[str] = set()
        """Whose card the centre fails to serve (500)."""
        self.line_fails_at: Stage | None = None
        self.line_fails_by: Cause | None = None
        """Where a probe can tell more than the stage."""
        self.accepted: dict[str, set[str]] = {}
        """Record → idempotency keys under which its card was reported."""
        self.doubled = 0
        """Cards that were reported again under another key."""
        self._feed: list[Record] = []
        self._receipts: dict[str, Receipt] = {}
        self.told: Counter[str] = Counter()
        """Cards that it knows of, by record."""
        self._reported: set[tuple[str, int]] = set()
        self._timeline, self._rng, self._trace = timeline, rng, trace

    def change(self, record_id: str, status: str) -> None:
        """A record comes or changes."""
        record = self.records[record_id] = replace(
            self.records[record_id], status=status, updated_at=self._timeline.now()
        )
        self._feed.append(record)
        self._trace.note(f"centre: {record_id} {status}")

    def is_print_ready(self, record_id: str) -> bool:
        """Whether a card is due in the end."""
        return self.records[record_id].status == PRINT_READY and record_id not in self.bad_cards

    def page(self, after: str | None, limit: int) -> Page:
        """Changes since the cursor."""
        start = int(after or 0)
        records = self._feed[start : start + limit]
        end = start + len(records)
        return Page(records=tuple(records), bad=(), next=str(end), more=end < len(self._feed))

    def card(self, record_id: str) -> Card:
        """What to print, or why not."""
        record = self.records.get(record_id)
        if record is None or record.status is None:
            raise AbsentAtCentre("404")
        if record.status == WITHDRAWN:
            raise Withdrawn("410")
        if record.status != PRINT_READY:
            raise NotPrintReady("409")
        photo = b"bad" if record_id in self.bad_cards else None
        return Card(record_id=record_id, fields={"name": record.person.name}, photo=photo, document=None)

    def report(self, issuances: Sequence[Issuance], key: str) -> Receipt:
        """The same key again gets the same answer. Sometimes only a part is settled."""
        if key in self._receipts:
            return self._receipts[key]
        part = [issuance for issuance in issuances if len(issuances) == 1 or self._rng.random() < 0.8]
        for issuance in part:
            token = (issuance.record_id, issuance.token.attempt)
            self.doubled += token in self._reported
            self._reported.add(token)
            self.told[issuance.record_id] += 1
            self._trace.note(f"centre: told of {issuance.token}")
        receipt = Receipt(accepted=frozenset(issuance.record_id for issuance in part), rejected={})
        self._receipts[key] = receipt
        return receipt

    def issued(self) -> Issued:
        """All that it was told of, at once."""
        cards = tuple(IssuedCard(record_id=record_id) for record_id in self.told.elements())
        return Issued(cards=cards, next="all", more=False)


class SimulatedCentral:
    """The CentralServer port: a call takes time, and the link may go while it lasts."""

    def __init__(self, centre: Centre, rng: Random, timeline: Timeline, wait: Callable[[float], None]) -> None:
        self.failing_calls = 0
        """So many of the next calls fail, before or after the centre has done its part."""
        self.timeout_seconds = TIMEOUT_SECONDS
        self._centre, self._rng, self._timeline, self._wait = centre, rng, timeline, wait

    def probe(self) -> Probe:
        """One look."""
        failed = self._pass()
        cause = self._centre.line_fails_by if failed else None
        return Probe(at=self._timeline.now(), failed_stage=failed, cause=cause, detail="simulated" if failed else None)

    def records(self, after: str | None, limit: int) -> Page:
        """One page."""
        self._go()
        page = self._centre.page(after, limit)
        self._come_back()
        return page

    def card(self, record_id: str) -> Card:
        """One card."""
        self._go()
        if record_id in self._centre.broken_cards:
            raise LinkFailure(Stage.ANSWER, "500")
        try:
            return self._centre.card(record_id)
        finally:
            self._come_back()

    def report(self, issuances: Sequence[Issuance], idempotency_key: str) -> Receipt:
        """One batch."""
        self._go()
        receipt = self._centre.report(issuances, idempotency_key)
        self._come_back()
        return receipt

    def issued(self, after: str | None, limit: int) -> Issued:
        """What it was told of."""
        self._go()
        issued = self._centre.issued()
        self._come_back()
        return issued

    def close(self) -> None:
        """Nothing to let go of."""

    def _pass(self) -> Stage | None:
        stage = self._centre.line_fails_at
        quick = stage in (None, Stage.RESOLVE, Stage.CONNECT) or self._centre.line_fails_by is not None
        self._wait(self._rng.uniform(0.01, 0.2) if quick else self.timeout_seconds)
        return stage

    def _go(self) -> None:
        stage = self._pass()
        if stage is None and self.failing_calls and self._rng.random() < 0.5:
            self.failing_calls -= 1
            stage = self._rng.choice(tuple(Stage))
        if stage is not None:
            raise LinkFailure(stage, "simulated", self._centre.line_fails_by)

    def _come_back(self) -> None:
        """The answer on its way: the centre has done its part."""
        self._wait(self._rng.uniform(0.01, 0.2))
        if self._centre.line_fails_at is not None or self.failing_calls:
            self.failing_calls = max(0, self.failing_calls - 1)
            raise LinkFailure(Stage.ANSWER, "cut in mid-answer")


class Renderer:
    """The CardRenderer port, without a picture."""

    def admit(self, card: Card) -> Card:
        """No PDF comes here."""
        return card

    def render(self, card: Card, template: str) -> bytes:
        """BadCard for a bad photo."""
        if card.photo == b"bad":
            raise BadCard("the photo cannot be read")
        return b"%PDF-1.7 simulated"
