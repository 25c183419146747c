"""A name server that does not answer hangs nobody."""

import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest

from adapters.central.resolver import Resolver
from daemon.domain.link import Stage
from daemon.ports import LinkFailure
from tests.waiting import eventually


class NameServer:
    """Answers when the test lets it."""

    def __init__(self, answer: list[str] | Exception) -> None:
        self.asked = 0
        self.may_answer = threading.Event()
        self._answer = answer

    def __call__(self, host: str, port: None, *, type: int) -> Sequence[tuple[Any, ...]]:
        self.asked += 1
        self.may_answer.wait(20)
        if isinstance(self._answer, Exception):
            raise self._answer
        return [(socket.AF_INET, type, 6, "", (address, 0)) for address in self._answer]


def test_a_dead_name_server_costs_its_time_and_one_thread() -> None:
    server = NameServer(["192.0.2.7"])
    resolver = Resolver(server)
    begin = time.monotonic()  # noqa: TID251
    for _ in range(3):
        with pytest.raises(LinkFailure) as caught:
            resolver.addresses("central.example", 0.05)
        assert caught.value.stage is Stage.RESOLVE
    assert time.monotonic() - begin < 1  # noqa: TID251
    assert server.asked == 1
    server.may_answer.set()
    assert eventually(lambda: resolver.addresses("central.example", 1)) == ["192.0.2.7"]


def test_an_answer_is_not_kept_for_the_next_time() -> None:
    server = NameServer(["192.0.2.7", "192.0.2.8", "192.0.2.7"])
    server.may_answer.set()
    resolver = Resolver(server)
    assert resolver.addresses("central.example", 5) == ["192.0.2.7", "192.0.2.8"]
    assert resolver.addresses("central.example", 5) == ["192.0.2.7", "192.0.2.8"]
    assert server.asked == 2


@pytest.mark.parametrize(
    "problem", [socket.gaierror(socket.EAI_NONAME, "Name or service not known"), UnicodeError("label too long")]
)
def test_an_unknown_name_fails_at_the_stage_resolve(problem: Exception) -> None:
    server = NameServer(problem)
    server.may_answer.set()
    with pytest.raises(LinkFailure) as caught:
        Resolver(server).addresses("central.example", 5)
    assert caught.value.stage is Stage.RESOLVE


def test_no_address_at_all_fails_at_the_stage_resolve() -> None:
    server = NameServer([])
    server.may_answer.set()
    with pytest.raises(LinkFailure):
        Resolver(server).addresses("central.example", 5)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_numeric_address_is_not_looked_up(address: str) -> None:
    server = NameServer([])
    assert Resolver(server).addresses(address, 0.01) == [address]
    assert server.asked == 0
