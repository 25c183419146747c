"""One service point: a machine with CUPS, card printers, a configuration, and the daemon that serves them."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

import yaml

from daemon.demo.cups import PrivateCups, VirtualCardPrinter, VirtualPaperPrinter
from daemon.domain.errors import GiliranError
from daemon.main import load_settings
from daemon.settings import Settings

STOP_SECONDS = 90.0
DRAIN_SECONDS = 45
"""Of the daemons here: no card takes longer, and nobody waits longer for a printer that hangs."""


Giliran = Callable[[Sequence[str]], int]
"""A giliran command in this process, by its arguments: the exit status (daemon.cli.main)."""


class DaemonProcess(Protocol):
    """A daemon of the demo, as subprocess.Popen has it."""

    pid: int

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status."""
        ...

    def send_signal(self, number: int, /) -> None:
        """Nothing happens to one that has ended."""
        ...

    def kill(self) -> None:
        """SIGKILL."""
        ...


class CommandFailed(GiliranError):
    """A giliran command of the demo failed."""


class Point:
    """From __enter__ on CUPS and its printers run; start_daemon() starts the daemon."""

    def __init__(self, folder: Path, giliran: Giliran, *, dirty_clean_seconds: int = 0) -> None:
        """A folder that everybody may pass through, with a short path (CUPS's socket lies in it)."""
        self.folder = folder
        self._in_process = giliran
        self.config = folder / "giliran.yaml"
        self.log = folder / "giliran.log"
        self.cups = PrivateCups(folder / "cups", dirty_clean_seconds=dirty_clean_seconds)
        self.printers: dict[str, VirtualCardPrinter] = {}
        self.daemon_command = [*_GILIRAN, "--config", str(self.config), "run"]
        self.launch: Callable[[Sequence[str], BinaryIO], DaemonProcess] = _launch
        """Starts the daemon, its output in this file."""
        self.daemon: DaemonProcess | None = None
        self._life_begins = 0
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self._set_up(starting)
            self._ending = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.close()

    def _set_up(self, starting: ExitStack) -> None:
        """Start what runs here; the stack ends it."""
        starting.enter_context(self.cups)
        starting.callback(self.kill_daemon)

    @property
    def settings(self) -> Settings:
        """As the daemon reads them."""
        return load_settings(self.config)

    def add_printer(self, number: int, *, seconds_per_card: float, hopper: int, ribbon: int) -> None:
        """A card printer and its queue, not guarded yet."""
        name = f"card-{number}"
        printer = VirtualCardPrinter(
            self.cups.printer_folder(name), seconds_per_card=seconds_per_card, hopper=hopper, ribbon=ribbon
        )
        self.cups.add_card_queue(f"Card_{number}", printer, guarded=False)
        self.printers[name] = printer

    def configure(self, settings: Mapping[str, object]) -> None:
        """Write the configuration: what all points share, and this one's CUPS and printers."""
        self.cups.add_paper_queue("Office_Laser", VirtualPaperPrinter(self.cups.printer_folder("letters")))
        printers: list[dict[str, object]] = [
            {"name": name, "kind": "card", "queue": name.replace("card-", "Card_"), "options": {"media": "CR80"}}
            for name in self.printers
        ]
        printers.append({"name": "letters", "kind": "paper", "queue": "Office_Laser"})
        cups = {"server": self.cups.server, "guard_journal": str(self.cups.journal), "drain": f"{DRAIN_SECONDS}s"}
        whole = {**settings, "cups": cups, "printers": printers}
        self.config.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")

    def guard(self) -> None:
        """Put the guard in front of every card printer."""
        for name in self.printers:
            self.prepare("printer", "guard", name, "--backend-dir", str(self.cups.backend_dir))

    def prepare(self, *arguments: str) -> str:
        """A giliran command in this process, which saves starting one; what it printed. CommandFailed."""
        said, complaints = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaints):
            status = self._in_process(["--config", str(self.config), *arguments])
        if status != 0:
            raise CommandFailed(f"giliran {' '.join(arguments)}: {said.getvalue()}{complaints.getvalue().strip()}")
        return said.getvalue()

    def giliran(self, *arguments: str) -> str:
        """Run a giliran command as a person would; what it printed. CommandFailed."""
        done = subprocess.run(
            [*_GILIRAN, "--config", str(self.config), *arguments],
            capture_output=True,
            text=True,
            env=_ENVIRONMENT,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise CommandFailed(f"giliran {' '.join(arguments)}: {done.stdout}{done.stderr.strip()}")
        return done.stdout

    def status(self) -> dict[str, Any]:
        """`giliran status --json`."""
        answer: dict[str, Any] = json.loads(self.prepare("status", "--json"))
        return answer

    def start_daemon(self) -> None:
        """`giliran run`, its log in a file."""
        with self.log.open("ab") as log:
            self._life_begins = log.tell()
            self.daemon = self.launch(self.daemon_command, log)

    def said_since_start(self) -> str:
        """What the daemon logged since it was last started."""
        with self.log.open("rb") as log:
            log.seek(self._life_begins)
            return log.read().decode("utf-8")

    def stop_daemon(self) -> int:
        """SIGTERM, and its exit status."""
        assert self.daemon is not None, "the daemon was not started"
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(STOP_SECONDS)

    def kill_daemon(self) -> None:
        """SIGKILL."""
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()


def _launch(command: Sequence[str], log: BinaryIO) -> DaemonProcess:
    return subprocess.Popen(command, stdout=log, stderr=log, env=_ENVIRONMENT)


_GILIRAN = [sys.executable, "-m", "daemon"]
_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(_ROOT), "COLUMNS": "160", "MALLOC_ARENA_MAX": "1"}
