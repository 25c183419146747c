"""Signals are waited for: what came is told, and nothing that did not."""

import os
import queue
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from adapters.clock import SystemClock
from adapters.systemd import Notify
from daemon.domain.link import Link, LinkState
from tests.fakes.clock import ManualClock
from tests.waiting import eventually
from workers.runner import Loop, Runner, Service
from workers.situation import Situation
from workers.supervision import End, Signals, Supervision

ROOT = Path(__file__).parents[3]
TICK_SECONDS = 0.2
WAITING = f"""
import queue, signal
from workers.supervision import listen_for_signals
signals = listen_for_signals()
print("waiting", flush=True)
while True:
    try:
        received = signals.get(timeout={TICK_SECONDS})
    except queue.Empty:
        continue
    print(received.name, flush=True)
    if received is signal.SIGTERM:
        break
"""


def waiter() -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    return process


def stand_still(process: subprocess.Popen[str]) -> None:
    """Stopped for longer than any wait in it takes."""
    clock = SystemClock()
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    until = clock.monotonic() + 2 * TICK_SECONDS
    eventually(lambda: clock.monotonic() > until)
    process.send_signal(signal.SIGCONT)


def test_every_signal_is_told_once_and_in_order() -> None:
    with waiter() as process:
        assert process.stdout is not None
        for name in ("SIGHUP", "SIGINT", "SIGHUP", "SIGTERM"):
            process.send_signal(signal.Signals[name])
            assert process.stdout.readline() == f"{name}\n"
        assert process.wait(30) == 0


def test_a_process_that_is_stopped_and_goes_on_hears_no_signal_that_never_came() -> None:
    with waiter() as process:
        for _ in range(5):
            stand_still(process)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    assert said == "SIGTERM\n"


@dataclass
class Hanging(Loop):
    """A loop whose step never comes back."""

    hang: threading.Event
    name: str = "hanging"
    patience_seconds: float = 0.2

    def step(self) -> float:
        self.hang.wait()
        return 0.0


def supervision(loop: Loop, signals: Signals, *services: Service) -> Supervision:
    clock = SystemClock()
    return Supervision(
        loops=(loop,),
        services=services,
        printing=(),
        situation=Situation(Link(state=LinkState.UP, since=clock.now())),
        signals=signals,
        manager=Notify(clock, {}),
        clock=clock,
        may_reload=lambda: False,
        drain_seconds=0,
    )


def test_a_loop_that_hangs_ends_the_daemon_and_is_named_once() -> None:
    said, hang = list[str](), threading.Event()
    sink = logger.add(lambda message: said.append(str(message)), format="{level} {message}")

    end = supervision(Hanging(hang), queue.SimpleQueue()).run()

    assert end is End.HUNG
    assert [line for line in said if "hanging" in line and line.startswith("CRITICAL")] == [
        "CRITICAL no step in time from hanging: the daemon ends, and is started anew\n"
    ]
    logger.remove(sink)
    hang.set()


@dataclass
class Ended:
    """A service that ran for a moment."""

    name: str = "calendar"

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def is_alive(self) -> bool:
        return False


def test_a_service_that_does_not_run_any_more_ends_the_daemon() -> None:
    said = list[str]()
    sink = logger.add(lambda message: said.append(str(message)), format="{message}")
    ended = threading.Event()
    ended.set()
    assert supervision(Hanging(ended), queue.SimpleQueue(), Ended()).run() is End.FATAL
    assert "calendar does not run any more: the daemon ends, and is started anew\n" in said
    logger.remove(sink)


def test_a_process_that_stood_still_as_a_whole_is_not_taken_for_hung() -> None:
    runner = Runner(Hanging(threading.Event()), clock=(clock := ManualClock()), on_fatal=lambda _: None)
    clock.advance(100)
    runner.excuse(100)
    runner.start()
    assert runner.is_alive_by(clock.monotonic())
