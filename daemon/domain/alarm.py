"""When people are alerted: once for one episode of a trouble, however often it is looked at.

An episode begins when a trouble is first seen and ends when it has not been seen for a while; what is remembered
of it from look to look is a Watch. Nothing is remembered over a restart: what still lasts is told once more then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.domain.needs import Facts, Kind, Trouble, needs

STATUS_ALONE = frozenset({Kind.HOPPER_EMPTY, Kind.UNREPORTED})
"""Nobody is called for these: they wait for whoever looks at `status`."""

PATIENCE: Mapping[Kind, timedelta] = {
    Kind.LINE_DOWN: timedelta(minutes=15),
    Kind.PRINTER_STOPPED: timedelta(minutes=15),
    Kind.PRINTER_LEFT: timedelta(minutes=15),
    # A hopper that was just filled is tried within seconds.
    Kind.HOPPER_OFF: timedelta(minutes=1),
}
"""So long it must have lasted before it is told; the others are told at once."""

LINGERS: Mapping[Kind, timedelta] = {
    # A printer in trouble is tried again after at most 5 minutes, and looks well while it is being tried.
    Kind.PRINTER_STOPPED: timedelta(minutes=6),
    Kind.HOPPER_OFF: timedelta(minutes=6),
    # A card that was not made gives its blank back: the stock swings around its limit.
    Kind.HOPPERS_EMPTY: timedelta(hours=1),
    Kind.BLANKS_LOW: timedelta(hours=1),
    # The rate changes with every card of the day.
    Kind.BLANKS_END_SOON: timedelta(days=1),
    Kind.CONSUMABLE_LOW: timedelta(hours=1),
    # What is written and pruned lets the free space swing around its limit.
    Kind.DISK_LOW: timedelta(hours=1),
    Kind.DISK_FULL: timedelta(minutes=10),
    Kind.CRASH_LOOP: timedelta(minutes=10),
}
"""So long it must not have been seen until the episode is over; the others are over at once."""

END_IS_TOLD = frozenset({Kind.LINE_DOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A trouble from its first sight to its end."""

    trouble: Trouble
    """As seen last."""
    begun: datetime
    seen: datetime
    """Last."""
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What people have to be told."""

    trouble: Trouble
    begun: datetime
    at: datetime
    over: bool
    """It has come to its end."""


Watch = Mapping[tuple[Kind, str], Episode]


def look(watch: Watch, facts: Facts) -> tuple[Watch, tuple[Announcement, ...]]:
    """What is remembered after this look, and what it gives people to be told.

    The wall clock may jump: an episode never begins in the future.
    """
    at = facts.at
    now = {(trouble.kind, trouble.subject): trouble for trouble in needs(facts) if trouble.kind not in STATUS_ALONE}
    after: dict[tuple[Kind, str], Episode] = {}
    news: list[Announcement] = []
    for key, trouble in now.items():
        known = watch.get(key)
        begun = min(known.begun if known else trouble.since or at, at)
        was_told = known is not None and known.told
        told = was_told or at - begun >= PATIENCE.get(trouble.kind, timedelta())
        after[key] = Episode(trouble=trouble, begun=begun, seen=at, told=told)
        if told and not was_told:
            news.append(Announcement(trouble=trouble, begun=begun, at=at, over=False))
    for key, episode in watch.items():
        if key in now:
            continue
        kind, seen = episode.trouble.kind, min(episode.seen, at)
        if at - seen < LINGERS.get(kind, timedelta()):
            after[key] = Episode(trouble=episode.trouble, begun=min(episode.begun, at), seen=seen, told=episode.told)
        elif episode.told and kind in END_IS_TOLD:
            news.append(Announcement(trouble=episode.trouble, begun=min(episode.begun, at), at=at, over=True))
    return after, tuple(news)
