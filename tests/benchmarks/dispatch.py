"""What the daemon adds to CUPS when printers are as fast as can be, and what a long history of jobs in CUPS costs.

The loops run in this process on a whole stage, real CUPS and the guard included; a card takes no time in the printer.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any

import cups

from adapters.clock import SystemClock
from daemon.cli import main as giliran
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.domain.states import State
from daemon.main import outside
from daemon.ports import Store
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.plan import Plan
from tests.fakes.lease import LoneLease
from tests.waiting import eventually
from workers.assembly import assemble
from workers.runner import Loop, Pause, Runner

WARM_CARDS = 3
"""On each printer, before anything is measured."""
CARDS = 15
"""On each printer, in each repetition."""
HISTORY = 10_000
CUPS_CLEANS = 30
SHARES = {1: Target(at_most=0.12), 8: Target(at_most=0.05)}
"""By printers."""


def measure(plan: Plan) -> list[Figure]:
    shares = {1: SHARES[1]} if plan.quick else SHARES
    return [
        *(_share(plan, printers, target) for printers, target in shares.items()),
        _with_a_history(plan, 200 if plan.quick else HISTORY),
    ]


def _share(plan: Plan, printers: int, target: Target) -> Figure:
    """Of the time that the printers' threads have, what goes into neither CUPS nor waiting."""
    with _dispatcher(plan, printers) as dispatcher:
        shares = [dispatcher.run() for _ in range(plan.repetitions)]
        rate = dispatcher.rate
    return Figure(
        what=f"time outside CUPS's calls and waiting for it, {printers} printer{'s' if printers > 1 else ''}",
        against="all of it",
        ratios=shares,
        seen=f"{rate:.3g} cards/s with all printers",
        target=target,
    )


def _with_a_history(plan: Plan, jobs: int) -> Figure:
    """With CUPS's own DirtyCleanInterval: at 0 it writes its list of jobs anew for each that is added."""
    with _dispatcher(plan, 1, CUPS_CLEANS) as long, _dispatcher(plan, 1, CUPS_CLEANS) as short:
        _make_history(long.stage, jobs)
        with_history, without = f"{jobs:,} finished jobs of others in CUPS", "none"
        sides = {with_history: _rate_of(long), without: _rate_of(short)}
        measured = alternate(sides, plan.repetitions)
    return compare(
        f"dispatch, {with_history}", measured, with_history, without, unit="cards/s", target=Target(at_least=0.95)
    )


def _rate_of(dispatcher: "_Dispatcher") -> Callable[[], float]:
    """Cards a second of one run."""

    def rate() -> float:
        dispatcher.run()
        return dispatcher.rate

    return rate


def _make_history(stage: Stage, jobs: int) -> None:
    """Letters that somebody printed from another program, or thought better of."""
    connection = cups.Connection(host=stage.cups.server)
    for number in range(jobs):
        made = connection.createJob("Office_Laser", f"letter {number}", {"job-hold-until": "indefinite"})
        connection.cancelJob(made)


@contextmanager
def _dispatcher(plan: Plan, printers: int, dirty_clean_seconds: int = 0) -> Iterator["_Dispatcher"]:
    """On a stage of its own; its printers are paused."""
    people = printers * (WARM_CARDS + (plan.repetitions + 1) * CARDS)
    cast = Cast(
        people=people,
        printers=printers,
        seconds_per_card=0,
        ready_within_seconds=0,
        dirty_clean_seconds=dirty_clean_seconds,
    )
    with stage_folder() as folder, Stage(folder, cast, giliran) as stage, ExitStack() as stack:
        world = outside(stage.settings, LoneLease(), stack)
        seconds, turn = Counter[str](), _TimedLock()
        office = assemble(stage.settings, replace(world, spooler=_Timed(world.spooler, seconds)))
        for queue in office.print_queues:
            queue.turn = turn  # type: ignore[assignment]
        loops = [*office.others, office.recovery, *(_TimedLoop(queue, seconds) for queue in office.print_queues)]
        runners = [Runner(loop, clock=world.clock, on_fatal=lambda error: None) for loop in loops]
        dispatcher = _Dispatcher(stage, world.store, seconds, turn)
        dispatcher.pause(True)
        for runner in runners:
            office.situation.listen(runner.hear)
            runner.start()
        try:
            dispatcher.warm_up()
            yield dispatcher
        finally:
            office.situation.ending.set()
            for runner in runners:
                runner.stop()
            for runner in runners:
                runner.join(15)


class _Dispatcher:
    """Prints some cards at a time."""

    def __init__(self, stage: Stage, store: Store, seconds: Counter[str], lock: "_TimedLock") -> None:
        self.stage = stage
        self.rate = 0.0
        """Cards a second in the last run."""
        self._store, self._seconds, self._lock = store, seconds, lock

    def pause(self, wanted: bool) -> None:
        """All printers, as an operator does."""
        for name in self.stage.printers:
            self._store.printers.set_paused(name, wanted, SystemClock().now(), "bench")

    def warm_up(self) -> None:
        """Everybody in line; the first cards, rendered and guarded for the first time."""
        people = self.stage.cast.people
        eventually(lambda: self._counts()[State.READY] == people, timeout_seconds=120, what="everybody in line")
        self._print(WARM_CARDS)

    def run(self) -> float:
        """The share of the threads' time that went into neither CUPS nor waiting."""
        before = self._own_seconds()
        took = self._print(CARDS)
        self.rate = CARDS * len(self.stage.printers) / took
        return (self._own_seconds() - before) / (took * len(self.stage.printers))

    def _print(self, cards: int) -> float:
        """So many on each printer, and what was under way then; the seconds it took."""
        aim = self._counts()[State.PRINTED] + cards * len(self.stage.printers)
        started = perf_counter()
        self.pause(False)
        eventually(lambda: self._counts()[State.PRINTED] >= aim, timeout_seconds=300, what=f"{aim} cards")
        took = perf_counter() - started
        self.pause(True)
        eventually(lambda: not self._counts()[State.PRINTING], timeout_seconds=60, what="the last card out")
        return took

    def _own_seconds(self) -> float:
        return self._seconds["steps"] - self._seconds["cups"] - self._lock.seconds

    def _counts(self) -> dict[State, int]:
        return self._store.view.counts()


class _Timed:
    """A spooler that tells how long its callers were in it; those who are no printer's thread are not counted."""

    def __init__(self, spooler: object, seconds: Counter[str]) -> None:
        self._spooler, self._seconds = spooler, seconds

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._spooler, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            started = perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                if threading.current_thread().name.startswith("print-queue"):
                    self._seconds["cups"] += perf_counter() - started  # type: ignore[assignment]

        return timed


class _TimedLoop:
    """A printer's loop that tells how long its steps took."""

    def __init__(self, loop: Loop, seconds: Counter[str]) -> None:
        self.name, self.patience_seconds = loop.name, loop.patience_seconds
        self.close = loop.close
        self._loop, self._seconds = loop, seconds

    def step(self) -> float | Pause:
        started = perf_counter()
        try:
            return self._loop.step()
        finally:
            self._seconds["steps"] += perf_counter() - started  # type: ignore[assignment]


class _TimedLock:
    """The printers' turn, which tells how long it was waited for: that is waiting for the CUPS calls of another one."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def acquire(self, blocking: bool = True) -> bool:
        started = perf_counter()
        taken = self._lock.acquire(blocking)
        self.seconds += perf_counter() - started
        return taken

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
