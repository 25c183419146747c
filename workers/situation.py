"""What the loops know in common: the line, the queues, and whether we are ending. Kept small and locked."""

import threading
from collections.abc import Callable

from daemon.domain.link import Link
from daemon.ports import QueueStatus


class Situation:
    """Shared by all loops of one daemon; every change wakes those who asked to be woken."""

    def __init__(self, link: Link) -> None:
        self._lock = threading.Lock()
        self._link = link
        self._queues: dict[str, QueueStatus | None] = {}
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

    def queue(self, queue: str) -> QueueStatus | None:
        """The latest of this queue; None while CUPS does not answer."""
        with self._lock:
            return self._queues.get(queue)

    def set_queue(self, queue: str, status: QueueStatus | None) -> None:
        """The printer watch saw something."""
        with self._lock:
            changed = queue not in self._queues or self._queues[queue] != status
            self._queues[queue] = status
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
