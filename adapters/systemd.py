"""systemd, by the datagrams of sd_notify(3); silent where systemd is not."""

import os
import socket
from collections.abc import Mapping
from typing import TextIO

from daemon.ports import Clock


class Notify:
    """The ServiceManager port. A datagram that cannot be sent is no reason to stop: the watchdog will tell."""

    def __init__(self, clock: Clock, environ: Mapping[str, str] = os.environ) -> None:
        self._clock = clock
        self._socket: socket.socket | None = None
        address = environ.get("NOTIFY_SOCKET", "")
        if address.startswith(("/", "@")):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
            self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self) -> None:
        self._send("READY=1")

    def reloading(self) -> None:
        """RELOADING=1, with the time that systemd 253 and later wants beside it; ready() follows."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={int(self._clock.monotonic() * 1_000_000)}")

    def stopping(self, within_seconds: float) -> None:
        """STOPPING=1, and so much time from now on, however short the unit's TimeoutStopSec is (sd_notify(3))."""
        self._send(f"STOPPING=1\nEXTEND_TIMEOUT_USEC={int(within_seconds * 1_000_000)}")

    def status(self, line: str) -> None:
        self._send(f"STATUS={' '.join(line.split())}")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def close(self) -> None:
        """Let go of the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(message.encode(), self._address)
        except OSError:
            return


def leads_to_journal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether the stream is the one that systemd connected to the journal (systemd.exec(5), JOURNAL_STREAM)."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
