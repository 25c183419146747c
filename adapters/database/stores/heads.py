"""The first of each class, in the line and in each lane: index look-ups, as many as there are classes."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from adapters.database.sql.columns import moment
from adapters.database.transactions.statement import Row, Statement, Values
from daemon.domain.order import Turn
from daemon.domain.rules import Circumstances, Class, Heads, Lane, Rules

_FIRST = "ORDER BY recorded_at, record_id LIMIT 1"
_EARLIEST, _LINE = -1, 0
"""How rows are marked: who is the earliest of all, who is first in the line. The lanes follow, from 1 on."""
_OF_ALL = (
    "SELECT -1 AS mark,"
    " (SELECT record_id FROM job WHERE state = 'ready' ORDER BY recorded_at, record_id LIMIT 1) AS record_id"
)


@lru_cache(maxsize=64)
def heads_of(lanes: int, *, presence: bool, ranked: bool = True) -> Statement:
    """(mark, class, recorded_at, record_id) of each, for so many lanes. One class leads to the next by a look-up.

    `ranked`: whether the line's classes are told apart; else its first is the earliest of all.
    """
    ready = "state = 'ready'" + (" AND present_on = ?" if presence else "")
    groups = {_LINE + n: ready + (" AND lane = ?" if n else "") for n in range(lanes + 1) if n or ranked}
    classes = ", ".join(_classes(mark, group) for mark, group in groups.items())
    firsts = " UNION ALL ".join(
        (
            _OF_ALL,
            *(each for mark, group in groups.items() for each in _firsts(mark, group)),
        )
    )
    return Statement(
        f"WITH RECURSIVE {classes} SELECT head.mark, job.request_class, job.recorded_at, job.record_id"  # noqa: S608
        f" FROM ({firsts}) AS head JOIN job ON job.record_id = head.record_id"
    )


def _classes(mark: int, group: str) -> str:
    named = f"class_{mark}"
    return (
        f"{named} (request_class) AS ("  # noqa: S608 - our names
        f"SELECT (SELECT request_class FROM job WHERE {group} AND request_class IS NOT NULL"
        " ORDER BY request_class LIMIT 1)"
        f" UNION ALL SELECT (SELECT job.request_class FROM job WHERE {group}"
        f" AND job.request_class > {named}.request_class ORDER BY job.request_class LIMIT 1)"
        f" FROM {named} WHERE {named}.request_class IS NOT NULL)"
    )


def _firsts(mark: int, group: str) -> Iterator[str]:
    named = f"class_{mark}"
    yield (
        f"SELECT {mark}, (SELECT record_id FROM job WHERE {group}"  # noqa: S608 - our names
        f" AND job.request_class = {named}.request_class {_FIRST})"
        f" FROM {named} WHERE {named}.request_class IS NOT NULL"
    )
    yield f"SELECT {mark}, (SELECT record_id FROM job WHERE {group} AND request_class IS NULL {_FIRST})"  # noqa: S608


def values_for(lanes: Sequence[Lane], rules: Rules, now: Circumstances, *, ranked: bool = True) -> Values:
    """Of heads_of, in its order: each group is asked for four times."""
    assert ranked or not rules.presence, "of those who are present the first is not the earliest of all"
    day = [now.day.isoformat()] if rules.presence else []
    groups = [*([day] if ranked else []), *([*day, lane.name] for lane in lanes)]
    return [value for group in (*groups, *groups) for value in (*group, *group)]


def heads_in(rows: Iterable[Row], lanes: Sequence[Lane], *, ranked: bool = True) -> Heads:
    """Those in rows of heads_of."""
    earliest: Turn | None = None
    line: dict[Class, Turn] = {}
    in_lanes: dict[str, dict[Class, Turn]] = {lane.name: {} for lane in lanes}
    for mark, request_class, recorded_at, record_id in rows:
        turn = Turn(moment(recorded_at), record_id)
        if mark == _EARLIEST:
            earliest = turn
        else:
            (line if mark == _LINE else in_lanes[lanes[mark - 1].name])[request_class] = turn
    if earliest is not None and not ranked:
        line[None] = earliest
    return Heads(earliest=earliest, line=line, lanes=in_lanes)
