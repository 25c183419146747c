"""The link as sockets see it."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from daemon.demo.centre.line import Condition, Line, Weather

ECHO = b"x" * 5000


@pytest.fixture
def upstream() -> Iterator[tuple[str, int]]:
    """Says the same 5,000 bytes whenever it hears something."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while connection.recv(4096):
                connection.sendall(ECHO)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threads.append(threading.Thread(target=talk, args=(listener.accept()[0],)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    yield listener.getsockname()
    listener.shutdown(socket.SHUT_RDWR)
    acceptor.join()
    listener.close()
    for thread in threads:
        thread.join()


@pytest.fixture
def line(upstream: tuple[str, int]) -> Iterator[Line]:
    line = Line(upstream=upstream)
    line.start()
    yield line
    line.stop()


@contextlib.contextmanager
def connected(line: Line) -> Iterator[socket.socket]:
    with socket.create_connection(line.address, timeout=5) as connection:
        yield connection


def ask(connection: socket.socket) -> bytes:
    connection.sendall(b"GET /health HTTP/1.1\r\n\r\n")
    return read(connection, len(ECHO))


def read(connection: socket.socket, most: int) -> bytes:
    data = b""
    while len(data) < most and (more := connection.recv(65536)):
        data += more
    return data


def test_it_carries_what_is_said(line: Line) -> None:
    with connected(line) as connection:
        assert ask(connection) == ECHO
        assert ask(connection) == ECHO


def test_refused_means_nobody_listens_and_what_was_connected_is_reset(line: Line) -> None:
    with connected(line) as connection:
        assert ask(connection) == ECHO
        line.switch(Weather.REFUSE)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    with pytest.raises(ConnectionRefusedError), connected(line):
        pass


def test_nobody_else_is_given_the_port_while_it_refuses(line: Line) -> None:
    line.switch(Weather.REFUSE)
    with socket.socket() as thief, pytest.raises(OSError, match="in use"):
        thief.bind(line.address)
    line.switch(Weather.UP)
    with connected(line) as connection:
        assert ask(connection) == ECHO


def test_the_port_stays_the_same_in_every_weather(line: Line) -> None:
    address = line.address
    for weather in [*Weather, Weather.REFUSE, Weather.UP]:
        line.switch(weather)
        assert line.address == address
    with connected(line) as connection:
        assert ask(connection) == ECHO


def test_a_time_out_swallows_also_what_was_connected_before(line: Line) -> None:
    with connected(line) as before:
        assert ask(before) == ECHO
        line.switch(Weather.TIMEOUT)
        with connected(line) as after:
            for connection in (before, after):
                connection.settimeout(0.2)
                with pytest.raises(TimeoutError):
                    ask(connection)
        line.switch(Weather.UP)
        with pytest.raises(ConnectionResetError):
            before.recv(1)


def test_a_cut_comes_after_so_many_bytes(line: Line) -> None:
    line.switch(Condition(weather=Weather.CUT, cut_after_bytes=70))
    with connected(line) as connection:
        connection.sendall(b"?")
        with pytest.raises(ConnectionResetError):
            read(connection, 71)


@pytest.mark.parametrize(
    ("weather", "start"),
    [
        (Weather.ERROR500, b"HTTP/1.1 500 "),
        (Weather.UNAVAILABLE, b"HTTP/1.1 503 "),
        (Weather.CAPTIVE_PORTAL, b"HTTP/1.1 200 OK\r\nContent-Type: text/html"),
        (Weather.CAPTIVE_REDIRECT, b"HTTP/1.1 302 "),
        (Weather.GARBAGE, b"HTTP/1.1 200 OK\r\nContent-Type: application/json"),
        (Weather.TRUNCATED, b"HTTP/1.1 200 OK\r\nContent-Type: application/json"),
    ],
)
def test_others_answer_in_the_place_of_the_centre(line: Line, weather: Weather, start: bytes) -> None:
    line.switch(weather)
    with connected(line) as connection:
        connection.sendall(b"POST /issuances HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody")
        assert read(connection, 10_000).startswith(start)


def test_a_centre_that_is_away_resets_the_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        line = Line(upstream=unused.getsockname())
        line.start()
        try:
            with contextlib.suppress(ConnectionResetError), connected(line) as connection:
                assert connection.recv(1) == b""
        finally:
            line.stop()


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = Line(upstream=("127.0.0.1", 9), port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            line.start()
        line.stop()
