from dataclasses import replace

import pytest

from daemon.domain import bringing_in
from daemon.domain.errors import IllegalMove
from daemon.domain.job import PRINT_READY, Fault, Job, WaitsFor
from daemon.domain.states import State
from tests.unit.daemon.domain.build import NOON, job

NOT_READY = [
    *(replace(job(State.WAITING), waits_for=each) for each in WaitsFor),
    replace(job(State.WAITING), waits_for=WaitsFor.UNUSABLE, fault=Fault.RECORD),
    replace(job(State.WAITING), waits_for=WaitsFor.PERSON, fault=Fault.RECORD),
    *(replace(job(state), fault=fault) for state in (State.HELD, State.CANCELLED) for fault in (None, *Fault)),
    replace(job(State.CANCELLED), waits_for=WaitsFor.CENTRE),
    *(job(state, attempt=1, central_status=PRINT_READY) for state in (State.PRINTED, State.HANDED_OVER)),
]


@pytest.mark.parametrize("known", NOT_READY, ids=lambda known: f"{known.state}-{known.waits_for}-{known.fault}")
def test_who_has_a_card_can_be_started_whatever_he_waits_for_in_the_copy(known: Job) -> None:
    first = bringing_in.make_ready(known, reason="journal", at=NOON, actor="ani")
    assert first is not None
    assert (first.after, first.waits_for, first.fault) == (State.READY, None, None)


def test_who_is_ready_needs_nothing_and_an_open_card_is_settled_first() -> None:
    assert bringing_in.make_ready(job(State.READY), reason="journal", at=NOON, actor="ani") is None
    for state in (State.PRINTING, State.UNCONFIRMED):
        with pytest.raises(IllegalMove, match="say first what became of that card"):
            bringing_in.make_ready(job(state, attempt=1), reason="journal", at=NOON, actor="ani")
