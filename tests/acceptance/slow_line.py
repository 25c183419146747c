"""A socket between the daemon and CUPS in which one request lies for as long as the test wants."""

import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.cups import CupsSpooler


class SlowLine:
    """Passes everything on, until a request that holds certain words comes by: that one is kept back."""

    def __init__(self, server: Path, path: Path, words: bytes) -> None:
        self.path = path
        self.has_caught = threading.Event()
        self._server, self._words = server, words
        self._may_go = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        self._listener.bind(str(self.path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._may_go.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def let_go(self) -> None:
        """The request arrives now, though nobody waits for its answer any more."""
        self._may_go.set()

    def arrived(self) -> list[str]:
        """The names of our jobs that CUPS holds."""
        return [job.name for job in CupsSpooler(str(self._server)).ours()]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(str(self._server))
        answers = threading.Thread(target=_pass_on, args=(upstream, client), daemon=True)
        answers.start()
        with client:
            while data := _received(client):
                if self._words in data and not self.has_caught.is_set():
                    self.has_caught.set()
                    self._may_go.wait()
                upstream.sendall(data)
        if self._may_go.is_set():
            answers.join(1.0)  # CUPS drops a request whose sender hangs up before it is read
        upstream.close()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    while data := _received(source):
        try:
            sink.sendall(data)
        except OSError:
            return


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""
