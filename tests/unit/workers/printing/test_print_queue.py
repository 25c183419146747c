"""What a printer says of itself while it waits."""

import threading
from pathlib import Path

import pytest

from adapters.cups import CupsSpooler, FileGuardJournal
from daemon.domain import ledger
from daemon.domain.dispatch import PrinterState
from daemon.domain.job import Verdict
from daemon.domain.ledger import Movement
from daemon.domain.states import State
from daemon.ports import Card, QueueStatus, RendererFailed, Store
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import card, situation, take_in
from workers.printing.condition import Condition
from workers.printing.outcomes import Outcomes
from workers.printing.print_queue import PrintQueue
from workers.printing.queue_guard import QueueGuard
from workers.printing.refused_cards import RefusedCards
from workers.start_gate import StartGate

PRINTER, QUEUE = "card-1", "Cards"
WELL = QueueStatus(
    stopped=False, accepting=True, reasons=frozenset(), message="", device_uri="giliran:/usb", driver="D"
)


class Blank:
    """Renders nothing that anybody would look at."""

    def admit(self, card: Card) -> Card:
        return card

    def render(self, card: Card, template: str) -> bytes:
        return b"%PDF-1.7"


class Failing(Blank):
    """Its process is killed each time."""

    def render(self, card: Card, template: str) -> bytes:
        raise RendererFailed(f"{card.record_id}: the typesetter was ended by SIGKILL")


@pytest.fixture
def printer(store: Store, clock: ManualClock, tmp_path: Path) -> PrintQueue:
    """Its guard is in place; CUPS went away just now."""
    known, spooler, journal = situation(clock), CupsSpooler(f"{tmp_path}/cups.sock"), FileGuardJournal(tmp_path, clock)
    known.set_queue(QUEUE, WELL)
    known.caught_up()
    return PrintQueue(
        printer=PRINTER,
        queue=QUEUE,
        options={},
        template="card",
        renderer=Blank(),
        jobs=store.jobs,
        printers=store.printers,
        spooler=spooler,
        outcomes=Outcomes(jobs=store.jobs, spooler=spooler, journal=journal, clock=clock),
        situation=known,
        gate=StartGate(situation=known, clock=clock, drain_for=None),
        condition=Condition(
            printer=PRINTER,
            queue=QUEUE,
            printers=store.printers,
            spooler=spooler,
            situation=known,
            guard=QueueGuard(printer=PRINTER, printers=store.printers, journal=journal),
            clock=clock,
        ),
        refused_cards=RefusedCards(printer=PRINTER, queue=QUEUE, jobs=store.jobs, clock=clock),
        turn=threading.Lock(),
        clock=clock,
    )


def says(store: Store, printer: PrintQueue) -> tuple[PrinterState, tuple[str, ...]]:
    printer.step()
    report = store.printers.reports()[PRINTER]
    return report.state, report.reasons


def load(store: Store, clock: ManualClock) -> None:
    for credit, debit in ((ledger.CENTRE, ledger.STORE), (ledger.STORE, ledger.hopper(PRINTER))):
        store.ledger.move(Movement(quantity=5, credit=credit, debit=debit, reason="test"), at=clock.now(), actor="test")


def test_it_says_what_it_waits_for_as_long_as_it_does(store: Store, clock: ManualClock, printer: PrintQueue) -> None:
    assert says(store, printer) == (PrinterState.IDLE, ())
    take_in(store, clock, "R-1", "R-2")
    assert says(store, printer) == (PrinterState.IDLE, ("no_blanks",))
    load(store, clock)
    store.pulled_cards.save(card("R-2"))
    assert says(store, printer) == (PrinterState.IDLE, ("awaits_document",)), "nobody passes the head of the queue"
    store.pulled_cards.save(card("R-1"))
    assert says(store, printer) == (PrinterState.STOPPED, ("cups",))
    assert store.jobs.job("R-1").state is State.READY, "CUPS was not reached, so no card was made"


def test_a_printer_that_may_start_nothing_waits_for_no_document(
    store: Store, clock: ManualClock, printer: PrintQueue
) -> None:
    take_in(store, clock, "R-1")
    load(store, clock)
    assert says(store, printer) == (PrinterState.IDLE, ("awaits_document",))
    printer.gate.is_behind = lambda: True
    assert says(store, printer) == (PrinterState.IDLE, ())


def test_a_second_doubt_after_a_restart_stops_the_printer_too(
    store: Store, clock: ManualClock, printer: PrintQueue
) -> None:
    store.printers.set_doubts(PRINTER, 1)
    printer.condition.ended(Verdict.IN_DOUBT, ())  # of a card that was in the printer when the daemon started
    assert says(store, printer) == (PrinterState.STOPPED, ("in-doubt",))


def test_a_renderer_that_fails_takes_the_claim_back_and_blames_neither_card_nor_cups(
    store: Store, clock: ManualClock, printer: PrintQueue
) -> None:
    take_in(store, clock, "R-1")
    load(store, clock)
    store.pulled_cards.save(card("R-1"))
    printer.renderer = Failing()
    assert says(store, printer) == (PrinterState.STOPPED, ("renderer",))
    job = store.jobs.job("R-1")
    assert (job.state, job.fault) == (State.READY, None)
    assert store.ledger.balances()[ledger.hopper(PRINTER)] == 5
