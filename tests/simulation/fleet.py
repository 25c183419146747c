"""Many seeds over several processes, and what they add up to."""

import multiprocessing
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty
from typing import TYPE_CHECKING

from tests.simulation.bugs import BUGS, NO_BUG, Bug
from tests.simulation.database import Database, database
from tests.simulation.run import Result, run

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

LAST_LINES = 30
_POLL_SECONDS = 2.0
_TIDY_SECONDS = 10.0
"""So long a process may take to remove its database."""


@dataclass(slots=True)
class Total:
    """Sums over results."""

    seeds: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """One more."""
        self.seeds += 1
        self.injected += result.injected
        self.counts += Counter(
            deaths=result.deaths,
            cards=result.cards,
            unconfirmed=result.unconfirmed,
            calls=result.calls,
            waited_for_clock=result.waited_for_clock,
        )
        if result.violation is not None:
            self.failed.append(result)

    def violations_of(self, *invariants: str) -> int:
        """Runs that failed by one of these."""
        return sum((result.violation or "").startswith(invariants) for result in self.failed)


def results(seeds: Sequence[int], *, processes: int, bug: str | None = None) -> Iterator[Result]:
    """In the order in which they come. Of the trace only the end is kept."""
    if processes == 1:
        with database() as disk:
            for seed in seeds:
                yield _trimmed(run(seed, disk, _bug(bug)))
        return
    context = multiprocessing.get_context("spawn")  # a fork would take the threads' locks along, but not the threads
    come: Queue[Result | str] = context.Queue()
    workers = [
        context.Process(target=_work, args=(seeds[number::processes], bug, come), daemon=True)
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    try:
        for _ in seeds:
            yield _next(come, workers)
        for worker in workers:
            worker.join(_TIDY_SECONDS)
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def first_found(name: str, disk: Database) -> tuple[int, str] | None:
    """(runs until the seeded bug was found, the invariant), within the number that is stated for it."""
    for seed in range(1, BUGS[name].found_within + 1):
        violation = run(seed, disk, BUGS[name]).violation
        if violation is not None:
            return seed, violation.partition(":")[0]
    return None


def _next(come: "Queue[Result | str]", workers: Sequence[multiprocessing.process.BaseProcess]) -> Result:
    while True:
        try:
            result = come.get(timeout=_POLL_SECONDS)
        except Empty:
            if any(worker.exitcode not in (None, 0) for worker in workers):
                raise RuntimeError("a process of the simulation ended before its time") from None
            continue
        if isinstance(result, str):
            raise RuntimeError(result)
        return result


def _work(seeds: Sequence[int], bug: str | None, come: "Queue[Result | str]") -> None:
    parent = multiprocessing.parent_process()
    with database() as disk:
        for seed in seeds:
            if parent is None or not parent.is_alive():
                return
            try:
                come.put(_trimmed(run(seed, disk, _bug(bug))))
            except Exception:  # noqa: BLE001 - raised again where it is waited for
                come.put(f"seed {seed}: the simulator itself failed\n{traceback.format_exc()}")
                return


def _bug(name: str | None) -> Bug:
    return NO_BUG if name is None else BUGS[name]


def _trimmed(result: Result) -> Result:
    return replace(result, lines=result.lines[-LAST_LINES:])
