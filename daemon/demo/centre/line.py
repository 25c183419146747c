"""The link between the office and the centre: a TCP proxy whose condition can be changed at any moment.

The port stays the same in every condition. While nothing listens (`refuse`) a second socket, bound and never
listening, keeps other programs from being given it.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import StrEnum

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_CHUNK_BYTES = 64 * 1024
_HEAD_BYTES = 64 * 1024


class Weather(StrEnum):
    """What the link does. Named in outage scripts."""

    UP = "up"
    REFUSE = "refuse"
    """Nobody listens; what was connected is reset."""
    TIMEOUT = "timeout"
    """Connections are taken, what is said is swallowed, no answer ever comes."""
    CUT = "cut"
    """The connection is reset after so many bytes of answers."""
    SLOW = "slow"
    """Answers come at so many bytes a second."""
    ERROR500 = "error500"
    UNAVAILABLE = "unavailable"
    """503 from a gateway."""
    CAPTIVE_PORTAL = "captive_portal"
    """200 and a login page in HTML."""
    CAPTIVE_REDIRECT = "captive_redirect"
    """302 to a login page."""
    GARBAGE = "garbage"
    """200, called JSON, and no JSON."""
    TRUNCATED = "truncated"
    """200 and JSON that ends in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The link's weather and how bad it is."""

    weather: Weather
    cut_after_bytes: int = 100
    """Of `cut`: head of the answer included."""
    bytes_per_second: int = 200
    """Of `slow`."""


UP = Condition(weather=Weather.UP)

_PASSING_THROUGH = (Weather.UP, Weather.SLOW, Weather.CUT)
"""Weathers in which client and centre do talk to each other."""

_LOGIN_PAGE = b"<!DOCTYPE html><html><body><h1>Selamat datang</h1><form>Masuk ke Wi-Fi</form></body></html>"


def _http(status: str, content_type: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body


_CANNED = {
    Weather.ERROR500: _http("500 Internal Server Error", "application/json", b'{"error": "database"}'),
    Weather.UNAVAILABLE: _http("503 Service Unavailable", "text/plain", b"upstream is away"),
    Weather.CAPTIVE_PORTAL: _http("200 OK", "text/html; charset=utf-8", _LOGIN_PAGE),
    Weather.CAPTIVE_REDIRECT: _http("302 Found", "text/html", b"", "Location: http://login.wifi.example/\r\n"),
    Weather.GARBAGE: _http("200 OK", "application/json", b"\x00\xff\xfe]]}{ not json"),
    Weather.TRUNCATED: _http("200 OK", "application/json", b'{"status": "ok", "records": [{"record_id": "120'),
}


class Line:
    """The proxy, in a thread of its own, from start() to stop(). Safe to use from any thread."""

    def __init__(self, *, upstream: tuple[str, int], host: str = "127.0.0.1", port: int = 0) -> None:
        self._upstream = upstream
        self._asked_for = (host, port)
        self._condition = UP
        self.carried_bytes = 0
        """Of answers, over all connections."""
        self._reservation: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="central-line", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, once started."""
        assert self._reservation is not None, "the link is not started"
        host, port = self._reservation.getsockname()[:2]
        return str(host), int(port)

    @property
    def condition(self) -> Condition:
        """The condition now."""
        return self._condition

    def start(self) -> None:
        """Listen. OSError if the port is taken; nothing is left behind then."""
        self._reservation = _bound(*self._asked_for)
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        try:
            self._do(self._listen())
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Reset what is connected and free the port."""
        if self._loop is not None and self._thread.is_alive():
            self._do(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
        if self._reservation is not None:
            self._reservation.close()

    def switch(self, condition: Condition | Weather) -> None:
        """Change the weather; done when this returns. Connections that could not live on in it are reset."""
        self._do(self._switch(Condition(weather=condition) if isinstance(condition, Weather) else condition))

    def _run(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _do(self, what: Coroutine[None, None, None]) -> None:
        assert self._loop is not None, "the link is not started"
        asyncio.run_coroutine_threadsafe(what, self._loop).result()

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = _bound(*self.address)
            self._listener.setblocking(False)
            self._listener.listen()
            # Not asyncio's server: closed with a connection half taken, Python 3.11's leaves that one open.
            asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)

    def _stop_listening(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            task = asyncio.ensure_future(self._converse(connection))
            self._tasks.add(task)
            task.add_done_callback(lambda _: self._ended(task, connection))

    def _ended(self, task: asyncio.Task[None], connection: socket.socket) -> None:
        """Also of a conversation that was cancelled before it began."""
        self._tasks.discard(task)
        connection.close()

    async def _switch(self, condition: Condition) -> None:
        before, after = self._condition.weather, condition.weather
        self._condition = condition
        lives_on = before in _PASSING_THROUGH and after in (*_PASSING_THROUGH, Weather.TIMEOUT)
        if after is Weather.REFUSE:
            self._stop_listening()
        if not lives_on:
            await self._reset_all()
        if after is not Weather.REFUSE:
            await self._listen()

    async def _close(self) -> None:
        self._stop_listening()
        await self._reset_all()

    async def _reset_all(self) -> None:
        for writer in list(self._writers):
            _reset(writer)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _converse(self, connection: socket.socket) -> None:
        # A connection can be reset, by either side or by the weather, at any point.
        with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(sock=connection, limit=_HEAD_BYTES)
            self._writers.add(writer)
            try:
                await self._serve(reader, writer)
            finally:
                _reset(writer)
                self._writers.discard(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        weather = self._condition.weather
        if weather in _CANNED:
            await _read_request(reader)
            writer.write(_CANNED[weather])
            await writer.drain()
            writer.write_eof()
            await reader.read(_CHUNK_BYTES)
        elif weather is Weather.TIMEOUT:
            while await reader.read(_CHUNK_BYTES):
                pass
        else:
            await self._pass_through(reader, writer)

    async def _pass_through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_centre, to_centre = await asyncio.open_connection(*self._upstream)
        self._writers.add(to_centre)
        asking = asyncio.ensure_future(self._carry_questions(reader, to_centre))
        try:
            await self._carry_answers(from_centre, writer)
        finally:
            _reset(to_centre)
            self._writers.discard(to_centre)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _carry_questions(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK_BYTES):
            if self._condition.weather is not Weather.TIMEOUT:
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _carry_answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried_bytes = 0
        while data := await reader.read(_CHUNK_BYTES):
            while data:
                condition = self._condition
                piece = data
                if condition.weather is Weather.TIMEOUT:
                    break
                if condition.weather is Weather.SLOW:
                    piece = data[: max(1, condition.bytes_per_second // 20)]
                    await asyncio.sleep(len(piece) / condition.bytes_per_second)
                elif condition.weather is Weather.CUT:
                    piece = data[: max(0, condition.cut_after_bytes - carried_bytes)]
                writer.write(piece)
                await writer.drain()
                data = data[len(piece) :]
                carried_bytes += len(piece)
                self.carried_bytes += len(piece)
                if condition.weather is Weather.CUT and carried_bytes >= condition.cut_after_bytes:
                    return


async def _read_request(reader: asyncio.StreamReader) -> None:
    """The whole of it: answering too early would reset the connection under the answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            await reader.readexactly(int(value))


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None and not writer.transport.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
