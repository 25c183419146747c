from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.order import Line, RecordingTimes, Source, Turn, Violation
from tests.unit.daemon.domain.build import NOON

EARLY, LATE = NOON - timedelta(days=1800), NOON
PAPER = "470/12/2026"


def turn(minutes: int, record_id: str = "R") -> Turn:
    return Turn(NOON + timedelta(minutes=minutes), record_id)


def test_the_earlier_recording_goes_first_then_the_smaller_id() -> None:
    assert sorted([turn(2), turn(1, "B"), turn(1, "A")]) == [turn(1, "A"), turn(1, "B"), turn(2)]


# --- which time counts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("office", "document", "centre", "source"),
    [
        pytest.param(None, None, None, None, id="nobody has spoken"),
        pytest.param(LATE, None, None, Source.OFFICE, id="the office alone"),
        pytest.param(None, None, LATE, Source.CENTRE, id="the centre alone"),
        pytest.param(EARLY, None, LATE, Source.CENTRE, id="the office's earlier word, without a paper"),
        pytest.param(EARLY, PAPER, LATE, Source.OFFICE, id="the office's earlier word, with its paper"),
        pytest.param(LATE, PAPER, EARLY, Source.CENTRE, id="the office's later word"),
        pytest.param(LATE, PAPER, LATE, Source.CENTRE, id="the same word"),
    ],
)
def test_which_time_counts(
    office: datetime | None, document: str | None, centre: datetime | None, source: Source | None
) -> None:
    times = RecordingTimes(office=office, document=document, centre=centre)
    assert times.source is source
    assert times.counting == {None: None, Source.OFFICE: office, Source.CENTRE: centre}[source]
    assert times.is_moved_ahead == (source is Source.OFFICE and centre is not None)


def test_of_what_the_centre_says_the_earliest_stays() -> None:
    assert RecordingTimes().heard(LATE).heard(EARLY) == RecordingTimes().heard(EARLY).heard(LATE)


def test_what_the_office_said_first_stays_unless_it_names_a_paper_later() -> None:
    said = RecordingTimes().registered(LATE, None)
    assert said.registered(EARLY, None) == said
    with_paper = said.registered(EARLY, PAPER)
    assert (with_paper.office, with_paper.document) == (EARLY, PAPER)
    assert with_paper.registered(LATE, "another") == with_paper.registered(LATE, None) == with_paper


def test_without_its_paper_the_offices_time_of_before_is_what_it_was() -> None:
    before = RecordingTimes(office=LATE, centre=LATE)
    after = before.registered(EARLY, PAPER)
    assert (before.is_by_paper, after.is_by_paper) == (False, True)
    assert after.without_paper(LATE) == before


# --- who is passed over ----------------------------------------------------------------------------------------------


def test_who_was_not_ready_is_not_passed_over() -> None:
    line = Line()
    line.enters(turn(2, "B"), 1)
    assert line.starts(turn(2, "B"), 2) is None
    line.enters(turn(1, "A"), 3)
    assert line.starts(turn(1, "A"), 4) is None


def test_who_was_ready_and_earlier_is_passed_over() -> None:
    line = Line()
    line.enters(turn(1, "A"), 1)
    line.enters(turn(2, "B"), 2)
    assert line.starts(turn(2, "B"), 5) == Violation(
        started=turn(2, "B"), passed_over=turn(1, "A"), sequence=5, ready_since=1
    )


def test_who_was_set_aside_meanwhile_is_not_passed_over() -> None:
    line = Line()
    line.enters(turn(1, "A"), 1)
    line.enters(turn(2, "B"), 2)
    assert line.leaves("A")
    assert not line.leaves("A")
    assert line.starts(turn(2, "B"), 4) is None


def test_who_was_given_another_turn_stands_by_that_one() -> None:
    line = Line()
    line.enters(turn(1, "A"), 1)
    line.enters(turn(2, "B"), 2)
    line.enters(turn(3, "A"), 3)
    assert line.starts(turn(2, "B"), 4) is None
    line.enters(turn(4, "C"), 5)
    found = line.starts(turn(4, "C"), 6)
    assert found is not None
    assert (found.passed_over, found.ready_since) == (turn(3, "A"), 3)


@given(st.lists(st.tuples(st.sampled_from(["enters", "leaves", "starts"]), st.integers(0, 9), st.integers(0, 9))))
def test_it_finds_whom_a_plain_look_at_everybody_finds(events: list[tuple[str, int, int]]) -> None:
    line, ready = Line(), dict[str, Turn]()
    for sequence, (what, who, minutes) in enumerate(events, start=1):
        record_id = f"R-{who}"
        if what == "enters":
            line.enters(turn(minutes, record_id), sequence)
            ready[record_id] = turn(minutes, record_id)
        elif what == "leaves":
            assert line.leaves(record_id) == (ready.pop(record_id, None) is not None)
        else:
            started = ready.pop(record_id, None) or turn(minutes, record_id)
            found = line.starts(started, sequence)
            first = min(ready.values(), default=started)
            assert (found and found.passed_over) == (first if first < started else None)
