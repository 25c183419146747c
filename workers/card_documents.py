"""Pulls the cards for the head of the line and tries them: a printer never waits for the line or a bad photo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from loguru import logger

from daemon.domain import job as moves
from daemon.domain.errors import LostRace
from daemon.domain.job import Job
from daemon.ports import (
    AbsentAtCentre,
    BadCard,
    CentralServer,
    Clock,
    Documents,
    DocumentStore,
    JobStore,
    LinkFailure,
    NotPrintReady,
    Withdrawn,
)
from workers.situation import Situation

IDLE_SECONDS = 0.5
AFTER_FAILURE_SECONDS = 1.0
PASSING_FAILURES = 3
"""So many failures for one record while a probe succeeds, and the record is set back for a while."""


@dataclass(slots=True, kw_only=True)
class CardDocuments:
    """From a ready job to a document that lies here, sealed, before the job is started."""

    central: CentralServer
    documents: Documents
    store: DocumentStore
    jobs: JobStore
    situation: Situation
    clock: Clock
    templates: tuple[str, ...]
    """Every template a card is rendered with once to see that it can be, before a blank is committed to it."""
    depth: int
    """How many of the head of the line have their document here."""
    on_failure: Callable[[LinkFailure], None]
    name: str = "card-documents"
    patience_seconds: float = 120.0
    _failures: dict[str, int] = field(default_factory=dict)

    def step(self) -> float:
        """Prepare one document, the earliest in line first."""
        if not self.situation.link.state.lets_cards_start:
            return IDLE_SECONDS
        wanted = self.store.wanted(self.depth)
        if not wanted:
            return IDLE_SECONDS
        job = wanted[0]
        try:
            card = self.central.card(job.record_id)
            for template in self.templates:
                self.documents.render(card, template)
            self.store.keep(card)
        except LinkFailure as failure:
            return self._failed(job, failure)
        except Withdrawn:
            self._settle(job, moves.withdraw(job, at=self.clock.now()))
        except (NotPrintReady, AbsentAtCentre, BadCard) as refusal:
            self._set_back(job, _REASONS[type(refusal)], str(refusal))
        else:
            self._failures.pop(job.record_id, None)
            self.situation.changed()
        return 0.0

    def close(self) -> None:
        """Nothing belongs to the thread."""

    def _failed(self, job: Job, failure: LinkFailure) -> float:
        """The line failed, or the centre cannot serve this one record: then it must not block the others for ever."""
        failures = self._failures.get(job.record_id, 0) + 1
        self._failures[job.record_id] = failures
        if failures >= PASSING_FAILURES and self.central.probe().ok:
            self._set_back(job, f"try_again: {failure.stage}", str(failure))
            return 0.0
        self.on_failure(failure)
        return AFTER_FAILURE_SECONDS

    def _set_back(self, job: Job, reason: str, detail: str) -> None:
        logger.bind(record_id=job.record_id).warning("{} cannot be printed now and waits: {}", job.record_id, detail)
        self._settle(job, moves.set_back(job, reason=reason, at=self.clock.now()))

    def _settle(self, job: Job, transition: moves.Transition) -> None:
        self._failures.pop(job.record_id, None)
        try:
            self.jobs.apply(transition)
        except LostRace:
            logger.bind(record_id=job.record_id).info("{} was changed by somebody else meanwhile", job.record_id)


_REASONS: Mapping[type[Exception], str] = {
    NotPrintReady: "not_print_ready_any_more",
    AbsentAtCentre: moves.ABSENT,
    BadCard: "bad_card",
}
