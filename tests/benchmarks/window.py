"""a window of link, 1 Mbit/s and 300 ms there and back: how full it is, and how many cards come of it.

Ten minutes a day are scaled down; the real loops, the real store, and narrow_line.py before a simulated
centre.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock
from adapters.cups import CupsEvents, CupsSpooler, FileGuardJournal
from adapters.database import open_store
from daemon import main as root
from daemon.domain import job as moves
from daemon.domain.job import Verdict
from daemon.domain.states import State
from daemon.ports import CardRenderer, Claim, Store
from daemon.settings import Settings
from tests.benchmarks.centre import TOKEN, centre
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.narrow_line import NarrowLine
from tests.benchmarks.office import PRINTERS, url
from tests.benchmarks.plan import Plan
from tests.fakes.lease import LoneLease
from workers.assembly import Office, Outside, assemble
from workers.printing.print_queue import PrintQueue
from workers.printing.printer_watch import PrinterWatch
from workers.runner import Runner
from workers.situation import Topic

BITS_PER_SECOND = 1_000_000
ROUND_TRIP_SECONDS = 0.3
CONNECTIONS = 6
"""As the configuration has it where nothing is said."""
PEOPLE = 1000
CARD_SECONDS = 1.0
AWAY_FOR = 3
"""So many times as long as the window the link is away after it."""


def measure_windows(plan: Plan) -> list[Figure]:
    window_seconds = 10.0 if plan.quick else 30.0
    with centre(PEOPLE) as port:
        several, one = (_used(plan, port, window_seconds, connections) for connections in (CONNECTIONS, 1))
        ahead = _printed(plan, port, window_seconds / 2, pull_ahead=100, policy="drain")
        without = _printed(plan, port, window_seconds / 2, pull_ahead=1, policy="pause")
    what = f"{window_seconds:.0f} s of line"
    return [
        Figure(
            what=f"{what}: bytes carried, {CONNECTIONS} connections",
            against="its capacity",
            ratios=[several[0]],
            seen=f"{several[1]} cards pulled",
            target=Target(at_least=0.9),
        ),
        Figure(
            what=f"{what}: bytes carried, 1 connection",
            against="its capacity",
            ratios=[one[0]],
            seen=f"{one[1]} cards pulled",
        ),
        Figure(
            what=f"{window_seconds / 2:.0f} s of line, then {AWAY_FOR} times as long without, pull_ahead 100, drain",
            against="pull_ahead 1, pause",
            ratios=[ahead / without],
            seen=f"{ahead} : {without} cards, one a second",
        ),
    ]


def _used(plan: Plan, port: int, window_seconds: float, connections: int) -> tuple[float, int]:
    """The part of the capacity that was used from the first second on, and how many cards lie here then."""
    with (
        NarrowLine(("127.0.0.1", port), bits_per_second=BITS_PER_SECOND, round_trip_seconds=ROUND_TRIP_SECONDS) as line,
        _office(plan, line.url, pull_ahead=PEOPLE, connections=connections, policy="pause") as (_, store),
    ):
        _let_pass(window_seconds)
        carried = line.carried_bytes
        ready = store.view.counts()[State.READY]
        pulled = ready - len(store.pulled_cards.wanted(PEOPLE))
    return carried * 8 / (BITS_PER_SECOND * window_seconds), pulled


def _printed(plan: Plan, port: int, window_seconds: float, *, pull_ahead: int, policy: str) -> int:
    """Cards made while the link is there and then away."""
    with (
        NarrowLine(("127.0.0.1", port), bits_per_second=BITS_PER_SECOND, round_trip_seconds=ROUND_TRIP_SECONDS) as line,
        _office(plan, line.url, pull_ahead=pull_ahead, connections=CONNECTIONS, policy=policy) as (office, store),
        _printer(office, store),
    ):
        _let_pass(window_seconds)
        line.goes()
        _let_pass(AWAY_FOR * window_seconds)
        return store.view.counts()[State.PRINTED]


@contextmanager
def _office(
    plan: Plan, central_url: str, *, pull_ahead: int, connections: int, policy: str
) -> Iterator[tuple[Office, Store]]:
    """The loops that talk to the centre, running; the printers' are not."""
    folder, clock = plan.offices.copy(0), SystemClock()
    settings = Settings.model_validate(
        {
            "office": {"code": "1205", "name": "Kantor Contoh"},
            "database": {"url": url(folder)},
            "central": {"url": central_url, "pull_ahead": pull_ahead, "connections": connections},
            "outage": {"policy": policy},
            "printers": ({"name": PRINTERS[0], "kind": "card", "queue": "Cards", "options": {"media": "CR80"}},),
        }
    )
    central = HttpCentralServer(url=central_url, token=TOKEN, timeout_seconds=10, probe_timeout_seconds=5, clock=clock)
    with (
        closing(open_store(url(folder), "1205", clock)) as store,
        closing(central),
        closing(root.card_renderer(settings)) as documents,
    ):
        office = assemble(settings, _outside(folder, store, central, documents))
        runners = [
            Runner(loop, clock=clock, on_fatal=lambda error: None)
            for loop in office.others
            if not isinstance(loop, PrinterWatch)
        ]
        for runner in runners:
            office.situation.listen(runner.hear)
        for runner in runners:
            runner.start()
        try:
            yield office, store
        finally:
            for runner in runners:
                runner.stop()
            for runner in runners:
                runner.join(15)


def _outside(folder: Path, store: Store, central: HttpCentralServer, documents: CardRenderer) -> Outside:
    """CUPS is named and never asked."""
    return Outside(
        store=store,
        central=central,
        spooler=CupsSpooler("/nowhere"),
        events=CupsEvents("/nowhere", []),
        journal=FileGuardJournal(folder / "journal", SystemClock()),
        renderer=documents,
        lease=LoneLease(),
        clock=SystemClock(),
    )


@contextmanager
def _printer(office: Office, store: Store) -> Iterator[None]:
    """Takes the head of the queue whenever a card may be started, and makes a card a second."""
    ended = threading.Event()
    queue: PrintQueue = office.print_queues[0]

    def work() -> None:
        while not ended.wait(0.02):
            if not queue.gate.is_open():
                continue
            claim = store.jobs.claim(
                queue.printer, queue.clock.now(), journal="J-1", documents_since=queue.gate.documents_since()
            )
            if isinstance(claim, Claim):
                ended.wait(CARD_SECONDS)
                made = moves.conclude(claim.attempt.job, Verdict.PRINTED, reason=None, at=queue.clock.now())
                store.jobs.apply(made)
                office.situation.notify(Topic.TURN)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _let_pass(seconds: float) -> None:
    threading.Event().wait(seconds)
