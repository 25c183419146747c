"""What needs a person, as `status` says it: one line each, with the command that settles it."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from daemon.domain.needs import Kind
from daemon.domain.states import State

if TYPE_CHECKING:
    from daemon.queries.status import Snapshot

MOST_NAMED = 20
"""Of each kind; how many more there are is said."""
_SHOWN_ELSEWHERE = frozenset({Kind.LINE_DOWN, Kind.HOPPERS_EMPTY})
"""The link has its own line, with what to do; each empty hopper is named."""

_MORE = {
    Kind.UNCONFIRMED: "unconfirmed: giliran queue --state unconfirmed",
    Kind.CARD_REJECTED: "whose report waits for a person",
    Kind.CENTRE_FAULTY: "of whom the centre sent what cannot be used: giliran queue --state waiting",
    Kind.DAMAGED: "that are damaged and asked for again",
    Kind.SAME_NIK: "who wait for a person's word: giliran queue --state waiting",
    Kind.SERIAL_WRONG: "with a serial that cannot be right; these first",
}


def needs_a_person(snapshot: "Snapshot") -> Iterator[str]:
    """What nobody but a person can settle, one line each, with the command that settles it."""
    from daemon.locale.alerts import need
    from daemon.queries.needs import MOST

    needs = [trouble for trouble in snapshot.needs or () if trouble.kind not in _SHOWN_ELSEWHERE]
    of_kind = Counter(trouble.kind for trouble in needs)
    named: Counter[Kind] = Counter()
    for trouble in needs:
        named[trouble.kind] += 1
        if named[trouble.kind] <= MOST_NAMED:
            yield need(trouble, snapshot.at, snapshot.timezone)
        elif named[trouble.kind] == of_kind[trouble.kind]:
            in_all, at_least = of_kind[trouble.kind], "at least " if of_kind[trouble.kind] >= MOST else ""
            if trouble.kind is Kind.UNCONFIRMED:  # these are counted, however many are looked at
                in_all, at_least = snapshot.counts[State.UNCONFIRMED], ""
            yield f"and {at_least}{in_all - MOST_NAMED:,} more {_MORE.get(trouble.kind, 'of this kind')}"
