"""Watches the CUPS queues: notifications while CUPS talks, the state read afresh when something was missed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from loguru import logger

from daemon.ports import Clock, QueueStatus, Spooler, SpoolerEvents, SpoolerRefused, SpoolerUnreachable
from workers.situation import Situation

BUSY_SECONDS = 0.05
IDLE_SECONDS = 1.0
REFRESH_SECONDS = 300.0
"""The state is read afresh so often even when nothing was missed (the call leaks in pycups, so not more often)."""
ABSENT_REFRESH_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class PrinterWatch:
    """What CUPS says of every queue, into the situation."""

    queues: Sequence[str]
    spooler: Spooler
    events: SpoolerEvents
    situation: Situation
    clock: Clock
    name: str = "printer-watch"
    patience_seconds: float = 180.0
    """A CUPS that is stopped blocks a call for 61 s (DESIGN.md section 3)."""
    _refresh_at: float = 0.0
    _missing: set[str] = field(default_factory=set)

    def step(self) -> float:
        """Take the events that came; read afresh when some were missed."""
        try:
            events = self.events.poll()
            if events is None:
                self.situation.cups_was_absent()
            if events is None or self.clock.monotonic() >= self._refresh_at:
                self._refresh()
                return BUSY_SECONDS
        except SpoolerUnreachable as error:
            self.situation.cups_was_absent()
            self._unreachable(error)
            return IDLE_SECONDS
        for event in events:
            status = self.situation.queue(event.queue)
            if status is not None:
                self.situation.set_queue(event.queue, _after(status, event.stopped, event.reasons))
        return BUSY_SECONDS if self.situation.is_printing else IDLE_SECONDS

    def close(self) -> None:
        """Give the subscription back."""
        self.events.close()

    def _refresh(self) -> None:
        for queue in self.queues:
            try:
                self.situation.set_queue(queue, self.spooler.queue(queue))
                self._missing.discard(queue)
            except SpoolerRefused as error:
                self.situation.set_queue(queue, None)
                if queue not in self._missing:
                    logger.error("the CUPS queue {} cannot be used: {}", queue, error)
                self._missing.add(queue)
        wait_seconds = ABSENT_REFRESH_SECONDS if self._missing else REFRESH_SECONDS
        self._refresh_at = self.clock.monotonic() + wait_seconds

    def _unreachable(self, error: SpoolerUnreachable) -> None:
        if any(self.situation.queue(queue) is not None for queue in self.queues):
            logger.error("{}; no new card is started until it answers", error)
        for queue in self.queues:
            self.situation.set_queue(queue, None)
        self._refresh_at = 0.0


def _after(status: QueueStatus, stopped: bool | None, reasons: frozenset[str] | None) -> QueueStatus:
    return replace(
        status,
        stopped=status.stopped if stopped is None else stopped,
        reasons=status.reasons if reasons is None else reasons,
    )
