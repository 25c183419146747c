import ctypes
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.cups import DocumentServer
from tests.waiting import eventually


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DocumentServer]:
    made = DocumentServer(tmp_path, lambda _: b"a secret")
    yield made
    made.stop()


def end_thread(folder: Path, name: str) -> None:
    """Of a server whose socket is there: it ends when it next has somebody to answer."""
    (thread,) = [thread for thread in threading.enumerate() if thread.name == name]
    raised = ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    assert raised == 1
    (door,) = folder.iterdir()
    with socket.socket(socket.AF_UNIX) as guard:
        guard.connect(str(door))
        eventually(lambda: not thread.is_alive(), what="the end of the server's thread")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is meant to end
def test_a_server_whose_thread_has_ended_is_not_alive(server: DocumentServer, tmp_path: Path) -> None:
    server.open()
    assert server.is_alive()
    end_thread(tmp_path, server.name)
    assert not server.is_alive()


def test_one_that_was_never_opened_or_was_stopped_lacks_nothing(server: DocumentServer) -> None:
    assert server.is_alive()
    server.open()
    server.stop()
    assert server.is_alive()
