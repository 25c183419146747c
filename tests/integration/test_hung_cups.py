"""A CUPS that hangs blocks no loop for longer than some seconds, and what was given up does nothing more."""

import threading
from collections.abc import Callable

import pytest

from adapters.clock import SystemClock
from adapters.cups import BoundedSpooler, CupsSpooler, Patience
from daemon.demo.cups import PrivateCups
from daemon.domain.token import Token
from daemon.ports import SpoolerUnreachable
from tests.fixtures.cups import OPTIONS, CardQueue, hung, make_card_queue
from tests.waiting import eventually

CALL_SECONDS = 0.5


@pytest.fixture
def card_queue(new_cups: Callable[..., PrivateCups]) -> CardQueue:
    return make_card_queue(new_cups())


@pytest.fixture
def spooler(card_queue: CardQueue) -> BoundedSpooler:
    return BoundedSpooler(CupsSpooler(card_queue.cups.server), Patience(SystemClock(), call_seconds=CALL_SECONDS))


def test_a_call_to_a_hung_cups_is_given_up_and_the_next_ones_fail_at_once(
    card_queue: CardQueue, spooler: BoundedSpooler
) -> None:
    clock = SystemClock()
    spooler.queue(card_queue.name)
    began = clock.monotonic()
    with hung(card_queue.cups):
        with pytest.raises(SpoolerUnreachable, match="given up"):
            spooler.queue(card_queue.name)
        given_up = clock.monotonic()
        for _ in range(10):
            with pytest.raises(SpoolerUnreachable, match="has not come back"):
                spooler.ours()
        assert clock.monotonic() - given_up < CALL_SECONDS
    assert CALL_SECONDS <= given_up - began < 5

    def answers() -> bool:
        try:
            return not spooler.queue(card_queue.name).stopped
        except SpoolerUnreachable:
            return False

    eventually(answers, 15, "CUPS being asked again")


def test_a_submission_that_was_given_up_makes_no_further_request(
    card_queue: CardQueue, spooler: BoundedSpooler, token: Token, card_pdf: bytes
) -> None:
    spooler.queue(card_queue.name)
    with hung(card_queue.cups), pytest.raises(SpoolerUnreachable):
        spooler.submit_held(card_queue.name, token, card_pdf, OPTIONS, guarded=True)

    eventually(lambda: _is_idle(spooler), 15, "the late call being back")

    assert card_queue.spooler.ours() == []


def test_the_thread_behind_a_loop_ends_with_it(card_queue: CardQueue, spooler: BoundedSpooler) -> None:
    def names() -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    loop = threading.Thread(target=lambda: spooler.queue(card_queue.name), name="a-loop")
    loop.start()
    loop.join()

    eventually(lambda: "cups:a-loop" not in names(), what="its end")


def _is_idle(spooler: BoundedSpooler) -> bool:
    try:
        spooler.ours()
    except SpoolerUnreachable:
        return False
    return True
