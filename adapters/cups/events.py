"""CUPS's notifications, pulled (ippget, RFC 3996)."""

from collections.abc import Sequence
from typing import Any

from adapters.cups.ipp import NOT_FOUND, Connections, IppRefusal, several
from daemon.domain.recovery import plain_reasons
from daemon.ports import QueueEvent, SpoolerRefused, SpoolerUnreachable

_EVERYTHING = "ipp://localhost/"
"""One subscription for all queues: one for a queue hears the printer events of the others just the same (2.4.2)."""

_EVENTS = ["printer-state-changed", "printer-stopped", "job-state-changed", "job-completed"]
_PRINTER_STOPPED = 5


class CupsEvents:
    """The SpoolerEvents port: one subscription, made at the first poll and again whenever CUPS has lost it."""

    def __init__(self, server: str, queues: Sequence[str], *, lease_seconds: int = 600) -> None:
        self._connections = Connections(server)
        self._queues = frozenset(queues)
        self._lease_seconds = lease_seconds
        self._subscription: int | None = None
        self._last = 0
        self._renewed_at = 0

    def poll(self) -> list[QueueEvent] | None:
        """The first call returns None. The last event known is asked for again: a CUPS that lacks it was restarted."""
        try:
            if self._subscription is None:
                self._subscribe()
                return None
            with self._connections.use() as connection:
                answer = connection.getNotifications([self._subscription], [max(self._last, 1)])
                self._renew(connection, answer.get("printer-up-time", 0))
        except IppRefusal as refusal:
            self._subscription = None
            if refusal.status == NOT_FOUND:
                return None
            raise
        except SpoolerUnreachable:
            self._subscription = None
            raise
        return self._take(answer["events"])

    def close(self) -> None:
        """A CUPS that is gone has no subscription to cancel."""
        if self._subscription is None:
            return
        try:
            with self._connections.use() as connection:
                connection.cancelSubscription(self._subscription)
        except (SpoolerUnreachable, SpoolerRefused):
            pass
        self._subscription = None

    def _subscribe(self) -> None:
        with self._connections.use() as connection:
            self._subscription = connection.createSubscription(_EVERYTHING, _EVENTS, lease_duration=self._lease_seconds)
        self._last = 0
        self._renewed_at = 0

    def _renew(self, connection: Any, server_time: int) -> None:
        """By CUPS's own clock, which the lease runs by too."""
        if self._renewed_at == 0:
            self._renewed_at = server_time
        elif abs(server_time - self._renewed_at) > self._lease_seconds / 2:
            connection.renewSubscription(self._subscription, lease_duration=self._lease_seconds)
            self._renewed_at = server_time

    def _take(self, answer: Sequence[dict[str, Any]]) -> list[QueueEvent] | None:
        numbers = [event["notify-sequence-number"] for event in answer]
        expected = max(self._last, 1)
        if numbers != list(range(expected, expected + len(numbers))) or (self._last and not numbers):
            self.close()
            return None
        fresh = [event for event in answer if event["notify-sequence-number"] > self._last]
        self._last = numbers[-1] if numbers else 0
        return [_queue_event(event) for event in fresh if event.get("printer-name") in self._queues]


def _queue_event(event: dict[str, Any]) -> QueueEvent:
    state, reasons = event.get("printer-state"), event.get("printer-state-reasons")
    return QueueEvent(
        queue=event["printer-name"],
        stopped=None if state is None else state == _PRINTER_STOPPED,
        accepting=event.get("printer-is-accepting-jobs"),
        reasons=None if reasons is None else plain_reasons(several(reasons)),
    )
