"""A whole office on one machine: real CUPS with virtual printers, a simulated centre, a database, the daemon itself.

The demo plays on it, and so do the acceptance tests. Everything is driven as its users would: by the command line.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from adapters.clock import SystemClock
from adapters.simulator.central import CentralSimulator, make_people, registrations_csv
from adapters.simulator.central.people import ready_schedule
from adapters.simulator.central.script import OutagePlayer, parse_script
from adapters.simulator.cups import PrivateCups, VirtualCardPrinter, VirtualPaperPrinter
from daemon.demo.verdict import Evidence
from daemon.domain.errors import GiliranError
from daemon.domain.job import PRINT_READY
from daemon.domain.states import State
from daemon.fairness import whole_log
from daemon.main import load_settings, open_lease, open_store
from daemon.settings import Settings
from daemon.status import Snapshot, snapshot

TOKEN = "demo-token"  # noqa: S105  of a simulated centre
STOP_SECONDS = 90.0


class CommandFailed(GiliranError):
    """A giliran command of the demo failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who and what is on the stage."""

    people: int
    not_ready: int = 0
    missing: int = 0
    printers: int = 2
    seconds_per_card: float = 2.0
    hopper: int | None = None
    """Cards that lie in the last printer's hopper, whatever the ledger says; None: as many as the ledger says."""
    ready_within_seconds: float = 10.0
    outages: str = ""
    seed: int = 1
    probe: Mapping[str, object] | None = None
    pull_ahead: int = 4
    outage: Mapping[str, object] = field(default_factory=dict)
    database: str | None = None
    """Its URL; None: SQLite in the stage's folder."""
    guarded: bool = True
    dirty_clean_seconds: int = 0
    """How long CUPS keeps what it accepted in memory alone."""

    @property
    def print_ready(self) -> int:
        """So many people are to have a card in the end."""
        return self.people - self.not_ready - self.missing


