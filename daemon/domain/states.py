"""The states of a card job and the one table of moves between them (drawn in docs/states.md)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from daemon.domain.errors import IllegalMove


class State(StrEnum):
    """Where a person's card stands. The sentence beside each is the one operators read."""

    WAITING = "waiting"
    READY = "ready"
    PRINTING = "printing"
    UNCONFIRMED = "unconfirmed"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"
    HELD = "held"
    CANCELLED = "cancelled"

    @property
    def meaning(self) -> str:
        """One sentence for people."""
        return _MEANING[self]

    @property
    def leaves_to(self) -> frozenset["State"]:
        """The states a job may go to from here."""
        return _LEAVES_TO[self]


_MEANING: Mapping[State, str] = MappingProxyType(
    {
        State.WAITING: "recorded, not print-ready at the centre, or absent there",
        State.READY: "print-ready (siap cetak), in line by recording time",
        State.PRINTING: "a blank is committed to it and the document is on its way to one printer",
        State.UNCONFIRMED: "a card may exist; only a person can tell",
        State.PRINTED: "card made; the centre is told until it acknowledges",
        State.HANDED_OVER: "given to the citizen (diserahkan)",
        State.HELD: "set aside by a person; keeps its place",
        State.CANCELLED: "withdrawn",
    }
)

_LEAVES_TO: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.WAITING: frozenset({State.READY, State.HELD, State.CANCELLED}),
        State.READY: frozenset({State.PRINTING, State.WAITING, State.HELD, State.CANCELLED}),
        State.PRINTING: frozenset({State.PRINTED, State.READY, State.UNCONFIRMED}),
        State.UNCONFIRMED: frozenset({State.PRINTED, State.READY}),
        State.PRINTED: frozenset({State.HANDED_OVER, State.READY}),
        State.HANDED_OVER: frozenset({State.READY, State.PRINTED}),
        State.HELD: frozenset({State.READY, State.WAITING, State.CANCELLED}),
        State.CANCELLED: frozenset({State.READY, State.WAITING}),
    }
)


IN_LINE = (State.PRINTING, State.UNCONFIRMED, State.READY, State.HELD, State.WAITING)
"""Those who still get a card, in the order in which they are listed."""


def check_move(before: State, after: State) -> None:
    """Raise IllegalMove unless the table allows before → after."""
    if after is before:
        raise IllegalMove(f"the job is {before} already; nothing was done")
    if after not in before.leaves_to:
        allowed = ", ".join(sorted(before.leaves_to)) or "nowhere"
        raise IllegalMove(f"a job that is {before} cannot become {after} (from here: {allowed})")
