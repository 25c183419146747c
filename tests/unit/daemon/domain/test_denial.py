from dataclasses import replace

import pytest

from daemon.domain.denial import objection
from daemon.domain.recovery import Mark, MarkKind, SpoolState
from daemon.domain.states import State

MADE = Mark(kind=MarkKind.ENDED, exit_status=0, took=1000, size=1000)
JAMMED = Mark(kind=MarkKind.ENDED, exit_status=1, took=1000, size=1000, reasons=frozenset({"media-jam"}))


@pytest.mark.parametrize("spoiled", [False, True])
@pytest.mark.parametrize("state", [State.PRINTING, State.UNCONFIRMED])
def test_a_card_that_is_in_the_printer_is_not_denied(state: State, spoiled: bool) -> None:
    running = Mark(kind=MarkKind.RUNNING)
    assert "in the printer now" in str(objection(running, SpoolState.PROCESSING, state=state, spoiled=spoiled))


@pytest.mark.parametrize("spool", [SpoolState.COMPLETED, SpoolState.GONE, SpoolState.UNREACHABLE])
def test_a_card_that_the_journal_saw_made_is_not_denied_where_nobody_was_asked(spool: SpoolState) -> None:
    assert "made the card" in str(objection(MADE, spool, state=State.PRINTING, spoiled=False))


def test_a_card_that_journal_and_cups_saw_made_is_not_denied_even_where_a_person_was_asked() -> None:
    assert objection(MADE, SpoolState.COMPLETED, state=State.UNCONFIRMED, spoiled=False) is not None


def test_a_question_that_the_journal_left_open_is_a_persons() -> None:
    assert objection(replace(MADE, stopped=True), SpoolState.CANCELLED, state=State.UNCONFIRMED, spoiled=False) is None
    assert objection(JAMMED, SpoolState.ABORTED, state=State.PRINTING, spoiled=False) is None


def test_a_card_that_was_made_may_be_spoiled() -> None:
    assert objection(MADE, SpoolState.COMPLETED, state=State.PRINTING, spoiled=True) is None


@pytest.mark.parametrize("kind", [MarkKind.VOIDED, MarkKind.TORN, MarkKind.UNGUARDED])
def test_where_the_journal_knows_of_no_card_the_persons_word_stands(kind: MarkKind) -> None:
    assert objection(Mark(kind=kind), SpoolState.GONE, state=State.PRINTING, spoiled=False) is None
