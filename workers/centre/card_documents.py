"""Pulls the cards for the head of the queue and tries them: a printer never waits for the link or a bad photo."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from loguru import logger

from daemon.domain import job as moves
from daemon.domain.dispatch import RENDERER_FAILED
from daemon.domain.errors import LostRace
from daemon.domain.job import Job
from daemon.ports import (
    AbsentAtCentre,
    BadCard,
    CardRenderer,
    CentralServer,
    Clock,
    JobStore,
    LinkFailure,
    NotPrintReady,
    PulledCardStore,
    RendererFailed,
    Withdrawn,
)
from workers.centre.priority import Priority, Rank
from workers.runner import Loop, Pause, pause
from workers.situation import Situation, Topic
from workers.start_gate import StartGate

IDLE = pause(5.0, Topic.LINK, Topic.TURN)
"""Whatever there is news of wakes it at once; where news fail to come, it looks."""
YIELDING = pause(0.25, Topic.LINK, Topic.TURN)
AFTER_FAILURE_SECONDS = 1.0
PULL_SECONDS = 120.0
"""For one step, longer than other loops': a card is asked for up to three times, and documents are looked into one at
a time, each for half a minute at most (adapters/documents/pdf.py)."""
PASSING_FAILURES = 3
"""So many failures for one record, and it is set back for a while; those of the link count while a probe succeeds."""


class Pulls:
    """What the loops that pull have under way, so that no two pull the same card."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[str] = set()
        self._doubted: set[str] = set()
        self._failures: dict[str, int] = {}

    def begin(self, wanted: Iterable[Job]) -> Job | None:
        """The first that nobody pulls yet is ours now."""
        with self._lock:
            job = next((job for job in wanted if job.record_id not in self._under_way), None)
            if job is not None:
                self._under_way.add(job.record_id)
            return job

    def end(self, record_id: str) -> None:
        """It came, or it failed."""
        with self._lock:
            self._under_way.discard(record_id)
            self._doubted.discard(record_id)

    def doubt(self, record_ids: Iterable[str]) -> None:
        """These change at the centre: of those under way it is not known whether they come from before that."""
        with self._lock:
            self._doubted |= self._under_way.intersection(record_ids)

    def is_doubted(self, record_id: str) -> bool:
        """Whether what was pulled is to be thrown away."""
        with self._lock:
            return record_id in self._doubted

    def failed(self, record_id: str) -> int:
        """Once more; how often in a row."""
        with self._lock:
            self._failures[record_id] = failures = self._failures.get(record_id, 0) + 1
            return failures

    def succeeded(self, record_id: str) -> None:
        """The next failure is the first again."""
        with self._lock:
            self._failures.pop(record_id, None)


@dataclass(slots=True, kw_only=True)
class CardDocuments(Loop):
    """From a ready job to a document that lies here, sealed, before the job is started. Several of it may run."""

    central: CentralServer
    renderer: CardRenderer
    store: PulledCardStore
    jobs: JobStore
    situation: Situation
    clock: Clock
    gate: StartGate
    templates: tuple[str, ...]
    """Every template a card is rendered with once to see that it can be, before a blank is committed to it."""
    depth: int
    """How many of the head of the queue have their document here."""
    printers: int
    """So many cards are needed next."""
    on_failure: Callable[[LinkFailure], None]
    priority: Priority = field(default_factory=Priority)
    pulls: Pulls = field(default_factory=Pulls)
    name: str = "card-documents"
    patience_seconds: float = PULL_SECONDS

    def step(self) -> float | Pause:
        """Prepare one document, the earliest in line first."""
        if not self.situation.link.state.lets_cards_start:
            return IDLE
        since = self.gate.documents_since()
        rank, job = Rank.NEXT_CARDS, self.pulls.begin(self.store.wanted(min(self.printers, self.depth), since))
        if job is None:
            if self.priority.must_wait(Rank.CARDS_AHEAD):
                return YIELDING
            rank, job = Rank.CARDS_AHEAD, self.pulls.begin(self.store.wanted(self.depth, since))
        if job is None:
            return IDLE
        try:
            with self.priority.held(rank):
                return self._pull(job, since)
        finally:
            self.pulls.end(job.record_id)

    def _pull(self, job: Job, since: datetime | None) -> float:
        try:
            card = self.renderer.admit(self.central.card(job.record_id))
            for template in self.templates:
                self.renderer.render(card, template)
        except LinkFailure as failure:
            return self._failed(job, failure)
        except RendererFailed as failure:
            return self._unrendered(job, failure)
        except Withdrawn:
            self._apply(job, moves.withdraw(job, at=self.clock.now()))
        except (NotPrintReady, AbsentAtCentre, BadCard) as refusal:
            self._set_back(job, _let_wait(job, refusal, self.clock.now()), str(refusal))
        else:
            self.pulls.succeeded(job.record_id)
            if not self.pulls.is_doubted(job.record_id):
                self.store.save(card, since)
                self.situation.notify(Topic.TURN)
        return 0.0

    def _failed(self, job: Job, failure: LinkFailure) -> float:
        """The link failed, or the centre cannot serve this one record: then it must not block the others for ever."""
        if self.pulls.failed(job.record_id) >= PASSING_FAILURES and self.central.probe().ok:
            back = moves.set_back(job, detail=failure.stage, at=self.clock.now())
            self._set_back(job, back, str(failure))
            return 0.0
        self.on_failure(failure)
        return AFTER_FAILURE_SECONDS

    def _unrendered(self, job: Job, failure: RendererFailed) -> float:
        """The machine's trouble, or one card's: neither keeps the others waiting for ever."""
        if self.pulls.failed(job.record_id) >= PASSING_FAILURES:
            back = moves.set_back(job, detail=RENDERER_FAILED, at=self.clock.now())
            self._set_back(job, back, str(failure))
            return 0.0
        logger.bind(record_id=job.record_id).warning("{}", failure)
        return AFTER_FAILURE_SECONDS

    def _set_back(self, job: Job, transition: moves.Transition, detail: str) -> None:
        logger.bind(record_id=job.record_id).warning("{} cannot be printed now and waits: {}", job.record_id, detail)
        self._apply(job, transition)

    def _apply(self, job: Job, transition: moves.Transition) -> None:
        self.pulls.succeeded(job.record_id)
        try:
            self.jobs.apply(transition)
        except LostRace:
            logger.bind(record_id=job.record_id).info("{} was changed by somebody else meanwhile", job.record_id)
        self.situation.notify(Topic.TURN)


def _let_wait(job: Job, refusal: NotPrintReady | AbsentAtCentre | BadCard, at: datetime) -> moves.Transition:
    match refusal:
        case NotPrintReady():
            return moves.find_refused(job, at=at)
        case AbsentAtCentre():
            return moves.find_absent(job, at=at)
        case BadCard():
            detail = str(refusal).removeprefix(f"{job.record_id}: ")
            return moves.find_fault(job, moves.Fault.CARD, detail=detail, at=at)
