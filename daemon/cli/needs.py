"""What needs a person, as `status` says it: one line each, with the command for it."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from daemon.domain.message import N_
from daemon.domain.needs import Kind
from daemon.domain.states import State
from daemon.locale.language import SOURCE, in_language

if TYPE_CHECKING:
    from daemon.queries.status import Snapshot

MOST_NAMED = 20
"""Of each kind; how many more there are is said."""
_SHOWN_ELSEWHERE = frozenset({Kind.LINE_DOWN, Kind.HOPPERS_EMPTY})
"""The link has its own line, with what to do; each empty hopper is named."""

_MORE = {
    Kind.UNCONFIRMED: N_("and {count} more unconfirmed: giliran queue --state unconfirmed"),
    Kind.CARD_REJECTED: N_("and {count} more whose report waits for a person"),
    Kind.CENTRE_FAULTY: N_(
        "and {count} more of whom the centre sent what cannot be used: giliran queue --state waiting"
    ),
    Kind.DAMAGED: N_("and {count} more that are damaged and asked for again"),
    Kind.SAME_NIK: N_("and {count} more who wait for a person's word: giliran queue --state waiting"),
    Kind.SERIAL_WRONG: N_("and {count} more with a serial that cannot be right; these first"),
}
_MORE_OF_THIS_KIND = N_("and {count} more of this kind")


def needs_a_person(snapshot: "Snapshot", language: str = SOURCE) -> Iterator[str]:
    """What only a person can decide or do, one line each, with the command for it."""
    from daemon.locale.alerts import need
    from daemon.queries.needs import MOST

    words = in_language(language)
    needs = [trouble for trouble in snapshot.needs or () if trouble.kind not in _SHOWN_ELSEWHERE]
    of_kind = Counter(trouble.kind for trouble in needs)
    named: Counter[Kind] = Counter()
    for trouble in needs:
        named[trouble.kind] += 1
        if named[trouble.kind] <= MOST_NAMED:
            yield need(trouble, snapshot.at, snapshot.timezone, language)
        elif named[trouble.kind] == of_kind[trouble.kind]:
            in_all, is_all = of_kind[trouble.kind], of_kind[trouble.kind] < MOST
            if trouble.kind is Kind.UNCONFIRMED:  # these are counted, however many are looked at
                in_all, is_all = snapshot.counts[State.UNCONFIRMED], True
            count = words.number(in_all - MOST_NAMED)
            if not is_all:
                count = words.gettext("at least {count}", count=count)
            yield words.gettext(_MORE.get(trouble.kind, _MORE_OF_THIS_KIND), count=count)
