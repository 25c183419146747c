"""Watches the CUPS queues: notifications while CUPS talks, the state read afresh when something was missed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from loguru import logger

from daemon.domain.dispatch import UNFIT_ADVICE
from daemon.ports import (
    Clock,
    NoSuchQueue,
    QueueEvent,
    QueueStatus,
    Spooler,
    SpoolerEvents,
    SpoolerRefused,
    SpoolerUnreachable,
)
from workers.runner import Loop
from workers.situation import Situation

BUSY_SECONDS = 0.05
IDLE_SECONDS = 1.0
POLL_SECONDS = 5.0
"""Where CUPS tells nothing, its queues are asked so often."""
REFRESH_SECONDS = 300.0
"""The state is read afresh so often even when nothing was missed (the call leaks in pycups, so not more often)."""
ABSENT_REFRESH_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class PrinterWatch(Loop):
    """What CUPS says of every queue, into the situation."""

    queues: Sequence[str]
    card_queues: frozenset[str]
    """Those of them that print cards."""
    spooler: Spooler
    events: SpoolerEvents
    situation: Situation
    clock: Clock
    name: str = "printer-watch"
    _refreshed_at: float | None = None
    """None: it is due."""
    _missing: set[str] = field(default_factory=set)
    _fit_looked_at: dict[str, float] = field(default_factory=dict)
    _silent: str | None = None
    """Why CUPS tells nothing now."""

    def step(self) -> float:
        """Take the events that came; read afresh when some were missed."""
        try:
            news = self.events.poll()
            if news.cups_was_gone:
                self.situation.cups_was_absent()
            self._heed_silence(news.silent)
            if news.missed or self._is_due():
                self._refresh()
                return BUSY_SECONDS
        except SpoolerUnreachable as error:
            self.situation.cups_was_absent()
            self._unreachable(error)
            return IDLE_SECONDS
        for event in news.events:
            status = self.situation.queue(event.queue)
            if status is not None:
                self.situation.set_queue(event.queue, _after(status, event))
            if event.stopped:
                self._refreshed_at = None  # a queue that was deleted says so too
        return BUSY_SECONDS if self.situation.is_printing else IDLE_SECONDS

    def close(self) -> None:
        """Give the subscription back."""
        self.events.close()

    def _refresh(self) -> None:
        for queue in self.queues:
            try:
                status = self.spooler.queue(queue)
                if queue in self.card_queues:
                    self._look_at_fitness(queue)
                self.situation.set_queue(queue, status)
                self._missing.discard(queue)
            except SpoolerRefused as error:
                self.situation.set_queue(queue, None, missing=isinstance(error, NoSuchQueue))
                if queue not in self._missing:
                    logger.error("the CUPS queue {} cannot be used: {}", queue, error)
                self._missing.add(queue)
        self._refreshed_at = self.clock.monotonic()

    def _look_at_fitness(self, queue: str) -> None:
        """At first sight and then now and then: it changes by an administrator's hand alone."""
        now = self.clock.monotonic()
        if now - self._fit_looked_at.get(queue, -REFRESH_SECONDS) < REFRESH_SECONDS:
            return
        unfit = self.spooler.unfit(queue)
        self._fit_looked_at[queue] = now
        if unfit != self.situation.unfit(queue):
            for each in sorted(unfit):
                logger.error("no card is printed: {}", UNFIT_ADVICE[each].format(queue=queue))
        self.situation.set_unfit(queue, unfit)

    def _heed_silence(self, silent: str | None) -> None:
        """Told once: without events everything works, a little later."""
        if silent is not None and self._silent is None:
            logger.warning("CUPS sends no events ({}); its queues are asked every {:.0f} s", silent, POLL_SECONDS)
        elif silent is None and self._silent is not None:
            logger.info("CUPS sends events again")
        self._silent = silent

    def _is_due(self) -> bool:
        """Sooner while a queue is not there (a print queue may have found that before us), or CUPS tells nothing."""
        if self._refreshed_at is None:
            return True
        missing = any(self.situation.queue(queue) is None for queue in self.queues)
        wait_seconds = ABSENT_REFRESH_SECONDS if missing else POLL_SECONDS if self._silent else REFRESH_SECONDS
        return self.clock.monotonic() >= self._refreshed_at + wait_seconds

    def _unreachable(self, error: SpoolerUnreachable) -> None:
        if any(self.situation.queue(queue) is not None for queue in self.queues):
            logger.error("{}; no new card is started until it answers", error)
        for queue in self.queues:
            self.situation.set_queue(queue, None)
        self._refreshed_at = None


def _after(status: QueueStatus, event: QueueEvent) -> QueueStatus:
    return replace(
        status,
        stopped=status.stopped if event.stopped is None else event.stopped,
        accepting=status.accepting if event.accepting is None else event.accepting,
        reasons=status.reasons if event.reasons is None else event.reasons,
    )
