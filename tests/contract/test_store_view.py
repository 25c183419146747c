"""What people ask about the queue."""

import pytest

from daemon.domain import bringing_in
from daemon.domain.job import (
    Fault,
    Verdict,
    WaitsFor,
    cancel,
    conclude,
    find_fault,
    find_refused,
    hold,
    release,
    reprint,
    set_back,
)
from daemon.domain.states import State
from daemon.ports import Overtaking, Store
from tests.contract.office import CLERK, NOON, card, in_line, minutes, page, print_next, record, start, stock


def listed(store: Store, state: State | None = None, limit: int | None = None) -> list[tuple[str, int | None]]:
    return [(row.job.record_id, row.place) for row in store.view.queue(state, limit)]


def test_counts_know_every_state(store: Store) -> None:
    assert store.view.counts() == dict.fromkeys(State, 0)


def test_the_queue_lists_who_will_be_served_in_order(store: Store) -> None:
    stock(store)
    in_line(store, "PRINTED", "DOUBTFUL", "PRINTING", "HELD", "CANCELLED", "R1", "R2")
    store.records.take_page(page(record("W1", -5, status="PROCESSING"), record("R0", -1), following="2"), NOON)
    store.jobs.apply(hold(store.jobs.job("R0"), reason="x", at=NOON, actor=CLERK))
    print_next(store)
    store.jobs.apply(conclude(start(store), Verdict.IN_DOUBT, reason="x", at=NOON))
    start(store)
    store.jobs.apply(hold(store.jobs.job("HELD"), reason="x", at=NOON, actor=CLERK))
    store.jobs.apply(cancel(store.jobs.job("CANCELLED"), reason="x", at=NOON, actor=CLERK))
    store.jobs.apply(release(store.jobs.job("R0"), at=NOON, actor=CLERK))
    line = [
        ("PRINTING", None),
        ("DOUBTFUL", None),
        ("R0", 1),
        ("R1", 2),
        ("R2", 3),
        ("HELD", None),
        ("W1", None),
    ]
    assert listed(store) == line
    assert listed(store, limit=4) == line[:4]
    assert listed(store, limit=0) == []
    assert listed(store, State.READY, 2) == [("R0", 1), ("R1", 2)]
    assert listed(store, State.PRINTED) == [("PRINTED", None)]
    assert listed(store, State.CANCELLED) == [("CANCELLED", None)]
    assert [store.view.place(row.job) for row in store.view.queue(None, None)] == [place for _, place in line]


