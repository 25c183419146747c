"""What systemd sees of the daemon: the notify protocol over a real socket, the unit file itself."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.demo.stage import Cast, Stage
from tests.acceptance.conftest import SetStage
from tests.waiting import eventually

UNIT = Path(__file__).parents[2] / "systemd" / "giliran.service"


class Manager:
    """The other end of $NOTIFY_SOCKET."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.setblocking(False)
        self.heard: list[str] = []

    def has_heard(self, word: str) -> bool:
        while True:
            try:
                self.heard += self._socket.recv(65536).decode().splitlines()
            except BlockingIOError:
                return any(word in line for line in self.heard)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    heard = Manager(tmp_path)
    yield heard
    heard.close()


def start(stage: Stage, manager: Manager) -> None:
    with stage.log.open("ab") as log:
        stage.daemon = subprocess.Popen(
            stage.daemon_command, stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": str(manager.path)}
        )


def test_systemd_hears_of_the_start_the_state_the_reload_and_the_end(set_stage: SetStage, manager: Manager) -> None:
    stage = set_stage(Cast(people=6, printers=1, seconds_per_card=0.1, ready_within_seconds=0))
    start(stage, manager)
    eventually(lambda: manager.has_heard("READY=1"), 30, "READY=1")
    eventually(lambda: manager.has_heard("WATCHDOG=1"), 30, "WATCHDOG=1")
    eventually(lambda: manager.has_heard("STATUS=running: 6 printed"), 60, "the status line")
    assert stage.daemon is not None
    stage.daemon.send_signal(1)
    eventually(lambda: manager.has_heard("RELOADING=1"), 30, "RELOADING=1")
    eventually(lambda: sum(line == "READY=1" for line in manager.heard) == 2 or manager.has_heard("never"), 30, "READY")
    assert stage.stop_daemon() == 0
    assert manager.has_heard("STOPPING=1")
    assert any(line.startswith("MONOTONIC_USEC=") for line in manager.heard)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_unit_is_well_formed_and_hardened(tmp_path: Path) -> None:
    unit = tmp_path / "giliran.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/giliran/.venv/bin/giliran", "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert verified.stderr == ""
    security = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert security.returncode == 0, security.stdout[-500:]
