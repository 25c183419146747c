"""Imports of the office's registrations: by number, foreseen, and taken back."""

import pytest

from daemon.domain.errors import Rejected
from daemon.domain.job import Verdict, cancel, conclude, hold
from daemon.domain.order import RecordingTimes
from daemon.domain.states import State
from daemon.ports import IntakeResult, Record, Store
from daemon.queries.fairness import History, order_violations, whole_log
from tests.contract.office import CLERK, NOON, card, events, in_line, minutes, page, record, somebody, start, stock


def take(store: Store, *records: Record, following: str = "1") -> IntakeResult:
    return store.records.take_page(page(*records, following=following), NOON + minutes(60))


def said(record_id: str, at: int = 0) -> Record:
    """A row of the office: the centre's status is not in it."""
    return record(record_id, at, status=None)


def register(store: Store, *records: Record, document: str | None = None) -> IntakeResult:
    return store.records.register(records, NOON + minutes(60), CLERK, document)


def line(store: Store) -> list[str]:
    return [row.job.record_id for row in store.view.queue(State.READY, None)]


def assert_the_log_tells_all(store: Store) -> None:
    """Every start and every time in the table follows from the log."""
    history = History()
    assert [fault for entry in whole_log(store.log) for fault in history.add(entry)] == []
    assert order_violations(whole_log(store.log)) == []
    for job in store.view.everybody(None, 1000):
        assert list(history.people[job.record_id].contradictions(job)) == []


def test_an_import_is_taken_back_as_if_it_had_never_been(store: Store) -> None:
    many = [record(f"R-{number:03}", number, status=None) for number in range(100)]
    assert store.records.foresee(many).new == 100
    first = store.records.register(many, NOON, CLERK)
    assert first.number == 1
    assert store.records.foresee(many).new == 0
    assert store.records.register(many, NOON, CLERK).number is None
    store.records.take_page(page(record("R-007", 7)), NOON)
    undone = store.records.undo_import(1, at=NOON, actor=CLERK)
    assert (undone.gone, undone.staying) == (99, (("R-007", "the centre knows it (PRINT_READY_RECORD)"),))
    assert sum(store.view.counts().values()) == 1
    assert events(store)[-1] == "import_undone"
    with pytest.raises(Rejected, match="was taken back on"):
        store.records.undo_import(1, at=NOON, actor=CLERK)
    again = store.records.register(many, NOON, CLERK)
    assert (again.new, again.number) == (99, 2)


def test_an_import_that_only_moves_people_ahead_has_a_number_too(store: Store) -> None:
    in_line(store, "A", "B", "C")
    assert register(store, said("C", 1), said("B", 90)).number is None
    assert register(store, said("A", 90), document="470/1").number is None, "later than the centre's: nobody moves"
    taken = register(store, said("C", -50), said("B", -40), document="470/2")
    assert (taken.number, taken.new, taken.moved_ahead) == (1, 0, 2)
    imported = [entry for entry in store.log.entries() if entry.event == "imported"][-1]
    assert imported.details["import"] == 1
    assert register(store, said("C", -50), document="470/2").number is None, "known already"


def test_an_import_names_whom_it_takes_for_another_and_counts_what_does_not_count(store: Store) -> None:
    in_line(store, "A", "B")
    rows = [record("A", -50, status=None, person=somebody(4)), said("B", -40), said("C", 3)]
    for taken in (store.records.foresee(rows), register(store, *rows)):
        assert (taken.new, taken.too_early, taken.others) == (1, 2, ("A",))
    assert store.records.person("A").nik != somebody(4).nik
    assert line(store) == ["A", "B"]
    by_paper = [said("B", -40)]
    for taken in (store.records.foresee(by_paper, "470/1"), register(store, *by_paper, document="470/1")):
        assert (taken.too_early, taken.others) == (0, ())
    assert register(store, said("B", -40)).too_early == 0, "a paper vouches for it by now"


def test_whom_an_import_moved_ahead_gets_the_times_back_that_there_were_before(store: Store) -> None:
    in_line(store, "A", "B", "C", "D")
    register(store, said("C", 70))
    before = {record_id: store.jobs.job(record_id) for record_id in "ABCD"}
    register(store, said("C", -50), said("D", -40), document="470/1")
    assert line(store) == ["C", "D", "A", "B"]
    store.jobs.apply(hold(store.jobs.job("D"), reason="photo", at=NOON, actor=CLERK))
    undone = store.records.undo_import(1, at=NOON + minutes(90), actor=CLERK)
    assert (undone.gone, undone.moved_back, undone.staying) == (0, 2, ())
    assert line(store) == ["A", "B", "C"]
    for record_id in "ABCD":
        now = store.jobs.job(record_id)
        assert (now.times, now.recorded_at) == (before[record_id].times, before[record_id].recorded_at)
    assert store.jobs.job("C").times == RecordingTimes(office=NOON + minutes(70), centre=before["C"].recorded_at)
    assert store.view.moved_ahead() == []
    told = store.log.entries("C")[-1]
    assert (told.event, told.actor, told.details["import_undone"]) == ("recorded_at_changed", CLERK, 1)
    assert store.log.entries()[-1].details == {"import": 1, "gone": 0, "moved_back": 2, "stay": 0}
    assert_the_log_tells_all(store)
    again = register(store, said("C", -50), document="470/3")
    assert (again.number, again.moved_ahead) == (2, 1), "the paper that counts was another one"


