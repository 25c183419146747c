"""CUPS's notifications, pulled."""

import subprocess
from collections.abc import Callable

import pytest

from adapters.clock import SystemClock
from adapters.cups import CupsEvents
from adapters.simulator.cups import Fault, PrivateCups
from daemon.domain.token import Token
from daemon.ports import SpoolerUnreachable
from tests.fixtures.cups import CardQueue, make_card_queue
from tests.waiting import eventually


def test_the_first_poll_asks_for_a_fresh_look(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])

    assert events.poll() is None
    assert events.poll() == []
    events.close()


def test_a_job_wakes_its_own_queue_alone(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    own = CupsEvents(card_queue.cups.server, [card_queue.name])
    others = CupsEvents(card_queue.cups.server, ["another"])
    own.poll()
    others.poll()

    card_queue.start(token, card_pdf)
    card_queue.settled(token)

    assert {event.queue for event in own.poll() or []} == {card_queue.name}
    assert others.poll() == []
    assert own.poll() == [] or eventually(lambda: own.poll() == [], what="quiet again")
    own.close()
    others.close()


def test_reasons_come_while_cups_still_has_them(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()
    card_queue.printer.fault(Fault.COVER_OPEN)

    card_queue.start(token, card_pdf)
    card_queue.settled(token)

    seen = [event.reasons for event in events.poll() or ()]
    assert frozenset({"cover-open"}) in seen
    events.close()


def test_a_stopped_queue_is_told(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()

    subprocess.run(["cupsdisable", "-h", card_queue.cups.server, card_queue.name], check=True)

    eventually(lambda: any(event.stopped for event in events.poll() or ()), what="the queue being told stopped")
    events.close()


def test_a_queue_that_rejects_jobs_is_told(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()

    for command, accepting in (("cupsreject", False), ("cupsaccept", True)):
        subprocess.run([command, "-h", card_queue.cups.server, card_queue.name], check=True)
        heard = eventually(events.poll, what="the event") or []
        assert accepting in {event.accepting for event in heard}
    events.close()


def test_missed_events_are_noticed(card_queue: CardQueue) -> None:
    """CUPS keeps about a hundred."""
    events = CupsEvents(card_queue.cups.server, [card_queue.name])
    events.poll()
    for _ in range(60):
        for command in ("cupsdisable", "cupsenable"):
            subprocess.run([command, "-h", card_queue.cups.server, card_queue.name], check=True)

    assert events.poll() is None
    eventually(lambda: events.poll() == [], what="going on from there")
    events.close()


def test_the_lease_is_renewed_while_we_poll(card_queue: CardQueue) -> None:
    events = CupsEvents(card_queue.cups.server, [card_queue.name], lease_seconds=4)
    events.poll()
    clock = SystemClock()
    much_later = clock.monotonic() + 6

    def lost_or_late() -> bool:
        return events.poll() is None or clock.monotonic() > much_later

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
    queue.settled(token)
    assert events.poll()

    cups.kill(children=True)
    with pytest.raises(SpoolerUnreachable):
        events.poll()
    cups.start()

    assert events.poll() is None
    assert events.poll() == []
    events.close()


def test_a_restart_between_two_polls_is_noticed(
    new_cups: Callable[..., PrivateCups], token: Token, card_pdf: bytes
) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    events = CupsEvents(cups.server, [queue.name])
    events.poll()
    queue.start(token, card_pdf)
    queue.settled(token)
    assert events.poll()

    cups.kill(children=True)
    cups.start()

    assert events.poll() is None
    events.close()
