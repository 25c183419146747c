from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daemon.domain.continuity import Behind, Checkpoint, Evidence, needs_word, put_back, weigh

FRIDAY = datetime(2026, 1, 9, 16, 0, tzinfo=UTC)
HEAD = Checkpoint(sequence=100, hash="a" * 64, at=FRIDAY)
NEWEST = Evidence(
    head=HEAD,
    kept=replace(HEAD, sequence=90, hash="b" * 64),
    hash_there="b" * 64,
    identity="J-1",
    known=frozenset({"J-1"}),
    newer_tokens=0,
)


def test_a_database_that_holds_the_kept_entry_is_as_new_as_all_that_is_known() -> None:
    assert weigh(NEWEST) is None
    assert weigh(replace(NEWEST, kept=HEAD, hash_there=HEAD.hash)) is None


def test_an_office_that_starts_for_the_first_time_is_not_behind() -> None:
    first = Evidence(head=None, kept=None, hash_there=None, identity="J-1", known=frozenset(), newer_tokens=0)
    assert weigh(first) is None
    assert weigh(replace(first, identity=None)) is None


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (replace(NEWEST, kept=replace(HEAD, sequence=200), hash_there=None), "ends with #100 and was at #200"),
        (replace(NEWEST, hash_there="c" * 64), "has another entry #90"),
        (replace(NEWEST, head=None, hash_there=None), "ends with #0 and was at #90"),
        (replace(NEWEST, newer_tokens=3), "has 3 cards that it does not know"),
    ],
    ids=["an older copy", "a copy that went on", "an empty one", "newer tokens"],
)
def test_what_outlives_the_database_tells_that_it_is_behind(evidence: Evidence, words: str) -> None:
    behind = weigh(evidence)
    assert behind is not None
    assert words in behind.why
    assert not behind.journal_lost
    assert behind.since == (None if evidence.head is None else FRIDAY)


@pytest.mark.parametrize("identity", ["J-2", None])
def test_a_lost_journal_vouches_for_no_database(identity: str | None) -> None:
    behind = weigh(replace(NEWEST, identity=identity, kept=None, hash_there=None))
    assert behind is not None
    assert behind.journal_lost


@pytest.mark.parametrize(
    ("journal_lost", "since", "asks"),
    [(False, FRIDAY, False), (False, FRIDAY - timedelta(days=3650), False), (True, FRIDAY, True), (False, None, True)],
    ids=["a kept journal", "a copy of years ago", "a lost one", "an empty database"],
)
def test_a_person_answers_where_the_journal_does_not_reach_back(
    journal_lost: bool, since: datetime | None, asks: bool
) -> None:
    assert needs_word(Behind(why="x", since=since, journal_lost=journal_lost)) is asks


def test_a_copy_from_before_the_first_start_does_not_know_the_journal_and_a_person_answers() -> None:
    """The journal that is there may have been made after its forerunner was lost."""
    found = weigh(replace(NEWEST, known=frozenset(), newer_tokens=3))
    assert found is not None
    assert needs_word(found)
    assert needs_word(put_back(replace(NEWEST, known=frozenset())))


def test_a_copy_that_was_just_put_back_is_behind_however_new_it_looks() -> None:
    assert put_back(NEWEST) == Behind(why="a copy was put back", since=FRIDAY, journal_lost=False)
