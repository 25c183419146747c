"""A server that says exactly what a test wants said, byte for byte, over plain TCP or TLS."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Script = Callable[["Conversation"], None]


class Conversation:
    """One connection, seen from the server."""

    def __init__(self, connection: socket.socket, ended: threading.Event, requests: list[bytes]) -> None:
        self.ended = ended
        self._connection = connection
        self._requests = requests

    def hear(self) -> None:
        """Read one request's head."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = self._connection.recv(65536)
            if not data:
                raise ConnectionError
            head += data
        self._requests.append(head)

    def say(self, data: bytes) -> None:
        self._connection.sendall(data)

    def drip(self, data: bytes, *, every_seconds: float) -> None:
        """A byte at a time until the test is over or the client has gone."""
        for place in range(len(data)):
            self.say(data[place : place + 1])
            if self.ended.wait(every_seconds):
                return


class ScriptedServer:
    """Each connection is handled by the script, in a thread of its own."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._script = script
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(20)
            thread = threading.Thread(target=self._converse, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _converse(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            try:
                if self._tls is not None:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                self._script(Conversation(connection, self._ended, self.requests))
            finally:
                connection.close()


def answer(
    body: bytes | str, *, status: str = "200 OK", content_type: str = "application/json", more: str = ""
) -> bytes:
    """A whole HTTP answer."""
    content = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + content


def always(response: bytes) -> Script:
    """Every connection: one request, this answer."""

    def script(conversation: Conversation) -> None:
        conversation.hear()
        conversation.say(response)

    return script


def in_turn(*responses: bytes) -> Script:
    """The first connection gets the first answer, and so on; the last one goes on being given."""
    left = list(responses)
    lock = threading.Lock()

    def script(conversation: Conversation) -> None:
        conversation.hear()
        with lock:
            response = left.pop(0) if len(left) > 1 else left[0]
        conversation.say(response)

    return script
