"""What stands against a person's word that no good card came out: the guard's journal, and CUPS."""

from daemon.domain.job import Verdict
from daemon.domain.recovery import Action, Mark, MarkKind, SpoolState, judge
from daemon.domain.states import State


def objection(mark: Mark, spool: SpoolState, *, state: State, spoiled: bool) -> str | None:
    """Why that word cannot be taken; None: it stands. `mark`: after the attempt to take the token back.

    A card that came out by the journal may be spoiled, which the journal cannot see. In a state other than `printing` a
    person was asked, because journal and CUPS left it open; then they have to agree that it came out.
    """
    if mark.kind is MarkKind.RUNNING:
        return "the guard's journal says that the card is in the printer now; wait until it is out, and look again"
    if mark.kind is not MarkKind.ENDED or spoiled:
        return None
    if state is not State.PRINTING and spool is not SpoolState.COMPLETED:
        return None
    found = judge(mark, SpoolState.GONE if spool is SpoolState.UNREACHABLE else spool)
    if found.action is Action.CONCLUDE and found.verdict is Verdict.PRINTED:
        return (
            "the guard's journal says that the printer took the whole document and made the card; "
            "say --printed, or --not-printed --spoiled if it is ruined"
        )
    return None