@contextmanager
def stage_folder() -> Iterator[Path]:
    """Short and open to all: CUPS's socket lies in it and its filters run as another user."""
    with tempfile.TemporaryDirectory(prefix="giliran-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


class Stage:
    """From __enter__ on, everything but the daemon runs; start_daemon() starts that."""

    def __init__(self, folder: Path, cast: Cast) -> None:
        """A folder that everybody may pass through, with a short path (CUPS's socket lies in it)."""
        self.folder = folder
        self.cast = cast
        self.config = folder / "giliran.yaml"
        self.log = folder / "giliran.log"
        self.people = make_people(cast.people, seed=cast.seed, not_ready=cast.not_ready, missing=cast.missing)
        self.blanks = cast.people + 20 * cast.printers
        self.cups = PrivateCups(folder / "cups", dirty_clean_seconds=cast.dirty_clean_seconds)
        self.central = CentralSimulator(
            self.people,
            token=TOKEN,
            ready_schedule=ready_schedule(self.people, within_seconds=cast.ready_within_seconds, seed=cast.seed),
            clock=SystemClock(),
        )
        self.weather = OutagePlayer(self.central.line, parse_script(cast.outages), SystemClock())
        self.printers: dict[str, VirtualCardPrinter] = {}
        self.daemon_command = [*_GILIRAN, "--config", str(self.config), "run"]
        self.daemon: subprocess.Popen[bytes] | None = None
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self.cups)
            starting.enter_context(self.central)
            starting.callback(self.weather.stop)
            starting.callback(self.kill_daemon)
            self._set_up_printers()
            self._write_config()
            self._open_office()
            if self.cast.dirty_clean_seconds:
                self.cups.restart()  # so that it remembers its queues at least
            self._ending = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.close()

    @property
    def settings(self) -> Settings:
        """As the daemon reads them."""
        return load_settings(self.config)

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
            raise CommandFailed(f"giliran {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def status(self) -> dict[str, Any]:
        """`giliran status --json`."""
        answer: dict[str, Any] = json.loads(self.giliran("status", "--json"))
        return answer

    def start_daemon(self) -> None:
        """`giliran run`, its log in a file."""
        with self.log.open("ab") as log:
            self.daemon = subprocess.Popen(self.daemon_command, stdout=log, stderr=log, env=_ENVIRONMENT)

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

    def look(self) -> Snapshot:
        """What `giliran status` shows, without the cost of a process."""
        with closing(open_store(self.settings)) as store:
            return snapshot(self.settings, store, open_lease(self.settings), SystemClock().now())

    def is_over(self, seen: Snapshot) -> bool:
        """Whether everybody who is to have a card has one, and the centre knows."""
        under_way = sum(seen.counts[state] for state in (State.READY, State.PRINTING, State.UNCONFIRMED))
        return (
            under_way == 0
            and seen.undelivered == 0
            and seen.counts[State.PRINTED] >= self.cast.print_ready
            and self.central.state.still_to_become_ready() == 0
        )

    def evidence(self) -> Evidence:
        """What the run left behind, for the verdict."""
        tape = sorted((card for printer in self.printers.values() for card in printer.tape()), key=lambda c: c.started)
        with closing(open_store(self.settings)) as store:
            rows = [row for state in State for row in store.view.queue(state, None)]
            return Evidence(
                tape=[card.title for card in tape if not card.spoiled],
                spoiled=sum(card.spoiled for card in tape),
                states={row.job.record_id: row.job.state for row in rows},
                print_ready=frozenset(
                    record_id for record_id in self.central.state.people if self._is_ready(record_id)
                ),
                everybody=frozenset(person.record_id for person in self.people),
                log=list(whole_log(store.log)),
                balances=store.ledger.balances(),
                blanks_received=self.blanks,
                reported=frozenset(self.central.state.issued),
            )

    def _is_ready(self, record_id: str) -> bool:
        return self.central.state.status(record_id) == PRINT_READY

    def _set_up_printers(self) -> None:
        for number in range(1, self.cast.printers + 1):
            name = f"card-{number}"
            short = self.cast.hopper if number == self.cast.printers else None
            printer = VirtualCardPrinter(
                self.cups.printer_folder(name),
                seconds_per_card=self.cast.seconds_per_card,
                hopper=self._load if short is None else short,
                ribbon=10 * self.cast.people,
            )
            self.cups.add_card_queue(f"Card_{number}", printer, guarded=False)
            self.printers[name] = printer
        self.cups.add_paper_queue("Office_Laser", VirtualPaperPrinter(self.cups.printer_folder("letters")))

    @property
    def _load(self) -> int:
        """Blanks loaded into each hopper, by the ledger."""
        return self.blanks // self.cast.printers

    def _write_config(self) -> None:
        token = self.folder / "central-token"
        token.write_text(TOKEN, encoding="utf-8")
        token.chmod(0o600)
        probe = self.cast.probe or {"interval": "1s", "timeout": "1s", "down_after": 2, "up_after": 1}
        printers: list[dict[str, object]] = [
            {"name": f"card-{number}", "kind": "card", "queue": f"Card_{number}", "options": {"media": "CR80"}}
            for number in range(1, self.cast.printers + 1)
        ]
        printers.append({"name": "letters", "kind": "paper", "queue": "Office_Laser"})
        settings = {
            "office": {"code": "1205", "name": "Disdukcapil Kabupaten Langkat"},
            "database": self._database(),
            "central": {
                "url": self.central.url,
                "token_file": str(token),
                "timeout": "5s",
                "probe": dict(probe),
                "sync": {"interval": "2s", "page_size": 200},
                "pull_ahead": self.cast.pull_ahead,
            },
            "outage": dict(self.cast.outage),
            "cups": {"server": self.cups.server, "guard_journal": str(self.cups.journal)},
            "printers": printers,
        }
        self.config.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")

    def _database(self) -> Mapping[str, str]:
        if self.cast.database is None:
            return {"url": f"sqlite:///{self.folder}/giliran.db"}
        return {"url": self.cast.database, "key_file": str(self.folder / "giliran.key")}

    def _open_office(self) -> None:
        """What the office's people did before the first card."""
        registrations = self.folder / "registrations.csv"
        registrations.write_text(registrations_csv(self.people), encoding="utf-8")
        self.giliran("migrate")
        self.giliran("import", str(registrations))
        self.giliran("blanks", "receive", str(self.blanks), "--batch", "BATCH-1", "--document", "SJ-001")
        for name in self.printers:
            self.giliran("blanks", "load", name, str(self._load))
            if self.cast.guarded:
                self.giliran("printer", "guard", name, "--backend-dir", str(self.cups.backend_dir))


_GILIRAN = [sys.executable, "-m", "daemon"]
_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(_ROOT), "COLUMNS": "160"}
