"""The simulated centre as a whole: memory, HTTP server, and the link in front of it."""

import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import uvicorn

from daemon.demo.centre.app import make_app
from daemon.demo.centre.line import Line
from daemon.demo.centre.people import Inhabitant
from daemon.demo.centre.state import CentralState
from daemon.domain.errors import Fatal
from daemon.ports import Clock

_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.005


class CentralSimulator:
    """A central server on loopback, from start() to stop(); what it knows is in `state`, its weather in `line`."""

    def __init__(
        self,
        people: Sequence[Inhabitant],
        *,
        token: str | None,
        ready_schedule: Mapping[str, float],
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """`ready_schedule`: seconds from now at which each record becomes print-ready (people.ready_schedule)."""
        self.state = CentralState(people, ready_schedule=ready_schedule, clock=clock)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.line = Line(upstream=self._socket.getsockname(), host=host, port=port)
        self._clock = clock
        self._server = uvicorn.Server(
            uvicorn.Config(
                make_app(self.state, token),
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="central-server", daemon=True
        )

    @property
    def url(self) -> str:
        """The address for `central.url`; the same in every weather."""
        host, port = self.line.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def start(self) -> None:
        """Answer from now on. OSError if the port is taken."""
        try:
            self.line.start()
        except OSError:
            self._socket.close()
            raise
        self._thread.start()
        give_up = self._clock.monotonic() + _START_SECONDS
        while not self._server.started:
            self._thread.join(_POLL_SECONDS)
            if not self._thread.is_alive() or self._clock.monotonic() > give_up:
                self.stop()
                raise Fatal("the simulated central server did not start")

    def stop(self) -> None:
        """Free the port."""
        self.line.stop()
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