def test_cards_made_are_counted_from_a_moment_on(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C")
    for minute in (1, 2, 3):
        print_next(store, at=NOON + minutes(minute))
    assert store.view.printed_since(NOON) == 3
    assert store.view.printed_since(NOON + minutes(2)) == 2
    assert store.view.printed_since(NOON + minutes(4)) == 0


def overtakings(store: Store, record_id: str, limit: int = 10) -> list[tuple[str, str]]:
    found = store.view.overtakings(store.jobs.job(record_id), limit)
    return [(overtaking.record_id, overtaking.why) for overtaking in found.found]


def test_a_card_that_was_brought_in_was_made_before_and_overtook_nobody(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C")
    store.jobs.apply(bringing_in.start(store.jobs.job("C"), printer="card-1", reason="journal", at=NOON, actor=CLERK))
    store.jobs.apply(bringing_in.end(store.jobs.job("C"), Verdict.PRINTED, reason="journal", at=NOON, actor=CLERK))
    print_next(store)
    assert overtakings(store, "A") == overtakings(store, "B") == []


def test_nobody_who_was_served_in_turn_was_overtaken(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C")
    print_next(store)
    print_next(store)
    assert overtakings(store, "A") == overtakings(store, "B") == overtakings(store, "C") == []


def test_those_recorded_later_and_served_earlier_are_named_with_the_reason_of_that_moment(store: Store) -> None:
    stock(store)
    store.records.take_page(page(record("A", 0, status="SENT_FOR_ENROLLMENT")), NOON)
    in_line(store, "B", "C", "D", "E", "F")
    print_next(store, at=NOON + minutes(5))
    store.records.take_page(page(record("A", 0), following="2"), NOON)
    store.jobs.apply(find_refused(store.jobs.job("A"), at=NOON))
    print_next(store)
    store.records.take_page(page(record("A", 0), following="3"), NOON)
    store.jobs.apply(hold(store.jobs.job("A"), reason="photo", at=NOON, actor=CLERK))
    print_next(store)
    store.jobs.apply(release(store.jobs.job("A"), at=NOON, actor=CLERK))
    why = [("B", "waiting: SENT_FOR_ENROLLMENT"), ("C", "waiting: not_print_ready_any_more"), ("D", "held: photo")]
    assert overtakings(store, "A") == why
    assert overtakings(store, "A", limit=2) == why[:2]
    assert overtakings(store, "A", limit=0) == []
    store.pulled_cards.save(card("A"))
    print_next(store)
    print_next(store)
    assert overtakings(store, "A") == why
    first = store.view.overtakings(store.jobs.job("A"), 1)
    assert not first.complete
    assert list(first.found) == [
        Overtaking(
            record_id="B",
            recorded_at=NOON,
            started_at=NOON + minutes(5),
            state=State.WAITING,
            reason="SENT_FOR_ENROLLMENT",
            waits_for=WaitsFor.CENTRE,
        )
    ]


def test_one_whose_starts_made_no_card_is_passed_by_those_who_are_printed_meanwhile(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    started = start(store, "card-1", at=NOON)
    store.jobs.apply(conclude(started, Verdict.NO_CARD, reason="filters", at=NOON))
    store.jobs.apply(find_fault(store.jobs.job("A"), Fault.CARD, detail="filters", at=NOON))
    print_next(store)

    assert overtakings(store, "A") == [("B", "waiting: bad_card: filters")]


def test_a_turn_that_the_office_did_not_know_of_cannot_have_been_passed(store: Store) -> None:
    stock(store)
    in_line(store, "B")
    print_next(store)
    store.records.take_page(page(record("A", -60), following="2"), NOON)
    assert overtakings(store, "A") == []


def test_who_fails_at_one_printer_may_be_passed_at_another(store: Store) -> None:
    stock(store, "card-1")
    stock(store, "card-2")
    in_line(store, "A", "B")
    first = start(store, "card-1")
    start(store, "card-2")
    store.jobs.apply(conclude(first, Verdict.NO_CARD, reason="cover-open", at=NOON))
    start(store, "card-1")
    assert overtakings(store, "A") == [("B", "printing")]


def test_a_person_who_has_a_card_is_not_passed(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C")
    printed = print_next(store)
    print_next(store)
    store.jobs.apply(reprint(printed, reason="rusak", at=NOON, actor=CLERK))
    assert overtakings(store, "A") == []


@pytest.mark.parametrize("limit", [1, 10])
def test_somebody_with_several_attempts_is_named_once(store: Store, limit: int) -> None:
    stock(store)
    store.records.take_page(page(record("A", 0, status="PROCESSING")), NOON)
    in_line(store, "B")
    store.jobs.apply(conclude(start(store), Verdict.NO_CARD, reason="cover-open", at=NOON))
    print_next(store)
    assert overtakings(store, "A", limit) == [("B", "waiting: PROCESSING")]


def test_what_was_waited_for_is_told_with_those_who_passed_meanwhile(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C", "D")
    store.jobs.apply(set_back(store.jobs.job("A"), detail="answer", at=NOON))
    print_next(store)
    store.records.take_page(page(record("A", 0, status="bad_card: x"), following="2"), NOON)
    print_next(store)
    # An entry from before the log said it, by our own hand.
    old = {"before": "waiting", "after": "waiting", "attempt": 0, "reason": "same_nik: D"}
    store.log.append("not_ready", at=NOON, actor="giliran", record_id="A", **old)
    print_next(store)
    passed = store.view.overtakings(store.jobs.job("A"), 9).found
    assert [(each.record_id, each.why, each.waits_for) for each in passed] == [
        ("B", "waiting: try_again: answer", WaitsFor.RETRY),
        ("C", "waiting: bad_card: x", WaitsFor.CENTRE),
        ("D", "waiting: same_nik: D", WaitsFor.PERSON),
    ]


@pytest.mark.parametrize(
    ("event", "actor", "reason", "waits_for"),
    [
        ("not_ready", "giliran", "try_again: answer", WaitsFor.RETRY),
        ("not_ready", "giliran", "absent_at_centre", WaitsFor.ABSENT),
        ("not_ready", "giliran", "bad_card: no photo", WaitsFor.UNUSABLE),
        ("bad_record", "centre", "bad_record: nik: 15 digits", WaitsFor.UNUSABLE),
        ("not_ready", "centre", "try_again: later", WaitsFor.CENTRE),
        ("status_changed", "centre", "bad_card: x", WaitsFor.CENTRE),
        ("recorded", "centre", "PROCESSING", WaitsFor.CENTRE),
    ],
)
def test_what_the_log_did_not_say_in_earlier_days_is_read_off_our_own_words_alone(
    store: Store, event: str, actor: str, reason: str, waits_for: WaitsFor
) -> None:
    stock(store)
    in_line(store, "A", "B")
    store.jobs.apply(find_refused(store.jobs.job("A"), at=NOON))
    store.log.append(event, at=NOON, actor=actor, record_id="A", after="waiting", reason=reason)
    print_next(store)
    [passed] = store.view.overtakings(store.jobs.job("A"), 9).found
    assert (passed.record_id, passed.why, passed.waits_for) == ("B", f"waiting: {reason}", waits_for)
