"""Nobody gets two first cards by himself, and nobody is lost by a word too many."""

from dataclasses import replace

import pytest

from daemon.domain.errors import IllegalMove
from daemon.domain.job import cancel, hold, release, reprint, set_back, withdraw
from daemon.domain.states import State
from daemon.ports import Person, Record, Store
from tests.contract.office import (
    CLERK,
    NOON,
    card,
    events,
    minutes,
    page,
    print_next,
    record,
    somebody,
    stock,
)

SAME = somebody(1)


def first_time(record_id: str, minute: float = 0, *, status: str = "PRINT_READY_RECORD", **changes: Person) -> Record:
    person = changes.get("person", SAME)
    return replace(record(record_id, minute, status=status, person=person), request_class="first_time")


def take(store: Store, *records: Record, following: str = "1") -> None:
    store.records.take_page(page(*records, following=following), NOON + minutes(60))


def standing(store: Store, record_id: str) -> tuple[State, str | None]:
    job = store.jobs.job(record_id)
    return job.state, job.reason


def let_go(store: Store, record_id: str) -> tuple[State, str | None]:
    job = store.jobs.apply(release(store.jobs.job(record_id), at=NOON + minutes(70), actor=CLERK))
    return job.state, job.reason


@pytest.mark.parametrize("pages", [[["A", "B"]], [["B", "A"]], [["A"], ["B"]], [["B"], ["A"]]])
def test_of_two_first_records_of_one_nik_the_later_one_waits_for_a_person(store: Store, pages: list[list[str]]) -> None:
    turns = {"A": 1, "B": 2}
    for number, names in enumerate(pages):
        take(store, *(first_time(name, turns[name]) for name in names), following=str(number))
    assert standing(store, "A") == (State.READY, None)
    assert standing(store, "B") == (State.WAITING, "same_nik: A")
    assert [job.record_id for job in store.view.awaiting_person(10)] == ["B"]
    assert SAME.nik not in str(store.log.entries())


def test_whatever_the_centre_says_again_the_second_one_waits_until_a_person_lets_it_go(store: Store) -> None:
    take(store, first_time("A", 1), first_time("B", 2))
    for number, status in enumerate(("PROCESSING", "PRINT_READY_RECORD", "PRINT_READY_RECORD")):
        take(store, first_time("A", 1), first_time("B", 2, status=status), following=f"again {number}")
        assert standing(store, "B") == (State.WAITING, "same_nik: A")
    assert let_go(store, "B") == (State.READY, None)
    take(store, first_time("A", 1), first_time("B", 2), following="once more")
    assert standing(store, "A") == standing(store, "B") == (State.READY, None)
    assert store.view.awaiting_person(10) == []
    assert events(store, "B")[-1] == "released"


def test_who_has_a_card_has_it_whoever_was_recorded_earlier(store: Store) -> None:
    stock(store)
    take(store, first_time("B", 2))
    store.pulled_cards.save(card("B"))
    print_next(store)
    take(store, first_time("A", 1), following="2")
    assert standing(store, "A") == (State.WAITING, "same_nik: B")
    store.jobs.apply(hold(store.jobs.job("A"), reason="look", at=NOON, actor=CLERK))
    assert let_go(store, "A") == (State.WAITING, "same_nik: B")
    assert let_go(store, "A") == (State.READY, None)


def test_what_is_no_first_card_or_no_ready_one_holds_nobody_up(store: Store) -> None:
    damaged = replace(first_time("A"), request_class="damaged")
    take(store, damaged, first_time("B", 1), first_time("C", 0, status="DUPLICATE_RECORD"))
    take(store, first_time("D", 3, person=somebody(2)), following="2")
    assert [standing(store, name)[0] for name in "ABCD"] == [State.READY, State.READY, State.WAITING, State.READY]
    take(store, first_time("C", 0), following="3")
    assert standing(store, "C") == (State.READY, None)
    assert standing(store, "B") == (State.WAITING, "same_nik: C")


