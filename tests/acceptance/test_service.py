"""What systemd sees of the daemon: the notify protocol over a real socket, the unit file itself."""

import configparser
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import CutPoint, end, jobs_in, log, titles, wait_for, wait_for_log
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


def test_a_stop_asks_systemd_for_as_long_as_the_card_in_the_printer_takes(
    set_stage: SetStage, manager: Manager
) -> None:
    stage = set_stage(Cast(people=2, printers=1, seconds_per_card=3, ready_within_seconds=0))
    start(stage, manager)
    wait_for(stage, State.PRINTING)
    assert stage.stop_daemon() == 0
    assert len(titles(stage)) == 1
    assert manager.has_heard("EXTEND_TIMEOUT_USEC=30000000")
    assert manager.heard.count("EXTEND_TIMEOUT_USEC=30000000") > 1, "asked again and again"


def test_a_stop_waits_for_a_card_that_was_being_claimed_then(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=2, printers=1, seconds_per_card=2, ready_within_seconds=0))
    cut = CutPoint(stage)
    cut.mortal_daemon()
    cut.arm("before jobs.conclude_and_claim")
    stage.start_daemon()
    cut.reached()
    assert stage.daemon is not None
    stage.daemon.send_signal(signal.SIGTERM)
    wait_for_log(stage, "SIGTERM received")
    cut.go_on()
    assert stage.daemon.wait(60) == 0
    assert len(jobs_in(stage, State.PRINTED)) == len(titles(stage)) == 2
    assert not jobs_in(stage, State.PRINTING)


def test_a_card_that_takes_longer_than_the_drain_is_finished_by_the_next_start(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=2, printers=1, seconds_per_card=6, ready_within_seconds=0))
    settings = yaml.safe_load(stage.config.read_text(encoding="utf-8"))
    settings["cups"]["drain"] = "1s"
    stage.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    stage.start_daemon()
    wait_for(stage, State.PRINTING)
    assert stage.stop_daemon() == 0
    assert "cards still in printers after 1 s" in log(stage)
    assert not titles(stage)
    assert len(jobs_in(stage, State.PRINTING)) == 1
    stage.start_daemon()
    end(stage)


def test_the_unit_stops_before_cups_does_and_returns_with_it() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read_string(UNIT.read_text(encoding="utf-8"))
    assert unit["Unit"]["PartOf"] == "cups.service"
    assert "cups.service" in unit["Unit"]["After"].split()
    assert "cups.service" in unit["Install"]["WantedBy"].split()


def giliran(stage: Stage, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "daemon", "--config", str(stage.config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)


def test_a_reload_says_whether_the_daemon_took_the_file(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=2, printers=1, seconds_per_card=0.1, ready_within_seconds=0))
    assert "the daemon does not run here" in giliran(stage, "reload").stderr
    stage.start_daemon()
    good = stage.config.read_text(encoding="utf-8")
    eventually(lambda: giliran(stage, "reload").returncode == 0, 30, "a reload")

    stage.config.write_text(good + "nonsense: 1\n", encoding="utf-8")
    assert giliran(stage, "reload").returncode == 2

    settings = yaml.safe_load(good)
    settings["central"]["token_file"] = "/nowhere/token"
    stage.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    refused = giliran(stage, "reload")
    assert (refused.returncode, "not reloaded, the old configuration stays" in refused.stderr) == (1, True)

    stage.config.write_text(good, encoding="utf-8")
    assert giliran(stage, "reload").stdout == "reloaded\n"
    assert stage.stop_daemon() == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.skipif(
    os.geteuid() != 0 and not Path("/run/systemd").is_dir(),
    reason="systemd does not run here, and root alone may verify",
)
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


def test_the_daemon_at_work_has_neither_typst_nor_a_photo_decoder_in_it(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=1, printers=1, seconds_per_card=0.1, ready_within_seconds=0))
    stage.start_daemon()
    wait_for(stage, State.PRINTED)
    assert stage.daemon is not None
    maps = Path(f"/proc/{stage.daemon.pid}/maps").read_text(encoding="utf-8")
    assert "libcups" in maps
    assert not [part for part in ("_typst", "_imaging") if part in maps]
    end(stage)
