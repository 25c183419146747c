"""From claim to printed: ledger, log, attempt and outbox with every card."""

import shutil
import threading
from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter

from daemon.domain.job import Verdict, conclude
from daemon.ports import Claim, Store
from tests.benchmarks import bound, huey_queue, slow_sync
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.office import NOON, PRINTERS, people
from tests.benchmarks.plan import Plan

OURS, BOUND, HUEY = "giliran", "bound by hand", "huey"


def measure(plan: Plan) -> list[Figure]:
    with slow_sync.slowed():
        on_a_slow_disk = _measure(plan, f"a sync takes {slow_sync.MILLISECONDS:g} ms more")
    return [*on_a_slow_disk, *_measure(plan, "this disk")]


def _measure(plan: Plan, disk: str) -> list[Figure]:
    figures: list[Figure] = []
    for printers, cards, to_bound, to_huey in (
        (PRINTERS[:1], 150, Target(at_least=0.8), Target(at_least=1.0)),
        (PRINTERS, 320, None, Target(at_least=2.5)),
    ):
        sides: dict[str, Callable[[], float]] = {
            OURS: partial(our_rate, plan, plan.backlog, cards, printers),
            BOUND: partial(_bound_rate, plan, cards, printers),
            HUEY: partial(_huey_rate, plan, cards, printers),
        }
        measured = alternate(sides, plan.repetitions)
        what = f"{plan.backlog:,} ready, {len(printers)} printer{'s' if len(printers) > 1 else ''}, {disk}"
        figures.append(compare(what, measured, OURS, BOUND, unit="cards/s", target=to_bound))
        figures.append(compare(what, measured, OURS, HUEY, unit="cards/s", target=to_huey))
    return figures


def our_rate(plan: Plan, waiting: int, cards: int, printers: Sequence[str]) -> float:
    """Cards a second through the store, each printer in a thread of its own."""
    with plan.offices.store(waiting) as store:
        threads = [
            threading.Thread(target=print_cards, args=(store, printer, cards // len(printers))) for printer in printers
        ]
        started = perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = perf_counter() - started
        assert store.ledger.balances()["issued"] == cards // len(printers) * len(printers), "every card was made"
    return cards / seconds


def print_cards(store: Store, printer: str, cards: int, made_one: Callable[[], None] = lambda: None) -> None:
    """One commit a card: it is finished, and the next one is claimed."""
    claim = store.jobs.claim(printer, NOON, journal="J-1")
    for number in range(cards):
        assert isinstance(claim, Claim), claim
        made = conclude(claim.attempt.job, Verdict.PRINTED, reason=None, at=NOON)
        if number + 1 < cards:
            claim = store.jobs.conclude_and_claim(made, printer, NOON, journal="J-1")
        else:
            store.jobs.apply(made)
        made_one()


def _bound_rate(plan: Plan, cards: int, printers: Sequence[str]) -> float:
    folder = plan.offices.copy(plan.backlog)
    started = perf_counter()
    bound.print_cards(folder, cards, printers)
    seconds = perf_counter() - started
    shutil.rmtree(folder)
    return cards / seconds


def _huey_rate(plan: Plan, cards: int, printers: Sequence[str]) -> float:
    folder = plan.folder / "huey"
    queue = huey_queue.HueyQueue(folder)
    queue.fill([record.record_id for record in people(plan.backlog)])
    started = perf_counter()
    queue.print_cards(cards, len(printers))
    seconds = perf_counter() - started
    queue.close()
    shutil.rmtree(folder)
    return cards / seconds
