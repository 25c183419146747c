import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import SystemClock
from adapters.cups import DocumentServer, FileGuardJournal
from adapters.cups.installation import install_file
from daemon.domain.token import parse_token

RECORDER = """#!{python} -IS
import json, os, sys
here = os.path.dirname(os.path.abspath(__file__))
data = open(sys.argv[6], "rb").read() if len(sys.argv) > 6 else sys.stdin.buffer.read()
told = {{"argv": sys.argv[1:], "env": dict(os.environ), "data": data.decode(),
        "argv0": open("/proc/self/cmdline").read().split(chr(0))}}
with open(os.path.join(here, "runs"), "a") as runs:
    runs.write(json.dumps(told) + chr(10))
{body}
"""
"""A real backend that writes down what it was given, then does what the test wants of it."""

PPD = """*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*cupsVersion: 2.4
*cupsFilter2: "application/pdf application/vnd.test 0 {filter}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The guard, installed in a folder with a real backend `fake`, run the way CUPS runs it."""

    backends: Path
    journal: Path
    server: DocumentServer
    """As the daemon has it: what is run by a token here was submitted by us, unless a test says otherwise."""

    def backend(self, body: str = "", *, scheme: str = "fake") -> None:
        path = self.backends / scheme
        path.write_text(RECORDER.format(python=sys.executable, body=body))
        path.chmod(0o755)

    def command(self, title: str, *file: str) -> list[str]:
        return [str(self.backends / "giliran"), "7", "petugas", title, "1", "media=CR80", *file]

    def env(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "DEVICE_URI": "giliran:/fake://user:secret@device/1",
            "PRINTER": "card-1",
            **(extra or {}),
        }

    def offer(self, title: str, data: str = "card", *, number: int = 7, queue: str = "card-1") -> None:
        """The daemon submitted this."""
        token = parse_token(title)
        if token is not None:
            self.server.offer(token, number, queue, data.encode(), {"media": "CR80"})

    def run(
        self, title: str, *, data: str = "card", offered: bool = True, pass_fds: tuple[int, ...] = (), **env: str
    ) -> subprocess.CompletedProcess[str]:
        if offered:
            self.offer(title, data)
        return self.run_command(self.command(title), pass_fds=pass_fds, **env)

    def run_command(
        self, command: list[str], *, pass_fds: tuple[int, ...] = (), **env: str
    ) -> subprocess.CompletedProcess[str]:
        """CUPS has the token's name alone."""
        return subprocess.run(
            command,
            input="giliran",
            capture_output=True,
            text=True,
            env=self.env(env),
            timeout=30,
            check=False,
            pass_fds=pass_fds,
        )

    def popen(self, title: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        self.offer(title)
        return subprocess.Popen(
            self.command(title),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=self.env(),
        )

    def marks(self) -> list[str]:
        """What the journal holds of tokens."""
        return sorted(name for name in os.listdir(self.journal) if not name.startswith("."))

    def told(self) -> dict[str, Any]:
        """What the real backend's one run was given."""
        (line,) = (self.backends / "runs").read_text().splitlines()
        result: dict[str, Any] = json.loads(line)
        return result

    def filtered_by(self, script: str, name: str = "filter") -> Path:
        """The PPD of a queue whose one filter is this shell script."""
        folder = self.backends.parent
        program, ppd = folder / name, folder / f"{name}.ppd"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        ppd.write_text(PPD.format(filter=program))
        self.let_lp_in()
        return ppd

    def let_lp_in(self) -> None:
        """Filters run as that user."""
        for folder in (self.backends, self.journal, *self.backends.parents):
            if folder == Path(tempfile.gettempdir()):
                break
            folder.chmod(0o755)

    def lose_journal(self) -> None:
        """With its folder."""
        shutil.rmtree(self.journal)

    def runs(self) -> int:
        """How often the real backend ran."""
        runs = self.backends / "runs"
        return len(runs.read_text().splitlines()) if runs.exists() else 0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    backends, journal = tmp_path / "backend", tmp_path / "journal"
    backends.mkdir()
    journal.mkdir()
    server = DocumentServer(journal, FileGuardJournal(journal, SystemClock()).secret)
    made = Bench(backends=backends, journal=journal, server=server)
    made.backend()
    install_file(backends, backends / "fake", journal)
    yield made
    server.stop()


@pytest.fixture
def journal(bench: Bench) -> FileGuardJournal:
    return FileGuardJournal(bench.journal, SystemClock())
