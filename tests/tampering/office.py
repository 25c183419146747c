"""A small office whose books are tampered with: people of all kinds, rules, blanks; what others hold of its log."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.database import migrate, open_store
from adapters.log_key import Ed25519LogKey
from daemon.domain import ledger
from daemon.domain.job import Verdict, cancel, conclude, confirm, hand_over, hold, release, reprint
from daemon.domain.ledger import Count, Movement
from daemon.domain.rules import Lane, Rules
from daemon.ports import Store
from daemon.queries.tree import checkpoint
from tests.contract.office import CLERK, NOON, card, in_line, print_next, start, stock
from tests.fakes.clock import ManualClock

CODE = "1205"
ORIGIN = f"giliran/{CODE}"
KEY = Ed25519LogKey(ORIGIN, bytes(range(32)))
ELDERLY = Lane(name="lansia", instruction="SK 12/2026", one_in=3)


@dataclass(frozen=True, slots=True)
class Scene:
    """Files of one office."""

    now: Path
    earlier: tuple[Path, ...]
    """The same database as it was before."""
    paper: str
    """Its newest head, which others hold."""


def opened(file: Path) -> Store:
    return open_store(f"sqlite:///{file}", CODE, ManualClock(NOON), file.parent / "key")


def set_up(folder: Path) -> Scene:
    """Half a day's work, with a head signed after each part of it."""
    file, clock = folder / "giliran.db", ManualClock(NOON)
    migrate(f"sqlite:///{file}", CODE, folder / "key", clock=clock)
    earlier, paper = [], ""
    for number, work in enumerate((_morning, _noon, _afternoon)):
        with closing(opened(file)) as store:
            work(store)
            clock.advance(3600)
            paper = checkpoint(store.tree, KEY, ORIGIN, clock).note
        earlier.append(folder / f"{number}.db")
        shutil.copy(file, earlier[-1])
    return Scene(now=file, earlier=tuple(earlier[:-1]), paper=paper)


def _morning(store: Store) -> None:
    stock(store, quantity=60)
    in_line(store, *(f"A-{n:02}" for n in range(20)))
    for n in range(8):
        print_next(store, at=NOON + timedelta(minutes=n))
    for n in range(4):
        store.jobs.apply(hand_over(store.jobs.job(f"A-{n:02}"), at=NOON, actor=CLERK))
    store.jobs.apply(conclude(start(store), Verdict.SPOILED, reason="ribbon", at=NOON))


def _noon(store: Store) -> None:
    store.order.adopt(Rules(lanes=(ELDERLY,), timezone="Asia/Jakarta"), at=NOON, actor="giliran")
    store.order.set_lane("A-17", "lansia", reason="71 tahun", at=NOON, actor=CLERK)
    store.jobs.apply(hold(store.jobs.job("A-15"), reason="the village is asked", at=NOON, actor=CLERK))
    store.jobs.apply(cancel(store.jobs.job("A-16"), reason="moved away", at=NOON, actor=CLERK))
    store.pulled_cards.save(card("A-08"))
    in_doubt = start(store)
    store.jobs.apply(conclude(in_doubt, Verdict.IN_DOUBT, reason="power cut", at=NOON))
    doubtful = store.jobs.job(in_doubt.record_id)
    store.jobs.apply(confirm(doubtful, Verdict.PRINTED, reason="it lies here", at=NOON + timedelta(1), actor=CLERK))
    for _ in range(3):
        print_next(store)


def _afternoon(store: Store) -> None:
    store.jobs.apply(release(store.jobs.job("A-15"), at=NOON, actor=CLERK))
    store.jobs.apply(reprint(store.jobs.job("A-00"), reason="another name", at=NOON, actor=CLERK))
    store.pulled_cards.save(card("A-00"))
    print_next(store)
    store.ledger.count(Count(account=ledger.STORE, quantity=1, note="under the table"), at=NOON, actor=CLERK)
    more = Movement(quantity=40, credit=ledger.CENTRE, debit=ledger.STORE, reason="received", batch="B-2")
    store.ledger.move(more, at=NOON, actor=CLERK)
    in_line(store, *(f"B-{n:02}" for n in range(10)))
    print_next(store)
    start(store)
