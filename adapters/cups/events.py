"""CUPS's notifications, pulled (ippget, RFC 3996)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adapters.clock import SystemClock
from adapters.cups.ipp import NOT_FOUND, Connections, IppRefusal, several
from adapters.cups.presence import Presence
from daemon.domain.recovery import plain_reasons
from daemon.ports import Clock, QueueEvent, QueueNews, SpoolerRefused, SpoolerUnreachable

_EVERYTHING = "ipp://localhost/"
"""One subscription for all queues: one for a queue hears the printer events of the others just the same (2.4.2)."""

_EVENTS = ["printer-state-changed", "printer-stopped", "job-state-changed", "job-completed"]
_PRINTER_STOPPED = 5
_TRY_AGAIN_SECONDS = 60.0
"""A CUPS that gives no subscription is asked for one again so often."""


class CupsEvents:
    """The SpoolerEvents port: one subscription, made at the first poll and again whenever CUPS has lost it."""

    def __init__(
        self, server: str, queues: Sequence[str], *, lease_seconds: int = 600, clock: Clock | None = None
    ) -> None:
        self._clock = clock or SystemClock()
        self._connections = Connections(server)
        self._presence = Presence(server, self._clock)
        self._queues = frozenset(queues)
        self._asked_lease_seconds = self._lease_seconds = lease_seconds
        self._subscription: int | None = None
        self._refused: str | None = None
        """Why there is no subscription."""
        self._try_again_at = 0.0
        self._was_gone = True
        """CUPS ended, and that was not told yet. At first nobody knows what it did before we looked."""
        self._last = 0
        self._renewed_at = 0

    def poll(self) -> QueueNews:
        """The first call asks for a fresh look. The last event known is asked for again, so that none is missed."""
        if self._presence.has_ended():
            self._was_gone = True
            self._subscription = None
            self._try_again_at = 0.0
        news = self._ask()
        if self._was_gone:
            news = replace(news, missed=True, cups_was_gone=True)
            self._was_gone = False
        return news

    def close(self) -> None:
        """A CUPS that is gone has no subscription to cancel."""
        self._presence.close()
        self._cancel()

    def _ask(self) -> QueueNews:
        if self._subscription is None and self._refused and self._clock.monotonic() < self._try_again_at:
            return QueueNews(silent=self._refused)
        try:
            if self._subscription is None:
                self._subscribe()
                return QueueNews(missed=True)
            with self._connections.use() as connection:
                answer = connection.getNotifications([self._subscription], [max(self._last, 1)])
                self._renew(connection, answer.get("printer-up-time", 0))
        except IppRefusal as refusal:
            return self._without(refusal)
        except SpoolerUnreachable:
            self._subscription = None
            raise
        return self._read(answer["events"])

    def _subscribe(self) -> None:
        with self._connections.use() as connection:
            self._subscription = connection.createSubscription(
                _EVERYTHING, _EVENTS, lease_duration=self._asked_lease_seconds
            )
            self._lease_seconds = self._granted(connection)
        self._refused = None
        self._last = 0
        self._renewed_at = 0

    def _granted(self, connection: Any) -> int:
        """CUPS may give a shorter lease than was asked for (MaxLeaseDuration); 0: it never ends."""
        for found in connection.getSubscriptions(_EVERYTHING, my_subscriptions=True):
            if found.get("notify-subscription-id") == self._subscription:
                return int(found.get("notify-lease-duration", self._asked_lease_seconds))
        return self._asked_lease_seconds

    def _without(self, refusal: IppRefusal) -> QueueNews:
        """One that was lost is made anew at once; where CUPS gives none, its queues have to be asked."""
        if self._subscription is not None and refusal.status == NOT_FOUND:
            self._subscription = None
            return QueueNews(missed=True)
        self._subscription = None
        self._refused = str(refusal)
        self._try_again_at = self._clock.monotonic() + _TRY_AGAIN_SECONDS
        return QueueNews(missed=True, silent=self._refused)

    def _cancel(self) -> None:
        if self._subscription is None:
            return
        try:
            with self._connections.use() as connection:
                connection.cancelSubscription(self._subscription)
        except (SpoolerUnreachable, SpoolerRefused):
            pass
        self._subscription = None

    def _renew(self, connection: Any, server_time: int) -> None:
        """By CUPS's own clock, which the lease runs by too."""
        if self._renewed_at == 0:
            self._renewed_at = server_time
        elif self._lease_seconds and abs(server_time - self._renewed_at) > self._lease_seconds / 2:
            connection.renewSubscription(self._subscription, lease_duration=self._asked_lease_seconds)
            self._renewed_at = server_time

    def _read(self, answer: Sequence[dict[str, Any]]) -> QueueNews:
        numbers = [event["notify-sequence-number"] for event in answer]
        expected = max(self._last, 1)
        if numbers != list(range(expected, expected + len(numbers))) or (self._last and not numbers):
            self._cancel()
            return QueueNews(missed=True)
        fresh = [event for event in answer if event["notify-sequence-number"] > self._last]
        self._last = numbers[-1] if numbers else 0
        return QueueNews(
            events=tuple(_queue_event(event) for event in fresh if event.get("printer-name") in self._queues)
        )


def _queue_event(event: dict[str, Any]) -> QueueEvent:
    state, reasons = event.get("printer-state"), event.get("printer-state-reasons")
    return QueueEvent(
        queue=event["printer-name"],
        stopped=None if state is None else state == _PRINTER_STOPPED,
        accepting=event.get("printer-is-accepting-jobs"),
        reasons=None if reasons is None else plain_reasons(several(reasons)),
    )
