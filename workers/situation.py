"""What the loops know in common: the line, the queues, and whether we are ending. Kept small and locked."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from daemon.domain.link import Link
from daemon.ports import QueueStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """The latest of one CUPS queue. `status` is None while CUPS does not answer."""

    status: QueueStatus | None


class Situation:
    """Shared by all loops of one daemon; every change wakes those who asked to be woken."""

    def __init__(self, link: Link) -> None:
        self._lock = threading.Lock()
        self._link = link
        self._queues: dict[str, QueueFacts] = {}
        self._printing: set[str] = set()
        self._cups_absences = 0
        self._listeners: list[Callable[[], None]] = []
        self.ending = threading.Event()
        """Set when nothing new may be started."""

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever something here changes."""
        self._listeners.append(wake)

    @property
    def link(self) -> Link:
        """The line as observed last."""
        with self._lock:
            return self._link

    def set_link(self, link: Link) -> None:
        """The line watch saw something."""
        with self._lock:
            changed = link.state is not self._link.state
            self._link = link
        if changed:
            self.changed()

    def queue(self, queue: str) -> QueueFacts:
        """The latest of this queue."""
        with self._lock:
            return self._queues.get(queue, QueueFacts(status=None))

    def set_queue(self, queue: str, facts: QueueFacts) -> None:
        """The printer watch saw something."""
        with self._lock:
            changed = self._queues.get(queue) != facts
            self._queues[queue] = facts
        if changed:
            self.changed()

    @property
    def cups_absences(self) -> int:
        """How often CUPS was gone, or restarted, as far as was seen: what it did meanwhile is not known."""
        with self._lock:
            return self._cups_absences

    def cups_was_absent(self) -> None:
        """The printer watch lost its subscription or its connection."""
        with self._lock:
            self._cups_absences += 1

    @property
    def is_printing(self) -> bool:
        """Whether any card is on its way."""
        return bool(self._printing)

    def set_printing(self, printer: str, printing: bool) -> None:
        """A print queue started or finished a card."""
        with self._lock:
            (self._printing.add if printing else self._printing.discard)(printer)

    def changed(self) -> None:
        """Wake everybody who listens."""
        for wake in self._listeners:
            wake()
