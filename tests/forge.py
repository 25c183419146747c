"""Starts programs of ours by fork from a process that has imported what they import.

Three quarters of the processor time of a daemon's start are imports, and a test of deaths starts hundreds. What is
started is a process like any other: it runs the module as `python -m` does, and is waited for, signalled and killed.
`python -m tests.forge` is what forks. How a daemon starts from nothing is seen by test_service.py and test_demo.py.
"""

import atexit
import json
import os
import random
import runpy
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

IMPORTED = (
    *("daemon.cli.app", "daemon.main", "daemon.queries.status", "daemon.queries.needs", "daemon.locale.alerts"),
    *("adapters.alerts", "adapters.central", "adapters.courier", "adapters.cups", "adapters.database"),
    *("adapters.documents", "adapters.log", "apscheduler.schedulers.background", "psycopg"),
    *("sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite", "tests.chaos.cut"),
    *("workers.assembly", "workers.continuity", "workers.heartbeat", "workers.life", "workers.reconciliation"),
    "workers.supervision",
)
ROOT = Path(__file__).parents[1]


class Forked:
    """What subprocess.Popen is to a process, as far as tests need it."""

    def __init__(self, forge: "Forge", args: Sequence[str], pid: int) -> None:
        self.args, self.pid = args, pid
        self.returncode: int | None = None
        self._forge = forge
        self._handle = os.pidfd_open(pid)  # the forge reaps it only when it is told that we have this

    def poll(self) -> int | None:
        """Its exit status, negative where a signal killed it; None while it runs."""
        if self.returncode is None and select.select([self._handle], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status. subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._handle], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(list(self.args), timeout or 0.0)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Nothing happens to one that has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _end(self) -> None:
        self.returncode = self._forge.reap(self.pid)
        os.close(self._handle)


class Forge:
    """The other side of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forge"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        self._lock = threading.Lock()
        atexit.register(self._process.kill)

    def launch(self, command: Sequence[str], log: BinaryIO) -> Forked:
        """`[python, "-m", MODULE, …]`, its output appended to the log's file."""
        interpreter, option, *arguments = command
        assert (interpreter, option) == (sys.executable, "-m"), command
        return Forked(self, command, self._ask(arguments=arguments, log=log.name))

    def reap(self, pid: int) -> int:
        """The exit status of one that has ended."""
        return self._ask(reap=pid)

    def _ask(self, **what: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


@lru_cache(maxsize=1)
def forge() -> Forge:
    """The one of this process."""
    return Forge()


def _serve() -> list[str]:
    """Answer until nobody asks any more. Returns in each child alone: the module and arguments that it is to run."""
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if "reap" in asked:
            _, status = os.waitpid(asked["reap"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _become(asked["log"])
                return list(asked["arguments"])
        sys.stdout.buffer.write(b"%d\n" % answer)
        sys.stdout.buffer.flush()
    sys.exit(0)


def _become(log: str) -> None:
    """A process with a log of its own, and nothing of the forge's."""
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)
    random.seed()


def main() -> None:
    for name in IMPORTED:
        import_module(name)
    os.environ.update(PYTHONPATH=str(ROOT), COLUMNS="160")
    module, *arguments = _serve()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
