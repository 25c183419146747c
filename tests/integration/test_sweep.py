"""What CUPS holds of ours and nobody waits for is removed: real CUPS, real store, real journal."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.cups import FileGuardJournal
from adapters.database import migrate, open_store
from daemon.demo.cups import PrivateCups
from daemon.domain.job import Verdict, conclude
from daemon.domain.recovery import MarkKind
from daemon.domain.token import Token
from daemon.ports import Claim, Store
from tests.contract.office import NOON, in_line, stock
from tests.fixtures.cups import CardQueue, make_card_queue
from workers.printing.outcomes import Outcomes

RECORD = "R-1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Somebody's first attempt is over: no card was made."""
    url = f"sqlite:///{tmp_path}/giliran.db"
    migrate(url, "1205")
    with closing(open_store(url, "1205", SystemClock())) as store:
        stock(store)
        in_line(store, RECORD)
        claim = store.jobs.claim("card-1", NOON, journal=None)
        assert isinstance(claim, Claim)
        store.jobs.apply(conclude(claim.attempt.job, Verdict.NO_CARD, reason="test", at=NOON))
        yield store


def sweep(store: Store, queue: CardQueue, journal: Path) -> None:
    clock = SystemClock()
    Outcomes(jobs=store.jobs, spooler=queue.spooler, journal=FileGuardJournal(journal, clock), clock=clock).sweep()


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "no-guard-and-no-journal"])
def test_a_left_over_of_a_settled_attempt_is_removed(
    new_cups: Callable[..., PrivateCups], store: Store, card_pdf: bytes, tmp_path: Path, guarded: bool
) -> None:
    queue = make_card_queue(new_cups(), guarded=guarded)
    token = Token(RECORD, 1)
    queue.submit(token, card_pdf)

    sweep(store, queue, queue.cups.journal if guarded else tmp_path / "none")

    assert queue.spooler.find(token) is None
    if guarded:
        assert queue.journal.read(token).kind is MarkKind.VOIDED


def test_what_is_left_of_a_finished_job_is_removed(
    new_cups: Callable[..., PrivateCups], store: Store, card_pdf: bytes
) -> None:
    """With `PreserveJobFiles` that is somebody's card, with photo and name."""
    queue = make_card_queue(new_cups())
    token = Token(RECORD, 1)
    queue.start(token, card_pdf)
    queue.ended(token)

    sweep(store, queue, queue.cups.journal)

    assert queue.spooler.find(token) is None


def test_a_job_that_is_not_known_here_is_left_alone(
    new_cups: Callable[..., PrivateCups], store: Store, card_pdf: bytes
) -> None:
    queue = make_card_queue(new_cups())
    queue.submit(Token(RECORD, 2), card_pdf)
    queue.submit(Token("another-office", 1), card_pdf)

    sweep(store, queue, queue.cups.journal)

    assert len(queue.spooler.ours()) == 2
