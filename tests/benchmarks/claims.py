"""From claim to printed: ledger, log, attempt and outbox with every card."""

import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter, process_time

from daemon.domain.job import Verdict, conclude
from daemon.ports import Claim, Store
from tests.benchmarks import bound, huey_queue, slow_sync
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.office import NOON, PRINTERS, people
from tests.benchmarks.plan import Plan

OURS, BOUND, HUEY = "giliran", "bound by hand", "huey"


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one side in one repetition."""

    cards_a_second: float
    processor: float
    """Microseconds a card."""


def measure(plan: Plan) -> list[Figure]:
    with slow_sync.slowed():
        disk = f"a sync takes {slow_sync.MILLISECONDS:g} ms more"
        on_a_slow_disk = [
            *_measure(plan, 1, disk, processor=None, to_bound=None, to_huey=1.3),
            *_measure(plan, 8, disk, processor=None, to_bound=None, to_huey=4),
        ]
    return [
        *on_a_slow_disk,
        *_measure(plan, 1, "this disk", processor=1.4, to_bound=0.9, to_huey=0.75),
        *_measure(plan, 8, "this disk", processor=1.6, to_bound=0.8, to_huey=1.2),
    ]


def _measure(
    plan: Plan, count: int, disk: str, *, processor: float | None, to_bound: float | None, to_huey: float
) -> list[Figure]:
    printers = PRINTERS[:count]
    cards = 400
    sides: dict[str, Callable[[], Speed]] = {
        OURS: partial(_ours, plan, cards, printers),
        BOUND: partial(_bound, plan, cards, printers),
        HUEY: partial(_huey, plan, cards, printers),
    }
    measured = alternate(sides, plan.repetitions)
    rates = {side: [each.cards_a_second for each in speeds] for side, speeds in measured.items()}
    processors = {side: [each.processor for each in speeds] for side, speeds in measured.items()}
    what = f"{plan.backlog:,} ready, {count} printer{'s' if count > 1 else ''}, {disk}"
    return [
        compare(
            f"{what}: processor a card",
            processors,
            OURS,
            BOUND,
            unit="µs",
            target=None if processor is None else Target(at_most=processor),
        ),
        compare(
            what,
            rates,
            OURS,
            BOUND,
            unit="cards/s",
            target=None if to_bound is None else Target(at_least=to_bound),
        ),
        compare(what, rates, OURS, HUEY, unit="cards/s", target=Target(at_least=to_huey)),
    ]


def our_rate(plan: Plan, waiting: int, cards: int, printers: Sequence[str]) -> float:
    """Cards a second through the store, each printer in a thread of its own."""
    with plan.offices.store(waiting) as store:
        return _timed(cards, lambda: _print_on_all(store, cards, printers)).cards_a_second


def _ours(plan: Plan, cards: int, printers: Sequence[str]) -> Speed:
    with plan.offices.store(plan.backlog) as store:
        return _timed(cards, lambda: _print_on_all(store, cards, printers))


def _print_on_all(store: Store, cards: int, printers: Sequence[str]) -> None:
    threads = [
        threading.Thread(target=print_cards, args=(store, printer, cards // len(printers))) for printer in printers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.ledger.balances()["issued"] == cards // len(printers) * len(printers), "every card was made"


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


def _bound(plan: Plan, cards: int, printers: Sequence[str]) -> Speed:
    folder = plan.offices.copy(plan.backlog)
    speed = _timed(cards, lambda: bound.print_cards(folder, cards, printers))
    shutil.rmtree(folder)
    return speed


def _huey(plan: Plan, cards: int, printers: Sequence[str]) -> Speed:
    folder = plan.folder / "huey"
    queue = huey_queue.HueyQueue(folder)
    queue.fill([record.record_id for record in people(plan.backlog)])
    speed = _timed(cards, lambda: queue.print_cards(cards, len(printers)))
    queue.close()
    shutil.rmtree(folder)
    return speed


def _timed(cards: int, run: Callable[[], None]) -> Speed:
    started, used = perf_counter(), process_time()
    run()
    return Speed(cards / (perf_counter() - started), (process_time() - used) / cards * 1_000_000)
