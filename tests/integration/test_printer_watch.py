"""The printer watch on a CUPS that gives no subscription: it asks instead."""

import subprocess
from collections.abc import Callable, Iterator

import pytest
from loguru import logger

from adapters.cups import CupsEvents
from daemon.demo.cups import PrivateCups
from daemon.domain.link import Link, LinkState
from tests.fakes.clock import ManualClock
from tests.fixtures.cups import CardQueue, make_card_queue
from workers.printing.printer_watch import POLL_SECONDS, PrinterWatch
from workers.situation import Situation


@pytest.fixture
def card_queue(new_cups: Callable[..., PrivateCups]) -> Iterator[CardQueue]:
    """On a CUPS whose only subscription somebody else has."""
    cups = new_cups()
    queue = make_card_queue(cups)
    cups.directives["MaxSubscriptions"] = "1"
    cups.restart()
    other = CupsEvents(cups.server, [queue.name])
    assert other.poll().silent is None
    yield queue
    other.close()


def test_without_events_the_queues_are_asked_and_it_says_why_once(card_queue: CardQueue) -> None:
    clock, said = ManualClock(), list[str]()
    situation = Situation(Link(state=LinkState.UP, since=clock.now()))
    watch = PrinterWatch(
        queues=(card_queue.name,),
        card_queues=frozenset({card_queue.name}),
        spooler=card_queue.spooler,
        events=CupsEvents(card_queue.cups.server, [card_queue.name], clock=clock),
        situation=situation,
        clock=clock,
    )
    sink = logger.add(lambda message: said.append(str(message)), format="{message}")

    watch.step()

    absences = situation.cups_absences
    first = situation.queue(card_queue.name)
    assert first is not None
    assert not first.stopped
    subprocess.run(["cupsdisable", "-h", card_queue.cups.server, card_queue.name], check=True)
    for _ in range(3):
        clock.advance(POLL_SECONDS)
        watch.step()
    then = situation.queue(card_queue.name)
    assert then is not None
    assert then.stopped
    assert situation.cups_absences == absences
    assert len([line for line in said if "sends no events" in line]) == 1
    logger.remove(sink)
    watch.close()
