"""The whole backlog put into an empty office at once."""

import os
import shutil
from collections.abc import Callable
from functools import partial
from time import perf_counter

from tests.benchmarks import bound, huey_queue
from tests.benchmarks.claims import BOUND, HUEY, OURS
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.office import NOON, pages, people
from tests.benchmarks.plan import Plan

TO_HUEY = 20
"""huey gets a twentieth of them: it takes a commit for each."""


def measure(plan: Plan) -> list[Figure]:
    sides: dict[str, Callable[[], float]] = {
        OURS: partial(_our_rate, plan),
        BOUND: partial(_bound_rate, plan),
        HUEY: partial(_huey_rate, plan),
    }
    measured = alternate(sides, plan.repetitions)
    what = f"{plan.backlog:,} records taken in bulk"
    return [
        compare(what, measured, OURS, BOUND, unit="records/s", target=Target(at_least=0.7)),
        compare(what, measured, OURS, HUEY, unit="records/s", target=Target(at_least=8)),
    ]


def _our_rate(plan: Plan) -> float:
    records = people(plan.backlog)
    with plan.offices.store(0) as store:
        started = perf_counter()
        for page in pages(records):
            store.records.take_page(page, NOON)
        return len(records) / (perf_counter() - started)


def _bound_rate(plan: Plan) -> float:
    records = people(plan.backlog)
    folder = plan.offices.copy(0)
    sealed = os.urandom(160)
    started = perf_counter()
    bound.enqueue(folder, records, sealed)
    seconds = perf_counter() - started
    shutil.rmtree(folder)
    return len(records) / seconds


def _huey_rate(plan: Plan) -> float:
    folder = plan.folder / "huey"
    record_ids = [record.record_id for record in people(plan.backlog // TO_HUEY)]
    queue = huey_queue.HueyQueue(folder)
    started = perf_counter()
    queue.enqueue(record_ids)
    seconds = perf_counter() - started
    queue.close()
    shutil.rmtree(folder)
    return len(record_ids) / seconds
