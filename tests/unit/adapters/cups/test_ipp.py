"""A CUPS that hangs blocks one call, not every call of a step."""

import socket
from collections.abc import Iterator
from pathlib import Path

import cups
import pytest

from adapters.cups.ipp import Connections
from daemon.ports import SpoolerRefused, SpoolerUnreachable
from tests.fakes.clock import ManualClock

INTERNAL_ERROR, NOT_FOUND = 0x0500, 0x0406


@pytest.fixture
def connections(tmp_path: Path, clock: ManualClock) -> Iterator[Connections]:
    """To a server that takes connections and says nothing."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "cups.sock"))
        silent.listen()
        yield Connections(str(tmp_path / "cups.sock"), clock)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def call(connections: Connections, clock: ManualClock, *, seconds: float, status: int) -> None:
    """A call that takes so long and fails so."""
    with connections.use():
        clock.advance(seconds)
        raise cups.IPPError(status, "so it is")


def test_after_a_call_that_hung_the_next_ones_fail_at_once_for_a_while(
    connections: Connections, clock: ManualClock
) -> None:
    with pytest.raises(SpoolerUnreachable, match="does not answer"):
        call(connections, clock, seconds=61, status=INTERNAL_ERROR)
    for _ in range(10):
        with pytest.raises(SpoolerUnreachable, match="left alone"), connections.use():
            pytest.fail("CUPS was asked")
    clock.advance(5)
    with connections.use():
        pass


@pytest.mark.parametrize(("seconds", "status"), [(0.1, INTERNAL_ERROR), (61, NOT_FOUND)])
def test_one_that_fails_quickly_or_answers_slowly_is_asked_again(
    connections: Connections, clock: ManualClock, seconds: float, status: int
) -> None:
    with pytest.raises((SpoolerUnreachable, SpoolerRefused)):
        call(connections, clock, seconds=seconds, status=status)
    with connections.use():
        pass