def test_a_newcomer_whom_the_centre_knows_by_now_stays_and_loses_the_time_of_the_paper(store: Store) -> None:
    in_line(store, "A", "B")
    register(store, said("FRIEND", -3000), said("E", 200), document="470/1")
    take(store, record("FRIEND", 50), record("E", 60), following="2")
    assert line(store) == ["FRIEND", "A", "B", "E"]
    undone = store.records.undo_import(1, at=NOON + minutes(90), actor=CLERK)
    known = "the centre knows it (PRINT_READY_RECORD)"
    assert (undone.gone, undone.moved_back, undone.staying) == (0, 1, (("E", known), ("FRIEND", known)))
    assert line(store) == ["A", "B", "FRIEND", "E"]
    assert store.jobs.job("FRIEND").times == RecordingTimes(centre=NOON + minutes(50))
    assert_the_log_tells_all(store)


def test_a_paper_that_came_before_the_centre_spoke_is_taken_back_as_well(store: Store) -> None:
    register(store, said("FRIEND", 30))
    assert register(store, said("FRIEND", -3000), document="470/1").number == 2
    take(store, record("FRIEND", 50), record("A", 40), following="2")
    assert line(store) == ["FRIEND", "A"]
    assert store.records.undo_import(2, at=NOON + minutes(90), actor=CLERK).moved_back == 1
    assert line(store) == ["A", "FRIEND"]
    assert store.jobs.job("FRIEND").times.office == NOON + minutes(30)
    assert_the_log_tells_all(store)


def test_who_was_served_since_or_cancelled_keeps_the_time_of_the_paper(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C", "D", "E")
    register(store, *(said(record_id, -50) for record_id in "CDE"), document="470/1")
    started = start(store)
    store.jobs.apply(cancel(store.jobs.job("E"), reason="moved away", at=NOON, actor=CLERK))
    undone = store.records.undo_import(1, at=NOON + minutes(90), actor=CLERK)
    assert started.record_id == "C"
    assert (undone.moved_back, undone.staying) == (
        1,
        (("C", "a card was started"), ("E", "is cancelled (moved away)")),
    )
    assert line(store) == ["A", "B", "D"]
    assert store.jobs.job("C").times.document == "470/1"
    assert_the_log_tells_all(store)


def test_a_card_that_was_started_before_the_import_has_not_come_of_it(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    store.pulled_cards.save(card("A"))
    job = start(store)
    store.jobs.apply(conclude(job, Verdict.NO_CARD, reason="jam", at=NOON + minutes(1)))
    before = store.jobs.job("A")
    register(store, said("A", -50), document="470/1")
    assert store.records.undo_import(1, at=NOON + minutes(90), actor=CLERK).moved_back == 1
    assert store.jobs.job("A") == before
    assert_the_log_tells_all(store)


def test_many_are_moved_ahead_and_back(store: Store) -> None:
    everybody = [f"R-{number:03}" for number in range(100)]
    in_line(store, *everybody)
    before = line(store)
    rows = [said(record_id, -number) for number, record_id in enumerate(everybody, start=1)]
    assert register(store, *rows, document="470/1").moved_ahead == 100
    assert line(store) == before[::-1]
    assert store.records.undo_import(1, at=NOON, actor=CLERK).moved_back == 100
    assert line(store) == before


def test_whom_an_import_would_move_ahead_is_foreseen_and_nothing_is_written(store: Store) -> None:
    in_line(store, "A", "B", "C")
    rows = [said("B", 90), said("B", -50), said("C", -50), said("C", -60), said("NEW", -50), said("NEW", -60)]
    before = store.log.entries()
    assert store.records.foresee(rows).moved_ahead == 0, "without a paper nobody moves"
    foreseen = store.records.foresee(rows, "470/1")
    assert (foreseen.new, foreseen.moved_ahead) == (1, 1), "the first row that names a paper counts"
    assert store.log.entries() == before
    assert line(store) == ["A", "B", "C"]
    taken = register(store, *rows, document="470/1")
    assert (taken.new, taken.moved_ahead) == (foreseen.new, foreseen.moved_ahead)
