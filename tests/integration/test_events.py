"""CUPS's notifications, pulled."""

import subprocess
from collections.abc import Callable

import pytest

from adapters.clock import SystemClock
from adapters.cups import CupsEvents
from adapters.cups.ipp import Connections
from daemon.demo.cups import Fault, PrivateCups
from daemon.domain.token import Token
from daemon.ports import QueueNews, SpoolerUnreachable
from tests.fakes.clock import ManualClock
from tests.fixtures.cups import CardQueue, make_card_queue
from tests.waiting import eventually

FIRST = QueueNews(missed=True, cups_was_gone=True)
"""What CUPS did before the first look is not known."""


def test_the_first_poll_asks_for_a_fresh_look(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])

    assert events.poll() == FIRST
    assert events.poll() == QueueNews()
    events.close()


def test_a_job_wakes_its_own_queue_alone(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    own = CupsEvents(card_queue.cups.server, [card_queue.name])
    others = CupsEvents(card_queue.cups.server, ["another"])
    own.poll()
    others.poll()

    card_queue.start(token, card_pdf)
    card_queue.ended(token)

    assert {event.queue for event in own.poll().events} == {card_queue.name}
    assert others.poll() == QueueNews()
    assert own.poll() == QueueNews() or eventually(lambda: own.poll() == QueueNews(), what="quiet again")
    own.close()
    others.close()


def test_reasons_come_while_cups_still_has_them(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()
    card_queue.printer.fault(Fault.COVER_OPEN)

    card_queue.start(token, card_pdf)
    card_queue.ended(token)

    seen = [event.reasons for event in events.poll().events]
    assert frozenset({"cover-open"}) in seen
    events.close()


def test_a_stopped_queue_is_told(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()

    subprocess.run(["cupsdisable", "-h", card_queue.cups.server, card_queue.name], check=True)

    eventually(lambda: any(event.stopped for event in events.poll().events), what="the queue being told stopped")
    events.close()


def test_a_queue_that_rejects_jobs_is_told(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()

    for command, accepting in (("cupsreject", False), ("cupsaccept", True)):
        subprocess.run([command, "-h", card_queue.cups.server, card_queue.name], check=True)
        heard = eventually(lambda: events.poll().events, what="the event") or ()
        assert accepting in {event.accepting for event in heard}
    events.close()


def test_missed_events_are_noticed(card_queue: CardQueue) -> None:
    """CUPS keeps about a hundred."""
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()
    for _ in range(60):
        for command in ("cupsdisable", "cupsenable"):
            subprocess.run([command, "-h", card_queue.cups.server, card_queue.name], check=True)

    assert events.poll() == QueueNews(missed=True)
    eventually(lambda: events.poll() == QueueNews(), what="going on from there")
    events.close()


def test_the_lease_is_renewed_while_we_poll(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name], lease_seconds=4)
    events.poll()
    clock = SystemClock()
    much_later = clock.monotonic() + 6

    def lost_or_late() -> bool:
        return events.poll().missed or clock.monotonic() > much_later

    eventually(lost_or_late)

    assert clock.monotonic() > much_later
    events.close()


def test_a_restarted_cups_asks_for_a_fresh_look(
    new_cups: Callable[..., PrivateCups], token: Token, card_pdf: bytes
) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    events = CupsEvents(cups.server, [queue.name])
    events.poll()
    queue.start(token, card_pdf)
    queue.ended(token)
    assert events.poll().events

    cups.kill(children=True)
    with pytest.raises(SpoolerUnreachable):
        events.poll()
    cups.start()

    assert events.poll() == QueueNews(missed=True, cups_was_gone=True)
    assert events.poll() == QueueNews()
    events.close()


def test_a_restart_between_two_polls_is_noticed(
    new_cups: Callable[..., PrivateCups], token: Token, card_pdf: bytes
) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    events = CupsEvents(cups.server, [queue.name])
    events.poll()
    queue.start(token, card_pdf)
    queue.ended(token)
    assert events.poll().events

    cups.kill(children=True)
    cups.start()

    assert events.poll() == QueueNews(missed=True, cups_was_gone=True)
    events.close()


def test_a_subscription_that_is_lost_is_made_anew_and_says_nothing_of_cups(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()
    with Connections(card_queue.cups.server).use() as connection:
        for subscription in connection.getSubscriptions("ipp://localhost/"):
            connection.cancelSubscription(subscription["notify-subscription-id"])

    assert events.poll() == QueueNews(missed=True)
    assert events.poll() == QueueNews(missed=True)
    assert events.poll() == QueueNews()
    events.close()


def test_a_lease_shorter_than_asked_is_renewed_in_time(new_cups: Callable[..., PrivateCups]) -> None:
    cups = new_cups()
    cups.directives["MaxLeaseDuration"] = "4"
    cups.restart()
    events = CupsEvents(cups.server, ["card"], lease_seconds=600)
    assert events.poll() == FIRST
    clock = SystemClock()
    much_later = clock.monotonic() + 6

    eventually(lambda: events.poll() != QueueNews() or clock.monotonic() > much_later)

    assert clock.monotonic() > much_later
    events.close()


def test_a_cups_without_a_subscription_left_is_silent_and_can_be_asked(new_cups: Callable[..., PrivateCups]) -> None:
    cups = new_cups()
    cups.directives["MaxSubscriptions"] = "1"
    cups.restart()
    first = CupsEvents(cups.server, ["card"])
    assert first.poll() == FIRST
    events = CupsEvents(cups.server, ["card"], clock=(clock := ManualClock()))

    refused, then = events.poll(), events.poll()

    assert refused.missed
    assert "too-many-subscriptions" in (refused.silent or "")
    assert then == QueueNews(silent=refused.silent)

    first.close()
    clock.advance(61)
    assert events.poll() == QueueNews(missed=True)
    assert events.poll() == QueueNews()
    events.close()


def test_a_restart_is_noticed_without_a_subscription_too(new_cups: Callable[..., PrivateCups]) -> None:
    cups = new_cups()
    cups.directives["MaxSubscriptions"] = "1"
    cups.restart()
    first = CupsEvents(cups.server, ["card"])
    first.poll()
    events = CupsEvents(cups.server, ["card"])
    assert events.poll().silent
    assert not events.poll().cups_was_gone

    cups.kill(children=True)
    cups.start()

    assert events.poll().cups_was_gone
    assert not events.poll().cups_was_gone
    first.close()
    events.close()
