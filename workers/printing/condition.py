"""Whether a card printer can take a card now, and if not, why."""

from contextlib import suppress
from dataclasses import dataclass, field

from loguru import logger

from daemon.domain.dispatch import CUPS_FAILED, IN_DOUBT, NO_GUARD, NO_QUEUE, PauseReason, PrinterState, Unfit
from daemon.domain.job import Verdict
from daemon.ports import (
    Clock,
    NoSuchQueue,
    PrinterStore,
    QueueStatus,
    Spooler,
    SpoolerRefused,
    SpoolerUnreachable,
)
from workers.printing.queue_guard import QueueGuard
from workers.printing.rest import Rest
from workers.situation import Situation

MOST_DOUBTS_IN_A_ROW = 2
"""A printer that jams for itself overnight must not turn one waiting person after another into a question."""


@dataclass(slots=True, kw_only=True)
class Condition:
    """Of one printer: what an operator wants, what CUPS says of its queue, what became of its cards."""

    printer: str
    queue: str
    printers: PrinterStore
    spooler: Spooler
    situation: Situation
    guard: QueueGuard
    clock: Clock
    rest: Rest = field(default_factory=Rest)
    _doubts: int | None = None
    """As last looked up; None before the first look."""
    _nudges: int | None = None

    def look(self) -> tuple[PrinterState, tuple[str, ...]]:
        """IDLE: it can take one. Otherwise with the reasons why not."""
        controls = self.printers.controls(self.printer)
        self._doubts = controls.doubts
        if controls.nudges != self._nudges:
            if self._nudges is not None:
                self._look_afresh()
            self._nudges = controls.nudges
            self.rest.end()
        if controls.paused:
            return PrinterState.PAUSED, (PauseReason.OPERATOR,)
        status = self.situation.queue(self.queue)
        if status is None:
            return PrinterState.UNREACHABLE, (NO_QUEUE if self.situation.is_missing(self.queue) else CUPS_FAILED,)
        if status.stopped or not status.accepting:
            return PrinterState.STOPPED, tuple(sorted(status.reasons)) or ("cups-queue-stopped",)
        if not self.guard.is_in_place(status):
            return PrinterState.STOPPED, (NO_GUARD,)
        if unfit := self._unfit(status):
            return PrinterState.STOPPED, tuple(sorted(unfit))
        if controls.doubts >= MOST_DOUBTS_IN_A_ROW:
            return PrinterState.STOPPED, (IN_DOUBT,)
        if not self.rest.is_over(self.clock.monotonic()):
            return PrinterState.STOPPED, self.rest.reasons
        return PrinterState.IDLE, ()

    def queue_status(self) -> QueueStatus | None:
        """What is known of the queue now; None: a moment ago a card could be started on it, and now none may."""
        status = self.situation.queue(self.queue)
        return status if status is not None and self.guard.is_in_place(status) else None

    def ended(self, verdict: Verdict | None, reasons: tuple[str, ...]) -> bool:
        """A card's end. Whether the printer is well: when no card came out, it rests for these reasons."""
        if self._doubts is None:  # the card was in the printer when the daemon started
            self._doubts = self.printers.controls(self.printer).doubts
        doubts = self._doubts + 1 if verdict is Verdict.IN_DOUBT else 0
        if doubts != self._doubts:
            self.printers.set_doubts(self.printer, doubts)
        if verdict is Verdict.PRINTED:
            self.rest.well()
            return True
        rest_seconds = self.rest.begin(self.clock.monotonic(), reasons or ("failed",))
        logger.bind(printer=self.printer).warning(
            "{} rests for {:.0f} s ({}); `giliran printer resume {}` ends the rest",
            self.printer,
            rest_seconds,
            ", ".join(self.rest.reasons),
            self.printer,
        )
        return False

    def check_guard(self) -> None:
        """Asked afresh: a card that passes no guard leaves no mark in the journal, and would be printed again.

        What is known of the queue may be minutes old; CUPS does not tell of a changed device or driver. SpoolerRefused.
        """
        status = self._ask_queue()
        if not status.guarded:
            raise SpoolerRefused(f"the guard of the CUPS queue {self.queue} was taken away; nothing was released")
        if not self.guard.has_its_driver(status):
            raise SpoolerRefused(f"the CUPS queue {self.queue} has another driver now; nothing was released")

    def accepts(self) -> bool:
        """Whether the queue is there and takes jobs: then it is this one that it does not take."""
        try:
            return self._ask_queue().accepting
        except (SpoolerUnreachable, SpoolerRefused):
            return False

    def _look_afresh(self) -> None:
        """Somebody has done something about it, and CUPS does not tell of a changed device or policy."""
        with suppress(SpoolerUnreachable, SpoolerRefused):
            self._ask_queue()
            self.situation.set_unfit(self.queue, self.spooler.unfit(self.queue))

    def _unfit(self, status: QueueStatus) -> frozenset[Unfit]:
        unfit = self.situation.unfit(self.queue)
        return unfit if self.guard.has_its_driver(status) else unfit | {Unfit.DRIVER}

    def _ask_queue(self) -> QueueStatus:
        """CUPS's own word on it, now."""
        try:
            status = self.spooler.queue(self.queue)
        except SpoolerRefused as error:
            self.situation.set_queue(self.queue, None, missing=isinstance(error, NoSuchQueue))
            raise
        self.situation.set_queue(self.queue, status)
        return status
