"""A short selection of `make chaos`: every kind of victim at several points, on real CUPS."""

from collections.abc import Sequence

import pytest

from tests.chaos.deaths import DEATHS, Death, Victim
from tests.chaos.rounds import play

PEOPLE_A_DEATH = 6
SELECTION = [
    Death("after jobs.claim", Victim.DAEMON),
    Death("after create_job", Victim.ALL),
    Death("after spooler.submit_held", Victim.CUPSD),
    Death("after spooler.release", Victim.DAEMON),
    Death("before guard.entry", Victim.CUPS_TREE),
    Death("after guard.fetch", Victim.GUARD),
    Death("after guard.link", Victim.GUARD),
    Death("before guard.entry", Victim.FRONT),
    Death("after printer.feed", Victim.CUPS_IN_ORDER),
    Death("after spooler.submit_held", Victim.JOB_MOVED),
    Death("after spooler.release", Victim.DEVICE),
    Death("after printer.feed", Victim.TIME_TRAVEL),
    Death("after guard.entry", Victim.CUPSD),
    Death("after printer.feed", Victim.BACKEND),
    Death("after printer.card", Victim.ALL),
    Death("before guard.end_mark", Victim.GUARD),
    Death("after guard.end_mark", Victim.DAEMON),
    Death("before jobs.conclude_and_claim", Victim.ALL),
    Death("after jobs.conclude_and_claim", Victim.DAEMON),
    Death("after journal.void", Victim.DAEMON, True),
    Death("before jobs.apply", Victim.DAEMON, True),
]


def test_the_selection_is_part_of_the_whole() -> None:
    assert set(SELECTION) <= set(DEATHS)


@pytest.mark.parametrize(
    ("dirty_clean_seconds", "deaths"),
    [pytest.param(0, SELECTION[::2], id="cups-remembers"), pytest.param(30, SELECTION[1::2], id="cups-forgets")],
)
def test_whatever_dies_nobody_is_printed_twice_and_nobody_is_lost(
    dirty_clean_seconds: int, deaths: Sequence[Death]
) -> None:
    """Each death under one of CUPS's two ways here, and with rules or without; under all in `make chaos`."""
    toll = play(
        deaths,
        people=PEOPLE_A_DEATH * len(deaths),
        seed=7,
        dirty_clean_seconds=dirty_clean_seconds,
        instructed=dirty_clean_seconds == 0,
    )
    assert toll.deaths.total() == len(deaths)
    assert toll.cards > 0
    assert bool(toll.by_rule) is (dirty_clean_seconds == 0)
    assert (toll.duplicates, toll.lost, toll.wrongly_unconfirmed, toll.broken) == (0, 0, 0, [])
