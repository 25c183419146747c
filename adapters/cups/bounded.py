"""Spooler, queues and events whose every call comes back in time (patience.py)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from adapters.cups.events import CupsEvents
from adapters.cups.patience import Patience
from adapters.cups.queues import CupsQueues
from adapters.cups.spooler import CupsSpooler
from daemon.domain.dispatch import Unfit
from daemon.domain.errors import GiliranError
from daemon.domain.queue_access import QueueAccess
from daemon.domain.supply import Consumable
from daemon.domain.token import Token
from daemon.ports import ForeignJob, QueueNews, QueueStatus, SpoolJob


class BoundedSpooler:
    """The Spooler port."""

    def __init__(self, spooler: CupsSpooler, patience: Patience) -> None:
        self._spooler = spooler
        self._patience = patience

    def queue(self, queue: str) -> QueueStatus:
        return self._patience.call(lambda: self._spooler.queue(queue))

    def unfit(self, queue: str) -> frozenset[Unfit]:
        return self._patience.call(lambda: self._spooler.unfit(queue))

    def consumables(self, queue: str) -> tuple[Consumable, ...]:
        return self._patience.call(lambda: self._spooler.consumables(queue))

    def submit_held(
        self, queue: str, token: Token, document: bytes, options: Mapping[str, str], *, guarded: bool
    ) -> SpoolJob:
        return self._patience.call(lambda: self._spooler.submit_held(queue, token, document, options, guarded=guarded))

    def expect(self, queue: str, documents: Sequence[bytes], options: Mapping[str, str]) -> None:
        self._patience.call(lambda: self._spooler.expect(queue, documents, options))

    def retract(self, token: Token) -> None:
        """It asks nobody."""
        self._spooler.retract(token)

    def on_foreign(self, may_pass: Callable[[ForeignJob], bool]) -> None:
        """It asks nobody."""
        self._spooler.on_foreign(may_pass)

    def release(self, job: SpoolJob) -> None:
        self._patience.call(lambda: self._spooler.release(job))

    def find(self, token: Token, number: int | None = None) -> SpoolJob | None:
        return self._patience.call(lambda: self._spooler.find(token, number))

    def ours(self) -> list[SpoolJob]:
        return self._patience.call(self._spooler.ours)

    def purge(self, job: SpoolJob) -> None:
        self._patience.call(lambda: self._spooler.purge(job))


class BoundedQueues:
    """The QueueControl port."""

    def __init__(self, queues: CupsQueues, patience: Patience) -> None:
        self._queues = queues
        self._patience = patience

    def let_print(self, queue: str) -> tuple[str, ...]:
        return self._patience.call(lambda: self._queues.let_print(queue))

    def access(self, queue: str) -> QueueAccess:
        return self._patience.call(lambda: self._queues.access(queue))


class BoundedEvents:
    """The SpoolerEvents port."""

    def __init__(self, events: CupsEvents, patience: Patience) -> None:
        self._events = events
        self._patience = patience

    def poll(self) -> QueueNews:
        return self._patience.call(self._events.poll)

    def close(self) -> None:
        """In time, or not at all."""
        with suppress(GiliranError):
            self._patience.call(self._events.close)
