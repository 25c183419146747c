"""What a crash left behind is judged by the journal that it was started in, and by no other."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.cups import CupsSpooler, FileGuardJournal
from daemon.domain import ledger
from daemon.domain.errors import Fatal
from daemon.domain.ledger import Movement
from daemon.domain.recovery import Mark
from daemon.domain.states import State
from daemon.domain.token import Token
from daemon.ports import Claim, GuardJournal, Store
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import card, take_in
from workers.printing.outcomes import Outcomes
from workers.printing.recovery import Recovery

PRINTER = "card-1"


class DyingDisk(FileGuardJournal):
    """Its disk is exchanged for an empty one at the very moment when a token is to be taken back."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        super().__init__(folder, clock)
        self.folder = folder

    def void(self, token: Token) -> Mark:
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        return super().void(token)


def recovery(store: Store, journal: GuardJournal, clock: ManualClock) -> Recovery:
    spooler = CupsSpooler("/nowhere/cups.sock")
    return Recovery(
        jobs=store.jobs,
        printers=store.printers,
        journal=journal,
        outcomes=Outcomes(jobs=store.jobs, spooler=spooler, journal=journal, clock=clock),
        clock=clock,
        queues={PRINTER: SimpleNamespace(queue="Cards")},  # type: ignore[dict-item]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "journal"
    made.mkdir()
    return made


@pytest.fixture
def under_way(store: Store, folder: Path, clock: ManualClock) -> str:
    """Somebody whose card was started; what became of it stood in the journal."""
    for credit, debit in ((ledger.CENTRE, ledger.STORE), (ledger.STORE, ledger.hopper(PRINTER))):
        store.ledger.move(Movement(quantity=5, credit=credit, debit=debit, reason="test"), at=clock.now(), actor="test")
    take_in(store, clock, "R-1")
    store.pulled_cards.save(card("R-1"))
    journal = FileGuardJournal(folder, clock).identity()
    store.printers.serve(PRINTER, queue="Cards", journal=journal, at=clock.now())
    claim = store.jobs.claim(PRINTER, clock.now(), journal=journal)
    assert isinstance(claim, Claim)
    return "R-1"


def test_a_journal_that_is_lost_in_the_midst_of_it_takes_nobody_back(
    store: Store, folder: Path, clock: ManualClock, under_way: str
) -> None:
    with pytest.raises(Fatal, match="lost or exchanged"):
        recovery(store, DyingDisk(folder, clock), clock).at_start()
    assert store.jobs.job(under_way).state is State.PRINTING

    recovery(store, FileGuardJournal(folder, clock), clock).at_start()
    job = store.jobs.job(under_way)
    assert (job.state, job.reason) == (State.UNCONFIRMED, "the guard's journal was lost")


def test_what_never_reached_the_printer_is_ready_again(
    store: Store, folder: Path, clock: ManualClock, under_way: str
) -> None:
    recovery(store, FileGuardJournal(folder, clock), clock).at_start()
    assert store.jobs.job(under_way).state is State.READY
    assert store.ledger.balances()[ledger.hopper(PRINTER)] == 5
