"""Whether a long line makes the next card slower."""

from functools import partial

from tests.benchmarks.claims import our_rate
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.office import PRINTERS
from tests.benchmarks.plan import Plan

SHORT = 1_000
CARDS = 150


def measure(plan: Plan) -> list[Figure]:
    lengths = [2_000] if plan.quick else [100_000, 1_000_000] if plan.full else [100_000]
    sides = {
        f"{waiting:,} ready": partial(our_rate, plan, waiting, CARDS, PRINTERS[:1]) for waiting in (SHORT, *lengths)
    }
    measured = alternate(sides, plan.repetitions)
    return [
        compare(
            f"rate with {waiting:,} ready",
            measured,
            f"{waiting:,} ready",
            f"{SHORT:,} ready",
            unit="cards/s",
            target=Target(at_least=0.85),
        )
        for waiting in lengths
    ]