def test_a_nik_or_a_class_that_is_corrected_is_compared_anew(store: Store) -> None:
    take(store, first_time("A", 1), first_time("B", 2, person=somebody(2)))
    take(store, first_time("B", 2), following="2")
    assert standing(store, "B") == (State.WAITING, "same_nik: A")
    take(store, record("C", 3, person=SAME), following="3")
    assert standing(store, "C") == (State.READY, None)
    store.records.register([first_time("C", 3)], NOON, CLERK)
    assert standing(store, "C") == (State.WAITING, "same_nik: A")


def test_who_comes_back_from_a_passing_fault_is_compared_too(store: Store) -> None:
    take(store, first_time("A", 1))
    store.jobs.apply(set_back(store.jobs.job("A"), detail="answer", at=NOON))
    take(store, first_time("B", 2), following="2")
    assert standing(store, "B") == (State.READY, None)
    store.records.retry_set_back(NOON + minutes(9), NOON + minutes(9))
    assert standing(store, "A") == (State.READY, None)
    assert standing(store, "B") == (State.WAITING, "same_nik: A")


def test_a_word_of_the_centre_that_reads_like_one_of_ours_is_the_centres(store: Store) -> None:
    take(store, record("A"))
    take(store, record("A", status="try_again: never"), following="2")
    assert store.records.retry_set_back(NOON + minutes(999), NOON + minutes(999)) == 0


def test_what_the_centre_withdrew_it_makes_ready_again_in_its_old_place(store: Store) -> None:
    take(store, record("A", 1), record("B", 2))
    store.jobs.apply(withdraw(store.jobs.job("A"), at=NOON))
    take(store, record("A", 1, status="PROCESSING"), following="2")
    assert standing(store, "A") == (State.CANCELLED, "withdrawn_at_centre")
    take(store, record("A", 1), following="3")
    assert standing(store, "A") == (State.READY, None)
    assert [row.job.record_id for row in store.view.queue(State.READY, None)] == ["A", "B"]
    assert events(store, "A") == ["recorded", "withdrawn", "ready"]
    assert store.view.counts()[State.CANCELLED] == 0


def test_what_a_person_cancelled_the_centre_does_not_revive_and_a_person_does(store: Store) -> None:
    take(store, record("A", 1), record("B", 2), record("C", 3, status="PROCESSING"))
    for name in "AC":
        store.jobs.apply(cancel(store.jobs.job(name), reason="withdrawn_at_centre", at=NOON, actor=CLERK))
    take(store, record("A", 1), following="2")
    assert standing(store, "A") == (State.CANCELLED, "withdrawn_at_centre")
    assert let_go(store, "A") == (State.READY, None)
    assert let_go(store, "C") == (State.WAITING, "PROCESSING")
    assert [row.job.record_id for row in store.view.queue(State.READY, None)] == ["A", "B"]
    assert events(store, "A")[-2:] == ["cancelled", "released"]


def test_a_person_undoes_the_centres_withdrawal_too(store: Store) -> None:
    take(store, record("A", 1))
    store.jobs.apply(withdraw(store.jobs.job("A"), at=NOON))
    assert let_go(store, "A") == (State.READY, None)


def test_a_cancel_that_is_undone_brings_no_second_card_by_itself(store: Store) -> None:
    take(store, first_time("A", 1))
    store.jobs.apply(cancel(store.jobs.job("A"), reason="slip", at=NOON, actor=CLERK))
    take(store, first_time("B", 2), following="2")
    assert standing(store, "B") == (State.READY, None)
    stock(store)
    store.pulled_cards.save(card("B"))
    print_next(store)
    assert let_go(store, "A") == (State.WAITING, "same_nik: B")


def test_who_waits_for_the_centre_as_well_is_not_released(store: Store) -> None:
    take(store, first_time("A", 1), first_time("B", 2))
    take(store, first_time("B", 2, status="PROCESSING"), following="2")
    with pytest.raises(IllegalMove, match="not print-ready at the centre any more"):
        let_go(store, "B")


def test_a_reprint_is_a_persons_word_already(store: Store) -> None:
    stock(store)
    take(store, first_time("A", 1))
    store.pulled_cards.save(card("A"))
    print_next(store)
    take(store, first_time("B", 2), following="2")
    store.jobs.apply(reprint(store.jobs.job("A"), reason="scratched", at=NOON, actor=CLERK))
    assert standing(store, "A") == (State.READY, "scratched")
