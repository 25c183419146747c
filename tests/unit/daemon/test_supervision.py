"""Signals are waited for: what came is told, and nothing that did not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from adapters.clock import SystemClock
from tests.waiting import eventually

ROOT = Path(__file__).parents[3]
TICK_SECONDS = 0.2
WAITING = f"""
import queue, signal
from daemon.supervision import listen_for_signals
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
