from datetime import datetime, timedelta

import pytest

from daemon.domain.order import RecordingTimes, Source, Turn
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
