"""The scripted operator of the demo: causes two faults, notices them as people do, and puts them right."""

from dataclasses import dataclass, field

from daemon.demo.cups import Fault, VirtualCardPrinter
from daemon.demo.stage import Stage
from daemon.domain.states import State
from daemon.ports import Clock
from daemon.queries.status import Snapshot

SECONDS_TO_COME = 3.0
"""How long it takes until somebody stands at the printer."""


@dataclass(slots=True, kw_only=True)
class Operator:
    """A jam at the first printer after some cards, an empty hopper at the last one."""

    stage: Stage
    clock: Clock
    jam_after: int
    notes: list[str] = field(default_factory=list)
    _jammed: bool = False
    _jam_cleared: bool = False
    _filled: bool = False
    _seen_at: dict[str, float] = field(default_factory=dict)

    def look(self, snapshot: Snapshot) -> None:
        """Once every moment."""
        first, *_, last = self.stage.printers
        self._jam(first, self.stage.printers[first], snapshot)
        self._fill(last, self.stage.printers[last])

    def _jam(self, name: str, printer: VirtualCardPrinter, snapshot: Snapshot) -> None:
        if not self._jammed and len(printer.tape()) >= self.jam_after:
            printer.fault(Fault.MEDIA_JAM)
            self._jammed = True
        elif self._jammed and not self._jam_cleared and printer.is_jammed and snapshot.counts[State.UNCONFIRMED]:
            if not self._has_come("jam"):
                return
            printer.clear()
            for job in snapshot.unconfirmed:
                self.stage.giliran(
                    "job", "confirm", job.record_id, "--not-printed", "--spoiled", "--yes", "--reason", "jam, card torn"
                )
                self.notes.append(f"{name} jammed: operator pulled out a torn card and said so for {job.record_id}")
            self.stage.giliran("printer", "resume", name)
            self._jam_cleared = True

    def _fill(self, name: str, printer: VirtualCardPrinter) -> None:
        if self._filled or printer.hopper > 0 or not self._has_come("hopper"):
            return
        printer.fill(self.stage.blanks)
        self.stage.giliran("printer", "resume", name)
        self.notes.append(f"{name} ran out of cards: operator filled the hopper")
        self._filled = True

    def _has_come(self, fault: str) -> bool:
        now = self.clock.monotonic()
        return now - self._seen_at.setdefault(fault, now) >= SECONDS_TO_COME
