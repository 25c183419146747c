"""A whole office on one machine: real CUPS with virtual printers, a simulated centre, a database, the daemon itself.

The demo plays on it, and so do the acceptance tests. Everything is driven as its users would: by the command line.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.clock import SystemClock
from daemon.demo.centre import CentralSimulator, make_people, registrations_csv
from daemon.demo.centre.people import ready_schedule
from daemon.demo.centre.script import OutagePlayer, parse_script
from daemon.demo.cups import VirtualCardPrinter
from daemon.demo.point import Giliran, Point
from daemon.demo.verdict import Evidence
from daemon.domain.job import PRINT_READY
from daemon.domain.states import State
from daemon.main import open_lease, open_store
from daemon.queries.fairness import whole_log
from daemon.queries.status import Snapshot, snapshot

TOKEN = "demo-token"  # noqa: S105  of a simulated centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who and what is on the stage."""

    people: int
    not_ready: int = 0
    missing: int = 0
    points: int = 1
    """Machines, each with a daemon; several need a database on a server."""
    printers: int = 2
    """At each of them."""
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


class Stage(Point):
    """The first service point, the centre, and the other points. From __enter__ on everything but the daemons runs."""

    def __init__(self, folder: Path, cast: Cast, giliran: Giliran) -> None:
        """A folder that everybody may pass through, with a short path (CUPS's socket lies in it)."""
        super().__init__(folder, giliran, dirty_clean_seconds=cast.dirty_clean_seconds)
        self.cast = cast
        self.others = tuple(Point(folder / f"point-{number}", giliran) for number in range(2, cast.points + 1))
        self.people = make_people(cast.people, seed=cast.seed, not_ready=cast.not_ready, missing=cast.missing)
        self.blanks = cast.people + 20 * cast.points * cast.printers
        self.central = CentralSimulator(
            self.people,
            token=TOKEN,
            ready_schedule=ready_schedule(self.people, within_seconds=cast.ready_within_seconds, seed=cast.seed),
            clock=SystemClock(),
        )
        self.weather = OutagePlayer(self.central.line, parse_script(cast.outages), SystemClock())

    def _set_up(self, starting: ExitStack) -> None:
        super()._set_up(starting)
        starting.enter_context(self.central)
        starting.callback(self.weather.stop)
        for point in self.others:
            starting.enter_context(point)
        self._set_up_printers()
        self._write_config()
        self._open_office()
        if self.cast.dirty_clean_seconds:
            self.cups.restart()  # so that it remembers its queues at least

    @property
    def points(self) -> tuple[Point, ...]:
        """All service points, this one first."""
        return (self, *self.others)

    @property
    def all_printers(self) -> dict[str, VirtualCardPrinter]:
        """Of all points, by name."""
        return {name: printer for point in self.points for name, printer in point.printers.items()}

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
        tape = sorted(
            (card for printer in self.all_printers.values() for card in printer.tape()), key=lambda c: c.started
        )
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
        last = self.cast.points * self.cast.printers
        for number in range(1, last + 1):
            short = self.cast.hopper if number == last else None
            self.points[(number - 1) // self.cast.printers].add_printer(
                number,
                seconds_per_card=self.cast.seconds_per_card,
                hopper=self._load if short is None else short,
                ribbon=10 * self.cast.people,
            )

    @property
    def _load(self) -> int:
        """Blanks loaded into each hopper, by the ledger."""
        return self.blanks // (self.cast.points * self.cast.printers)

    def _write_config(self) -> None:
        token = self.folder / "central-token"
        token.write_text(TOKEN, encoding="utf-8")
        token.chmod(0o600)
        probe = self.cast.probe or {"interval": "1s", "timeout": "1s", "down_after": 2, "up_after": 1}
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
        }
        for point in self.points:
            point.configure(settings)

    def _database(self) -> Mapping[str, str]:
        if self.cast.database is None:
            return {"url": f"sqlite:///{self.folder}/giliran.db"}
        return {"url": self.cast.database, "key_file": str(self.folder / "giliran.key")}

    def _open_office(self) -> None:
        """What the office's people did before the first card."""
        registrations = self.folder / "registrations.csv"
        registrations.write_text(registrations_csv(self.people), encoding="utf-8")
        self.prepare("migrate")
        self.prepare("import", str(registrations))
        self.prepare("blanks", "receive", str(self.blanks), "--batch", "BATCH-1", "--document", "SJ-001")
        for point in self.points:
            for name in point.printers:
                point.prepare("blanks", "load", name, str(self._load))
            if self.cast.guarded:
                point.guard()
