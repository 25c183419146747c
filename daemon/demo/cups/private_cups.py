"""A CUPS server of our own for demo and tests: own folders, a socket, no port, nothing of the machine's."""

import contextlib
import grp
import os
import pwd
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import cups

from adapters.clock import SystemClock
from adapters.cups.installation import SYSTEM_BACKENDS, install_guard, python_line
from adapters.cups.ipp import Connections
from daemon.demo.cups import cardsim_backend, papersim_backend
from daemon.demo.cups.card_printer import VirtualCardPrinter
from daemon.demo.cups.configuration import conversions, files_conf, scheduler_conf
from daemon.demo.cups.paper_printer import VirtualPaperPrinter
from daemon.domain.errors import Fatal
from daemon.ports import SpoolerUnreachable

SYSTEM_BINARIES = SYSTEM_BACKENDS.parent
_CUPSD = Path("/usr/sbin/cupsd")
_HERE = Path(__file__).parent
_LONGEST_SOCKET_PATH = 100
_START_SECONDS, _STOP_SECONDS, _POLL_SECONDS = 20.0, 10.0, 0.02
_FOLDERS = ("root", "bin/backend", "spool", "cache", "state", "temp", "log", "ppd", "printers")


class PrivateCups:
    """One cupsd. Started by root it runs backends as `lp`, as the system's does; started by anybody else, as them."""

    def __init__(self, folder: Path, *, dirty_clean_seconds: int = 0) -> None:
        """The folder is made if need be; everybody must be able to pass through the folders above it.

        `dirty_clean_seconds`: how long it may keep what it accepted in memory alone (0 here, 30 by CUPS's default).
        """
        self.folder = folder
        self.server = str(folder / "cups.sock")
        self.backend_dir = folder / "bin" / "backend"
        self.journal = folder / "journal"
        """Where the guard of this server's queues keeps its journal."""
        self.directives: dict[str, str] = {}
        """What cupsd.conf says otherwise than configuration.py has it, from the next start on."""
        self.card_ppd = folder / "ppd" / "card.ppd"
        self.paper_ppd = folder / "ppd" / "paper.ppd"
        self._dirty_clean_seconds = dirty_clean_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._clock = SystemClock()
        self._connections = Connections(self.server)
        if len(self.server) > _LONGEST_SOCKET_PATH:
            raise Fatal(f"{self.server} is too long for a socket's path; choose a shorter folder")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the running cupsd."""
        assert self._process is not None, "cupsd was not started"
        return self._process.pid

    def start(self) -> None:
        """Returns when it answers."""
        self._prepare()
        with (self.folder / "log" / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [self._file("bin/cupsd"), "-f", "-c", self._file("cupsd.conf"), "-s", self._file("cups-files.conf")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self.folder,
                env={"PATH": os.defpath, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"},
            )
        if not self._wait(self._answers, _START_SECONDS):
            self.kill(children=True)
            raise Fatal(f"the private CUPS server did not start:\n{self.log_tail()}")

    def stop(self, *, children: bool = True) -> None:
        """In order; with `children` nothing that it started outlives it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        self.kill(children=children)

    def kill(self, *, children: bool = False) -> None:
        """SIGKILL; with `children` also to its filters and backends, as a power cut would."""
        if self._process is None:
            return
        session = self._process.pid
        self._process.kill()
        self._process.wait()
        if children:
            self._wait(lambda: not _kill_session(session, self.folder), _STOP_SECONDS)
        self._process = None

    def restart(self) -> None:
        """In order."""
        self.stop()
        self.start()

    def add_queue(self, name: str, device_uri: str, ppd: Path, options: Mapping[str, str] | None = None) -> None:
        """An enabled queue that accepts jobs."""
        with self._connections.use() as connection:
            connection.addPrinter(name, device=device_uri, ppd=cups.PPD(str(ppd)))
            connection.setPrinterErrorPolicy(name, "abort-job")
            for option, value in (options or {}).items():
                connection.addPrinterOptionDefault(name, option, value)
            connection.enablePrinter(name)
            connection.acceptJobs(name)

    def add_card_queue(self, name: str, printer: VirtualCardPrinter, *, guarded: bool = True) -> None:
        """A queue for a virtual card printer, behind the guard."""
        self.add_queue(name, printer.device_uri, self.card_ppd)
        if guarded:
            install_guard(self.server, name, self.journal, self.backend_dir)

    def add_paper_queue(self, name: str, printer: VirtualPaperPrinter) -> None:
        """A queue for a virtual paper printer."""
        self.add_queue(name, printer.device_uri, self.paper_ppd)

    def delete_queue(self, name: str) -> None:
        """With its jobs."""
        with self._connections.use() as connection:
            connection.deletePrinter(name)

    def printer_folder(self, name: str) -> Path:
        """A place for a virtual printer that its backend can reach."""
        return self.folder / "printers" / name

    def install_backend(self, scheme: str, source: Path) -> None:
        """A Python backend of ours, or any other executable file, under this scheme."""
        target = self.backend_dir / scheme
        text = source.read_bytes()
        if source.suffix == ".py":
            text = python_line().encode() + text.partition(b"\n")[2]
        target.write_bytes(text)
        target.chmod(0o755)

    def log_tail(self, lines: int = 30) -> str:
        """The end of what cupsd has to say."""
        texts = []
        for name in ("output", "error_log"):
            with contextlib.suppress(FileNotFoundError):
                texts += (self.folder / "log" / name).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(texts[-lines:])

    def _prepare(self) -> None:
        for name in _FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        for above in self.folder.resolve().parents:
            if os.geteuid() == 0 and not above.stat().st_mode & 0o001:
                raise Fatal(f"{above} is closed to the user lp, as whom CUPS runs its filters; choose another folder")
        for name in ("filter", "notifier", "daemon", "cgi-bin", "monitor", "driver"):
            link = self.folder / "bin" / name
            if not link.is_symlink():
                link.symlink_to(SYSTEM_BINARIES / name)
        user, group = _user_and_group()
        if os.geteuid() == 0:
            shutil.chown(self.folder / "temp", group=group)
            (self.folder / "temp").chmod(0o1770)
        for name, text in (
            ("cupsd.conf", scheduler_conf(self.server, self._dirty_clean_seconds, self.directives)),
            ("cups-files.conf", files_conf(self.folder, user, group)),
            ("root/local.convs", conversions(SYSTEM_BINARIES / "filter")),
        ):
            (self.folder / name).write_text(text, encoding="utf-8")
        if not self.card_ppd.exists():
            self._install_programs()

    def _install_programs(self) -> None:
        """Once: an orphan of a server that was killed may be using them while the next server starts."""
        # A copy: AppArmor's profile for the original, by its path, would not let it run backends from here.
        shutil.copy2(_CUPSD, self.folder / "bin" / "cupsd")
        self.install_backend("cardsim", Path(cardsim_backend.__file__))
        self.install_backend("papersim", Path(papersim_backend.__file__))
        for drv in ("card.drv", "paper.drv"):
            subprocess.run(
                ["ppdc", "-d", self._file("ppd"), str(_HERE / drv)], check=True, capture_output=True, timeout=60
            )

    def _file(self, name: str) -> str:
        return str(self.folder / name)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise Fatal(f"the private CUPS server ended at once:\n{self.log_tail()}")
        try:
            with self._connections.use() as connection:
                connection.getJobs(limit=1)
        except SpoolerUnreachable:
            return False
        return True

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        pause = threading.Event()
        deadline = self._clock.monotonic() + seconds
        while not condition():
            if self._clock.monotonic() > deadline:
                return False
            pause.wait(_POLL_SECONDS)
        return True


def _user_and_group() -> tuple[str, str]:
    if os.geteuid() == 0:
        return "lp", "lp"
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


def _kill_session(session: int, folder: Path) -> bool:
    """SIGKILL to every process of that session, and to whatever else runs for the server; whether there was any."""
    found = False
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            state, *numbers = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if state not in "ZX" and (int(numbers[2]) == session or _runs_for(process, folder)):
                os.kill(int(process.name), signal.SIGKILL)
                found = True
    return found


def _runs_for(process: Path, folder: Path) -> bool:
    """A guard's keeper has left the session."""
    return f"CUPS_SERVERROOT={folder}/root".encode() in (process / "environ").read_bytes().split(b"\0")
