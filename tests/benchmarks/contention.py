"""The slowest claim while somebody else writes: four printers, and an import of the office's registrations beside them.

The import is another process, as `giliran import` is.
"""

import shutil
import statistics
import subprocess
import sys
import threading
from contextlib import closing
from time import perf_counter

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain.job import Verdict, conclude
from daemon.ports import Claim, Store
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.office import NOON, PRINTERS, url
from tests.benchmarks.plan import Plan

CARDS = 80
"""On each of four printers."""
BETWEEN_SECONDS = 0.05
"""Cards do not come one upon the other; so the import gets its turns as well."""
MOST_SECONDS = 0.03


def measure(plan: Plan) -> list[Figure]:
    slowest, middle = [], []
    for _ in range(plan.repetitions):
        took = _claims(plan, 10 if plan.quick else CARDS)
        slowest.append(max(took) / MOST_SECONDS)
        middle.append(statistics.median(took))
    return [
        Figure(
            what="the slowest claim, 4 printers and an import, SQLite",
            against=f"{MOST_SECONDS * 1000:.0f} ms",
            ratios=slowest,
            seen=f"{statistics.median(slowest) * MOST_SECONDS * 1000:.0f} ms; the middle claim "
            f"{statistics.median(middle) * 1000:.1f} ms",
            target=Target(at_most=1),
        )
    ]


def _claims(plan: Plan, cards: int) -> list[float]:
    """Seconds that each claim took."""
    folder = plan.offices.copy(plan.backlog)
    with closing(open_store(url(folder), "1205", SystemClock())) as store:
        importing = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.import_worker", str(folder)])
        took: list[float] = []
        threads = [threading.Thread(target=_print, args=(store, name, cards, took)) for name in PRINTERS[:4]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert importing.poll() is None, "the import lasts longer than the cards, or it was not beside them"
        importing.kill()
        importing.wait()
    shutil.rmtree(folder)
    return took


def _print(store: Store, printer: str, cards: int, took: list[float]) -> None:
    for _ in range(cards):
        threading.Event().wait(BETWEEN_SECONDS)
        started = perf_counter()
        claim = store.jobs.claim(printer, NOON, journal="J-1")
        took.append(perf_counter() - started)
        assert isinstance(claim, Claim), claim
        store.jobs.apply(conclude(claim.attempt.job, Verdict.PRINTED, reason=None, at=NOON))
