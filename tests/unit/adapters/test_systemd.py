"""What systemd hears, on real notification sockets."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.systemd import Notify
from daemon.ports import ServiceManager


@pytest.fixture(params=["path", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "path" else f"@giliran-test-{os.getpid()}"


@pytest.fixture
def systemd(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address.replace("@", "\0"))
        listening.settimeout(5)
        yield listening


@pytest.fixture
def manager(address: str, systemd: socket.socket) -> Iterator[ServiceManager]:
    notify = Notify(SystemClock(), {"NOTIFY_SOCKET": address})
    yield notify
    notify.close()


def test_each_word_arrives_as_systemd_reads_it(manager: ServiceManager, systemd: socket.socket) -> None:
    manager.ready()
    manager.alive()
    assert [systemd.recv(1000) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]


def test_an_end_asks_for_the_time_that_it_takes(manager: ServiceManager, systemd: socket.socket) -> None:
    manager.stopping(30.0)
    assert systemd.recv(1000) == b"STOPPING=1\nEXTEND_TIMEOUT_USEC=30000000"


def test_a_status_is_one_line(manager: ServiceManager, systemd: socket.socket) -> None:
    manager.status("paused: central server down,\n41,012 waiting\nREADY=1")
    assert systemd.recv(1000) == b"STATUS=paused: central server down, 41,012 waiting READY=1"


def test_reloading_carries_the_monotonic_time(manager: ServiceManager, systemd: socket.socket) -> None:
    before = SystemClock().monotonic()
    manager.reloading()
    word, moment = systemd.recv(1000).decode().splitlines()
    assert word == "RELOADING=1"
    assert before - 1e-6 <= int(moment.removeprefix("MONOTONIC_USEC=")) / 1e6 <= SystemClock().monotonic()


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_without_systemd_nothing_is_said(environ: dict[str, str]) -> None:
    notify = Notify(SystemClock(), environ)
    notify.ready()
    notify.close()


def test_a_socket_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    notify = Notify(SystemClock(), {"NOTIFY_SOCKET": str(tmp_path / "gone")})
    notify.ready()
    notify.close()


def test_a_systemd_that_does_not_read_stops_nobody(manager: ServiceManager, systemd: socket.socket) -> None:
    for number in range(10_000):
        manager.status(str(number))
    assert systemd.recv(1000) == b"STATUS=0"
