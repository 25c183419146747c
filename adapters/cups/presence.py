"""Whether CUPS ended between two looks: a connection that is held and never used is closed by its end alone.

A subscription proves nothing of it: its lease runs out, somebody cancels it, and CUPS keeps others over a restart.
"""

import socket
from contextlib import suppress
from urllib.parse import urlsplit

from adapters.clock import SystemClock
from daemon.ports import Clock

_CONNECT_SECONDS = 1.0
_RENEW_SECONDS = 30.0
"""CUPS closes what is idle for longer than its `Timeout` (900 s by default)."""
_IPP_PORT = 631


class Presence:
    """Used by one thread."""

    def __init__(self, server: str, clock: Clock | None = None) -> None:
        self._server = server
        self._clock = clock or SystemClock()
        self._held: socket.socket | None = None
        self._since = 0.0

    def has_ended(self) -> bool:
        """Whether the CUPS of the last call is not there any more; False at the first one."""
        if self._held is not None and not _is_open(self._held):
            self._hold(None)
            self._hold(self._connected())
            return True
        if self._held is None or self._clock.monotonic() - self._since > _RENEW_SECONDS:
            fresh = self._connected()
            if fresh is not None:
                self._hold(fresh)
        return False

    def close(self) -> None:
        """Let go of the connection."""
        self._hold(None)

    def _hold(self, connection: socket.socket | None) -> None:
        if self._held is not None:
            self._held.close()
        self._held = connection
        self._since = self._clock.monotonic()

    def _connected(self) -> socket.socket | None:
        """None where nobody listens: whoever asks CUPS something next hears of that."""
        with suppress(OSError, ValueError):
            if self._server.startswith("/"):
                connection = socket.socket(socket.AF_UNIX)
                connection.settimeout(_CONNECT_SECONDS)
                try:
                    connection.connect(self._server)
                except OSError:
                    connection.close()
                    raise
            else:
                address = urlsplit(f"//{self._server}")
                where = (address.hostname or "localhost", address.port or _IPP_PORT)
                connection = socket.create_connection(where, _CONNECT_SECONDS)
            connection.setblocking(False)
            return connection
        return None


def _is_open(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
