"""A line of so many bits a second and so long a way, on loopback: a TCP proxy of our own that holds bytes back.

Each direction has its own capacity, shared by all connections, as over a modem. A new connection
costs the way there and back.
"""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Self

CHUNK_BYTES = 4096
_MOST_AHEAD_SECONDS = 0.25
"""So much may be on its way in one direction: a modem's buffer."""


class NarrowLine:
    """From __enter__ to __exit__; `carried_bytes` counts answers."""

    def __init__(self, upstream: tuple[str, int], *, bits_per_second: float, round_trip_seconds: float) -> None:
        self.carried_bytes = 0
        self._upstream, self._bytes_per_second = upstream, bits_per_second / 8
        self._way_seconds = round_trip_seconds / 2
        self._free_at = {"up": 0.0, "down": 0.0}
        self._is_there = True
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="narrow-line", daemon=True)

    @property
    def url(self) -> str:
        assert self._server is not None, "the link is not there"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def goes(self) -> None:
        """Nothing gets through any more; what was connected is cut."""
        self._do(self._cut())

    def returns(self) -> None:
        """As before."""
        self._is_there = True

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None, "it was entered"
        self._loop.call_soon_threadsafe(self._server.close)
        self._do(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _do(self, what: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def _cut(self) -> None:
        self._is_there = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                if self._is_there:
                    await self._carry(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self._way_seconds)  # the handshake
        from_centre, to_centre = await asyncio.open_connection(*self._upstream)
        try:
            await asyncio.gather(
                self._pass_on("up", reader, to_centre),
                self._pass_on("down", from_centre, writer),
            )
        finally:
            to_centre.transport.abort()

    async def _pass_on(self, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.ensure_future(self._arrive(under_way, writer, direction))
        try:
            while data := await reader.read(CHUNK_BYTES):
                now = self._loop.time()
                self._free_at[direction] = max(now, self._free_at[direction]) + len(data) / self._bytes_per_second
                under_way.put_nowait((self._free_at[direction] + self._way_seconds, data))
                await asyncio.sleep(max(0.0, self._free_at[direction] - now - _MOST_AHEAD_SECONDS))
            under_way.put_nowait((self._loop.time() + self._way_seconds, b""))
            await arriving
        finally:
            arriving.cancel()

    async def _arrive(
        self, under_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter, direction: str
    ) -> None:
        while True:
            at, data = await under_way.get()
            await asyncio.sleep(max(0.0, at - self._loop.time()))
            if not data:
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()
            if direction == "down":
                self.carried_bytes += len(data)
