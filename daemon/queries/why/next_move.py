"""Who or what moves a job next, and what the person who waits can do."""

from collections.abc import Mapping
from typing import NamedTuple

from daemon.domain.job import NOT_READY_ANY_MORE, Job, WaitsFor
from daemon.domain.message import N_
from daemon.domain.states import State
from daemon.locale.statuses import Mover, status


class NextMove(NamedTuple):
    """Whose it is, and in a sentence for the person."""

    mover: Mover
    advice: str


_TURN = NextMove(Mover.TURN, N_("It is printed when its turn comes; nothing has to be done for that."))
_CENTRE = NextMove(Mover.CENTRE, N_("The central server has to say that it is print-ready."))
_OF_STATES: Mapping[State, NextMove] = {
    State.READY: _TURN,
    State.PRINTING: NextMove(Mover.PRINTER, N_("It comes out of the printer within minutes.")),
    State.UNCONFIRMED: NextMove(
        Mover.OFFICE, N_("The office looks at the printer and says whether a card came out of it.")
    ),
    State.PRINTED: NextMove(Mover.PERSON, N_("Come and collect it.")),
    State.HANDED_OVER: NextMove(Mover.NOBODY, N_("Nothing is left to do.")),
    State.HELD: NextMove(Mover.OFFICE, N_("The office has to release it; ask there why it was set aside.")),
    State.CANCELLED: NextMove(Mover.OFFICE, N_("It stays withdrawn unless the office takes that back; ask there.")),
}
_OF_WAITS: Mapping[WaitsFor, NextMove] = {
    WaitsFor.CENTRE: _CENTRE,
    WaitsFor.ABSENT: NextMove(
        Mover.OFFICE,
        N_(
            "The office has to ask the centre for the record, which has not arrived there; nothing has to be recorded"
            " again before the centre has answered."
        ),
    ),
    WaitsFor.UNUSABLE: NextMove(
        Mover.CENTRE, N_("The central server has to send it again without the fault; the office asks for that.")
    ),
    WaitsFor.RETRY: NextMove(Mover.TURN, N_("It is tried again by itself within minutes.")),
    WaitsFor.PERSON: NextMove(Mover.OFFICE, N_("The office has to decide which of the records gets the card.")),
    WaitsFor.ELSEWHERE: NextMove(
        Mover.PERSON, N_("Ask for the card at the office that made it; if that is wrong, tell this office.")
    ),
    WaitsFor.SHUT: NextMove(Mover.RULE, N_("It is printed in its turn once the instruction has ended.")),
    WaitsFor.PRESENCE: NextMove(Mover.PERSON, N_("Check in at the office; on that day it is printed in its turn.")),
}
_WITHDRAWN = NextMove(Mover.CENTRE, N_("It stays withdrawn unless the central server makes it print-ready again."))


def next_move(job: Job, held_back: WaitsFor | None = None) -> NextMove:
    """`held_back`: what one who is ready waits for under the rules of the order."""
    if held_back is not None:
        return _OF_WAITS[held_back]
    if job.state is State.CANCELLED and job.waits_for is WaitsFor.CENTRE:
        return _WITHDRAWN
    if job.state is not State.WAITING:
        return _OF_STATES[job.state]
    known = status(job.central_status)
    if job.waits_for is WaitsFor.CENTRE and known is not None and job.reason != NOT_READY_ANY_MORE:
        return _CENTRE if known.mover is Mover.TURN else NextMove(known.mover, known.advice)
    return _CENTRE if job.waits_for is None else _OF_WAITS[job.waits_for]
