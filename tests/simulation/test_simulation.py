"""A short selection of seeds on every change; `python -m tests.simulation --seeds 10000` is the long one."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.database import Database, database
from tests.simulation.fleet import Total, results
from tests.simulation.outages import INTERVAL, PEOPLE_FOR_EACH, soak
from tests.simulation.run import run

SEEDS = range(1, 61)
ONE_CALL = timedelta(seconds=1)


@pytest.fixture(scope="module")
def disk() -> Iterator[Database]:
    with database() as opened:
        yield opened


def test_every_invariant_holds_whatever_dies_and_whenever() -> None:
    total = Total()
    for result in results(SEEDS, processes=min(2, os.cpu_count() or 1)):
        total.add(result)
    assert [f"seed {result.seed}: {result.violation}" for result in total.failed] == []
    assert total.counts["deaths"] > len(SEEDS)
    assert total.counts["cards"] > 2 * len(SEEDS)


def test_the_same_seed_gives_the_same_trace(disk: Database) -> None:
    first = [run(seed, disk) for seed in range(1, 6)]
    with database() as another:
        second = [run(seed, another) for seed in range(1, 6)]
    assert [result.digest for result in first] == [result.digest for result in second]
    assert len({result.digest for result in first}) == len(first)


def test_outages_of_every_kind_keep_the_order_lose_nobody_and_are_told_by_their_cause(disk: Database) -> None:
    """`python -m tests.simulation --outages 200` is the long one."""
    found = soak(1, 36, disk)
    assert found.violation is None
    assert [outage.cause for outage in found.told] == [gone.cause for gone in found.gone]
    assert found.cards == PEOPLE_FOR_EACH * len(found.gone)
    for outage, gone in zip(found.told, found.gone, strict=True):
        assert outage.ended_at is not None
        assert gone.began <= outage.started_at < gone.ended <= outage.ended_at
        assert outage.ended_at - gone.ended <= INTERVAL + ONE_CALL
    assert max(found.waits) <= 1.2, "the link's return to the first card, in intervals"


@pytest.mark.parametrize("name", BUGS)
def test_a_seeded_bug_is_found_by_the_invariant_that_is_meant_for_it(name: str, disk: Database) -> None:
    """Where the product has changed and its seed tells nothing any more, `--bugs` searches for another."""
    bug = BUGS[name]
    assert run(bug.seed, disk).violation is None, "without the bug nothing is found"
    violation = run(bug.seed, disk, bug).violation
    assert violation is not None, f"{bug.what}: not found by seed {bug.seed}; see: python -m tests.simulation --bugs"
    assert violation.partition(":")[0] == bug.invariant
