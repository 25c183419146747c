"""Printers on the network as CUPS's own backends find them, good and bad ones, on a free port of this machine."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO

_PATIENCE_SECONDS = 30.0
"""A device that waits longer for its peer was left alone by a test that failed."""
SMALL_BUFFER_BYTES = 4096


@dataclass(slots=True)
class Device:
    """What became of it so far."""

    port: int
    received: bytearray = field(default_factory=bytearray)
    """Of documents alone."""
    connections: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)
    """Set at the test's end: a device that hangs is to hang no longer."""
    told: threading.Event = field(default_factory=threading.Event)

    def go(self) -> None:
        """Tell it to leave."""
        self.told.set()

    def hang(self) -> None:
        """Say nothing and read nothing while the test lasts."""
        self.let_go.wait(_PATIENCE_SECONDS)


Behaviour = Callable[[Device, socket.socket], None]


@contextmanager
def listening(behaviour: Behaviour, certificate: ssl.SSLContext | None = None) -> Iterator[Device]:
    """A device that does this with each connection, one after another."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        door.bind(("127.0.0.1", 0))
        door.listen()
        device = Device(door.getsockname()[1])

        def serve() -> None:
            while not device.let_go.is_set():
                with suppress(OSError):
                    line, _ = door.accept()
                    device.connections += 1
                    line.settimeout(_PATIENCE_SECONDS)
                    with closing(certificate.wrap_socket(line, server_side=True) if certificate else line) as talk:
                        behaviour(device, talk)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield device
        finally:
            device.let_go.set()
            door.shutdown(socket.SHUT_RDWR)
            thread.join()


def free_port() -> int:
    """Nobody listens there."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def hang_up(line: socket.socket) -> None:
    """At once, with a reset: what a device does that is switched off and on again."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


# --- raw data on port 9100 ------------------------------------------------------------------------------------


def take_all(device: Device, line: socket.socket) -> None:
    """Read to the end, make the card, close."""
    while data := line.recv(65536):
        device.received += data


def take_all_slowly(device: Device, line: socket.socket) -> None:
    """Read to the end, and be at the card for a while from when it is waited for."""
    take_all(device, line)
    device.told.wait(_PATIENCE_SECONDS)
    device.let_go.wait(0.5)


def take_all_and_stay(device: Device, line: socket.socket) -> None:
    """Read to the end, and never say that it is done."""
    take_all(device, line)
    device.hang()


def leave_in_mid_card(device: Device, line: socket.socket) -> None:
    """Read a little, and be gone."""
    device.received += line.recv(1024)
    hang_up(line)


def leave_when_told(device: Device, line: socket.socket) -> None:
    """Read a little, and be gone later."""
    device.received += line.recv(1024)
    device.told.wait(_PATIENCE_SECONDS)
    hang_up(line)


def break_off(device: Device, line: socket.socket) -> None:
    """Accept the connection, and be gone without having read anything."""
    line.recv(1, socket.MSG_PEEK)
    hang_up(line)


def take_nothing(device: Device, line: socket.socket) -> None:
    """Accept the connection, and that is all."""
    device.hang()


# --- lpd (RFC 1179) -------------------------------------------------------------------------------------------


class Lpd(IntEnum):
    """What an lpd printer answers."""

    YES = 0
    NO = 1
    SILENCE = 2
    HANG_UP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LpdPrinter:
    """Takes one job over each connection."""

    job: Lpd = Lpd.YES
    """Its answer to "receive a printer job"."""
    control: Lpd = Lpd.YES
    """To the control file."""
    data: Lpd = Lpd.YES
    """To the whole data file."""
    reads: int | None = None
    """So many bytes of the data file, before it says `data`; None: all of it."""

    def __call__(self, device: Device, line: socket.socket) -> None:
        with line.makefile("rb") as words:
            words.readline()  # "receive a printer job"
            self._answer(device, line, self.job)
            self._file(device, line, words)
            self._answer(device, line, self.control)
            size = self._command(device, line, words)
            if self.reads is None:
                device.received += words.read(size + 1)[:size]
            else:
                device.received += words.read(self.reads)
            self._answer(device, line, self.data)

    def _file(self, device: Device, line: socket.socket, words: BinaryIO) -> None:
        size = self._command(device, line, words)
        words.read(size + 1)

    def _command(self, device: Device, line: socket.socket, words: BinaryIO) -> int:
        command = words.readline()
        if not command:
            raise OSError("they hung up")
        self._answer(device, line, Lpd.YES)
        return int(command[1:].split()[0])

    def _answer(self, device: Device, line: socket.socket, answer: Lpd) -> None:
        match answer:
            case Lpd.YES | Lpd.NO:
                line.sendall(bytes([answer]))
            case Lpd.SILENCE:
                device.hang()
            case Lpd.HANG_UP:
                hang_up(line)
        if answer is not Lpd.YES:
            raise OSError("that was its last word")
