"""A Debian in a folder: made with debootstrap, booted with systemd-nspawn, given commands. Root only."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.waiting import eventually

BARE = "systemd,systemd-sysv,dbus,ca-certificates,make,logrotate"
"""What Debian's installer brings and debootstrap's smallest variant leaves out, and make."""
CHECKOUT = Path(__file__).parents[2]
OF_THE_MACHINE = (
    "etc/resolv.conf",
    "etc/pip.conf",
    "etc/ssl/certs/ca-certificates.crt",
    "etc/apt/sources.list",
    "etc/apt/sources.list.d/debian.sources",
    "etc/apt/apt.conf.d",
)
"""How this machine reaches Debian's and Python's packages; taken over into the tree."""
BOOT_SECONDS, COMMAND_SECONDS, INSTALL_SECONDS = 120.0, 600.0, 1800.0


class Failed(Exception):
    """A command in the tree failed; what it said."""


class Tree:
    """One Debian. From __enter__ on it is booted, with a network of its own that leads nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._booted: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Debian itself; once."""
        made = self.folder / ".made"
        if made.exists():
            return
        if self.folder.exists():
            shutil.rmtree(self.folder)
        print(f"making a Debian in {self.folder} (about a minute, once) …", flush=True)
        _run("debootstrap", "--variant=minbase", f"--include={BARE}", "bookworm", str(self.folder))
        for name in OF_THE_MACHINE:
            source, target = Path("/", name), self.folder / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
            else:
                target.unlink(missing_ok=True)  # debootstrap's own list would double the machine's
        (self.folder / "etc/hostname").write_text("office\n", encoding="ascii")
        (self.folder / "etc/hosts").write_text("127.0.0.1 localhost office\n", encoding="ascii")
        made.touch()

    def install(self) -> None:
        """`make install` from this checkout, in the tree that is not booted, with the machine's network."""
        target = self.folder / "opt" / "giliran"
        target.mkdir(parents=True, exist_ok=True)
        files = subprocess.run(
            ["git", "-C", str(CHECKOUT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True,
            capture_output=True,
        ).stdout
        for name in filter(None, files.decode().split("\0")):
            if (CHECKOUT / name).exists():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(CHECKOUT / name, target / name)
        print("make install in it …", flush=True)
        _run(*_nspawn(self.folder), "--as-pid2", "--pipe", "make", "-C", "/opt/giliran", "install")

    def __enter__(self) -> Self:
        name = f"giliran-{os.getpid()}"
        self._booted = subprocess.Popen(
            [*_nspawn(self.folder), "-M", name, "--private-network", "--console=pipe", "-b"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        eventually(self._is_up, BOOT_SECONDS, "the boot")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._booted is not None
        self._booted.terminate()
        try:
            self._booted.wait(BOOT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._booted.pid, signal.SIGKILL)
            self._booted.wait()

    def run(self, *command: str, text: str = "") -> str:
        """In the booted tree, as root there; what it printed. Failed."""
        done = subprocess.run(
            [*self.inside("-a"), "env", "-C", "/", *command],
            input=text,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def inside(self, *namespaces: str) -> list[str]:
        """The command that enters these namespaces of the booted tree (nsenter(1))."""
        return ["nsenter", "-t", str(self._init()), *namespaces]

    def _init(self) -> int:
        assert self._booted is not None
        children = Path(f"/proc/{self._booted.pid}/task/{self._booted.pid}/children").read_text(encoding="ascii")
        return int(children.split()[0])

    def _is_up(self) -> bool:
        with contextlib.suppress(Failed, IndexError, OSError):
            return self.run("systemctl", "is-system-running").strip() == "running"
        return False


def _nspawn(folder: Path) -> list[str]:
    return ["systemd-nspawn", "--quiet", "-D", str(folder), "--register=no", "--keep-unit"]


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
