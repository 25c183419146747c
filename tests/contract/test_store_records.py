"""What the centre and the office's registrations say."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.domain.errors import IllegalMove, UnknownRecord
from daemon.domain.job import (
    ABSENT,
    PRINT_READY,
    Fault,
    Job,
    Transition,
    Verdict,
    WaitsFor,
    cancel,
    conclude,
    find_absent,
    find_fault,
    find_refused,
    hold,
    release,
    set_back,
)
from daemon.domain.states import State
from daemon.ports import BadRecord, IntakeResult, MovedAhead, Page, Person, Record, Store
from daemon.queries.fairness import order_violations
from tests.contract.office import (
    CLERK,
    NOON,
    card,
    events,
    in_line,
    minutes,
    page,
    print_next,
    record,
    somebody,
    start,
    stock,
)


def take(store: Store, *records: Record, bad: tuple[BadRecord, ...] = (), following: str = "1") -> IntakeResult:
    return store.records.take_page(page(*records, bad=bad, following=following), NOON + minutes(60))


def register(store: Store, *records: Record, document: str | None = None) -> IntakeResult:
    return store.records.register(records, NOON + minutes(60), CLERK, document)


def standing(store: Store, record_id: str) -> tuple[State, str | None]:
    job = store.jobs.job(record_id)
    return job.state, job.reason


def everything(store: Store) -> tuple[object, ...]:
    return store.view.queue(None, None), store.view.counts(), store.log.entries(), store.records.cursor()


def test_a_page_and_its_cursor_are_committed_together(store: Store) -> None:
    assert store.records.cursor() is None
    assert take(store, record("A"), record("B", status="PROCESSING"), following="c-17") == IntakeResult(
        new=2, changed=0, bad=0
    )
    assert store.records.cursor() == "c-17"
    assert standing(store, "A") == (State.READY, None)
    assert standing(store, "B") == (State.WAITING, "PROCESSING")
    assert (store.view.counts()[State.READY], store.view.counts()[State.WAITING]) == (1, 1)


def test_a_new_record_is_kept_whole(store: Store) -> None:
    person = Person(
        nik="1205010101900001", name="SITI CONTOH", birth_place="STABAT", birth_date=date(1990, 1, 1), sex="F"
    )
    take(store, replace(record("A", 3, person=person), request_class="first_time"))
    job = store.jobs.job("A")
    assert (job.recorded_at, job.nik_ending, job.request_class) == (NOON + minutes(3), "0001", "first_time")
    assert (job.since, job.central_status, job.attempt) == (NOON + minutes(60), "PRINT_READY_RECORD", 0)
    assert store.records.person("A") == person


def test_the_same_page_twice_changes_nothing_and_logs_nothing(store: Store) -> None:
    bad = (
        BadRecord(record_id="C", recorded_at=NOON, problem="nik: 15 digits"),
        BadRecord(record_id="D", recorded_at=None, problem="recorded_at: missing"),
        BadRecord(record_id=None, recorded_at=None, problem="record_id: missing"),
    )
    records = (record("A"), record("B", status="PROCESSING"), record("E", person=record("A").person))
    take(store, *records, bad=bad)
    before = everything(store)
    assert take(store, *records, bad=bad) == IntakeResult(new=0, changed=0, bad=3)
    assert everything(store) == before


def test_an_empty_page_is_taken(store: Store) -> None:
    assert store.records.take_page(Page(records=(), bad=(), next="9", more=False), NOON) == IntakeResult(
        new=0, changed=0, bad=0
    )
    assert store.records.cursor() == "9"


def test_a_record_that_comes_twice_in_a_page_ends_as_it_came_last(store: Store) -> None:
    assert take(store, record("A", status="PROCESSING"), record("B"), record("A")) == IntakeResult(
        new=2, changed=1, bad=0
    )
    assert standing(store, "A") == (State.READY, None)
    assert events(store, "A") == ["recorded", "ready"]


def test_the_status_moves_those_who_wait_or_are_ready(store: Store) -> None:
    take(store, record("A", status="SENT_FOR_ENROLLMENT"))
    assert take(store, record("A"), following="2").changed == 1
    assert standing(store, "A") == (State.READY, None)
    take(store, record("A", status="DUPLICATE_RECORD"), following="3")
    assert standing(store, "A") == (State.WAITING, "DUPLICATE_RECORD")
    assert events(store, "A") == ["recorded", "ready", "not_ready"]


def test_the_reason_of_a_waiting_job_keeps_step_with_the_status(store: Store) -> None:
    take(store, record("A", status="SENT_FOR_ENROLLMENT"))
    take(store, record("A", status="PROCESSING"), following="2")
    assert standing(store, "A") == (State.WAITING, "PROCESSING")
    assert store.log.entries("A")[-1].details["reason"] == "PROCESSING"
    assert events(store, "A") == ["recorded", "status_changed"]


def test_the_status_does_not_move_what_is_printed_or_held(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    print_next(store)
    store.jobs.apply(hold(store.jobs.job("B"), reason="photo", at=NOON, actor=CLERK))
    before = events(store)
    take(store, record("A", status="CARD_ISSUED"), record("B", 1, status="PROCESSING"), following="2")
    assert standing(store, "A") == (State.PRINTED, None)
    assert standing(store, "B") == (State.HELD, "photo")
    assert store.jobs.job("A").central_status == "CARD_ISSUED"
    assert store.jobs.job("B").central_status == "PROCESSING"
    assert events(store) == before


def test_a_person_who_was_corrected_is_corrected_here(store: Store) -> None:
    take(store, record("A", person=somebody(1, "SITI CONTOH")))
    take(store, record("A", person=somebody(2, "SITI CONTOH BARU")), following="2")
    assert store.records.person("A") == somebody(2, "SITI CONTOH BARU")
    assert store.jobs.job("A").nik_ending == "0002"


def test_recording_time_moves_earlier_only(store: Store) -> None:
    take(store, record("A", 10), record("B", 5))
    take(store, record("A", 20), record("B", 1), following="2")
    assert store.jobs.job("A").recorded_at == NOON + minutes(10)
    assert store.jobs.job("B").recorded_at == NOON + minutes(1)
    assert events(store, "A") == ["recorded"]
    changed = store.log.entries("B")[-1]
    assert changed.event == "recorded_at_changed"
    assert changed.details == {
        "from": "2026-01-05T12:05:00+00:00",
        "to": "2026-01-05T12:01:00+00:00",
        "centre_recorded_at": "2026-01-05T12:01:00+00:00",
        "counts": "centre",
    }


def test_recording_time_of_a_printed_card_stays(store: Store) -> None:
    stock(store)
    take(store, record("A", 10))
    store.pulled_cards.save(card("A"))
    print_next(store)
    take(store, record("A", 1), following="2")
    assert store.jobs.job("A").recorded_at == NOON + minutes(10)


def test_a_bad_record_keeps_its_place_in_line(store: Store) -> None:
    bad = BadRecord(record_id="A", recorded_at=NOON, problem="nik: 15 digits")
    assert take(store, bad=(bad,)) == IntakeResult(new=1, changed=0, bad=1)
    assert standing(store, "A") == (State.WAITING, "bad_record: nik: 15 digits")
    with pytest.raises(UnknownRecord):
        store.records.person("A")
    assert take(store, record("A", 30), following="2").changed == 1
    assert standing(store, "A") == (State.READY, None)
    assert store.jobs.job("A").recorded_at == NOON
    assert store.jobs.job("A").nik_ending == record("A").person.nik[-4:]
    assert store.records.person("A") == record("A").person


def test_a_record_that_goes_bad_waits_until_it_is_good_again(store: Store) -> None:
    take(store, record("A"), record("B", status="PROCESSING"))
    bad = tuple(BadRecord(record_id=name, recorded_at=NOON, problem="name: empty") for name in "AB")
    assert take(store, bad=bad, following="2") == IntakeResult(new=0, changed=0, bad=2)
    assert standing(store, "A") == standing(store, "B") == (State.WAITING, "bad_record: name: empty")
    take(store, record("A"), record("B", status="PROCESSING"), following="3")
    assert standing(store, "A") == (State.READY, None)
    assert standing(store, "B") == (State.WAITING, "PROCESSING")


def test_who_is_faulty_is_a_field_and_not_read_off_the_centres_words(store: Store) -> None:
    take(store, record("A"), record("B", status="bad_record: as the centre has it"), record("C", status="bad_photo"))
    assert store.view.faulty(10) == []
    store.jobs.apply(find_fault(store.jobs.job("A"), Fault.CARD, detail="no photo", at=NOON))
    take(store, bad=(BadRecord(record_id="B", recorded_at=NOON, problem="name: empty"),), following="2")
    assert {(job.record_id, job.fault, job.reason) for job in store.view.faulty(10)} == {
        ("A", Fault.CARD, "bad_card: no photo"),
        ("B", Fault.RECORD, "bad_record: name: empty"),
    }
    take(store, record("A"), record("B", status="bad_record: as the centre has it"), following="3")
    assert store.view.faulty(10) == []
    assert standing(store, "A") == (State.READY, None)
    assert standing(store, "B") == (State.WAITING, "bad_record: as the centre has it")


LIKE_OURS = (
    "try_again_after_enrolment",
    "try_again: later",
    "bad_fingerprint_quality",
    "bad_record: x",
    "bad_card: x",
    "same_nik",
    "same_nik: B",
    "absent_at_centre",
    "withdrawn_at_centre",
)
"""Statuses of a centre that read like a reason of ours."""


@pytest.mark.parametrize("status", LIKE_OURS)
@pytest.mark.parametrize("was", [None, PRINT_READY, "PROCESSING"], ids=["new", "ready", "waiting"])
def test_a_status_that_reads_like_a_reason_of_ours_decides_nothing(store: Store, was: str | None, status: str) -> None:
    if was is not None:
        take(store, record("A", status=was))
    take(store, record("A", status=status), following="2")
    job = store.jobs.job("A")
    assert (job.state, job.reason, job.waits_for, job.fault) == (State.WAITING, status, WaitsFor.CENTRE, None)
    assert store.records.retry_set_back(NOON + minutes(999), NOON + minutes(999)) == 0
    assert (store.view.faulty(9), store.view.awaiting_person(9)) == ([], [])
    with pytest.raises(IllegalMove):
        release(job, at=NOON, actor=CLERK)
    assert standing(store, "A") == (State.WAITING, status)
    assert store.log.entries("A")[-1].details["waits_for"] == "centre"
    take(store, record("A"), following="3")
    assert store.jobs.job("A").waits_for is None
    assert standing(store, "A") == (State.READY, None)


def test_what_each_one_waits_for_is_kept(store: Store) -> None:
    first, second = (replace(record(name, person=somebody()), request_class="first_time") for name in "AB")
    take(store, first, second, record("C"), record("D"), record("E"), record("F", status="PROCESSING"))
    register(store, record("G", status=None))
    store.jobs.apply(set_back(store.jobs.job("C"), detail="answer", at=NOON))
    store.jobs.apply(find_absent(store.jobs.job("D"), at=NOON))
    store.jobs.apply(find_refused(store.jobs.job("E"), at=NOON))
    bad = tuple(BadRecord(record_id=name, recorded_at=NOON, problem="name: empty") for name in "FH")
    take(store, bad=bad, following="2")
    assert {row.job.record_id: row.job.waits_for for row in store.view.queue(None, None)} == {
        "A": None,
        "B": WaitsFor.PERSON,
        "C": WaitsFor.RETRY,
        "D": WaitsFor.ABSENT,
        "E": WaitsFor.CENTRE,
        "F": WaitsFor.UNUSABLE,
        "G": WaitsFor.ABSENT,
        "H": WaitsFor.UNUSABLE,
    }
    for name in "BCDEFGH":
        assert store.log.entries(name)[-1].details["waits_for"] == store.jobs.job(name).waits_for


def test_a_bad_record_of_somebody_who_is_not_moved_by_it_is_logged_once(store: Store) -> None:
    first, second = (replace(record(name, person=somebody()), request_class="first_time") for name in "AB")
    take(store, first, second, record("C"))
    store.jobs.apply(hold(store.jobs.job("C"), reason="a look", at=NOON, actor=CLERK))
    bad = tuple(BadRecord(record_id=name, recorded_at=NOON, problem="name: empty") for name in "BC")
    for _ in range(2):
        take(store, bad=bad, following="2")
    for name in "BC":
        entries = [entry for entry in store.log.entries(name) if entry.event == "bad_record"]
        assert [entry.details for entry in entries] == [{"problem": "name: empty"}]


def test_who_is_held_or_cancelled_is_not_faulty_any_more(store: Store) -> None:
    take(store, record("A"), record("B"))
    for name in "AB":
        store.jobs.apply(find_fault(store.jobs.job(name), Fault.CARD, detail="no photo", at=NOON))
    store.jobs.apply(hold(store.jobs.job("A"), reason="bad_luck: x", at=NOON, actor="siti"))
    store.jobs.apply(cancel(store.jobs.job("B"), reason="a slip", at=NOON, actor="siti"))
    assert store.view.faulty(10) == []


SET_ASIDE: dict[str, Callable[[Job], Transition]] = {
    "held": lambda job: hold(job, reason="a look", at=NOON, actor=CLERK),
    "cancelled": lambda job: cancel(job, reason="a slip", at=NOON, actor=CLERK),
}


@pytest.mark.parametrize("way", SET_ASIDE)
def test_who_was_faulty_when_set_aside_is_so_again_when_let_go(store: Store, way: str) -> None:
    take(store, record("A"), record("B"))
    store.jobs.apply(find_fault(store.jobs.job("A"), Fault.CARD, detail="no photo", at=NOON))
    take(store, bad=(BadRecord(record_id="B", recorded_at=NOON, problem="name: empty"),), following="2")
    for name in "AB":
        store.jobs.apply(SET_ASIDE[way](store.jobs.job(name)))
        store.jobs.apply(release(store.jobs.job(name), at=NOON, actor=CLERK))
    listed = {(job.record_id, job.state, job.fault, job.reason) for job in store.view.faulty(10)}
    assert listed == {
        ("A", State.WAITING, Fault.CARD, "bad_card: as before it was set aside"),
        ("B", State.WAITING, Fault.RECORD, "bad_record: as before it was set aside"),
    }
    with pytest.raises(IllegalMove, match="B waits until the centre sends its record anew"):
        release(store.jobs.job("B"), at=NOON, actor=CLERK)
    take(store, record("A"), record("B"), following="3")
    assert standing(store, "A") == standing(store, "B") == (State.READY, None)


@pytest.mark.parametrize("way", SET_ASIDE)
def test_what_the_centre_sends_meanwhile_counts_when_somebody_is_let_go(store: Store, way: str) -> None:
    take(store, record("A"), record("B"))
    store.jobs.apply(find_fault(store.jobs.job("A"), Fault.CARD, detail="no photo", at=NOON))
    for name in "AB":
        store.jobs.apply(SET_ASIDE[way](store.jobs.job(name)))
    bad = BadRecord(record_id="B", recorded_at=NOON, problem="name: empty")
    take(store, record("A"), bad=(bad,), following="2")
    for name in "AB":
        store.jobs.apply(release(store.jobs.job(name), at=NOON, actor=CLERK))
    assert standing(store, "A") == (State.READY, None)
    assert [(job.record_id, job.fault) for job in store.view.faulty(10)] == [("B", Fault.RECORD)]


def test_a_card_that_could_not_be_used_is_tried_again_when_a_person_says_so(store: Store) -> None:
    take(store, record("A"))
    store.jobs.apply(find_fault(store.jobs.job("A"), Fault.CARD, detail="no photo", at=NOON))
    store.jobs.apply(release(store.jobs.job("A"), at=NOON, actor=CLERK))
    assert standing(store, "A") == (State.READY, None)
    assert store.jobs.job("A").fault is None


def test_a_bad_record_of_somebody_who_waits_for_a_person_makes_nobody_ready(store: Store) -> None:
    first, second = (replace(record(name, person=somebody()), request_class="first_time") for name in "AB")
    take(store, first, second)
    take(store, bad=(BadRecord(record_id="B", recorded_at=NOON, problem="name: empty"),), following="2")
    assert [job.record_id for job in store.view.faulty(10)] == ["B"]
    assert standing(store, "B") == (State.WAITING, "same_nik: A")
    with pytest.raises(IllegalMove, match="B waits until the centre sends its record anew"):
        release(store.jobs.job("B"), at=NOON, actor=CLERK)
    take(store, first, second, following="3")
    assert standing(store, "B") == (State.WAITING, "same_nik: A")
    store.jobs.apply(release(store.jobs.job("B"), at=NOON, actor=CLERK))
    assert standing(store, "B") == (State.READY, None)


def test_a_bad_record_without_a_usable_time_is_placed_when_it_is_first_heard_of(store: Store) -> None:
    bad = BadRecord(record_id="A", recorded_at=None, problem="recorded_at: missing", person=somebody(7))
    assert take(store, bad=(bad,)) == IntakeResult(new=1, changed=0, bad=1)
    assert standing(store, "A") == (State.WAITING, "bad_record: recorded_at: missing")
    assert [job.record_id for job in store.view.faulty(10)] == ["A"]
    assert (store.jobs.job("A").recorded_at, store.jobs.job("A").nik_ending) == (NOON + minutes(60), "0007")
    assert store.records.person("A") == somebody(7)
    (entry,) = store.log.entries("A")
    assert entry.details["placed"] == "when first heard of, until the centre says a usable time"


def test_it_moves_to_its_own_place_as_soon_as_the_centre_says_a_usable_time(store: Store) -> None:
    take(store, bad=(BadRecord(record_id="A", recorded_at=None, problem="recorded_at: missing"),))
    take(store, bad=(BadRecord(record_id="A", recorded_at=NOON + minutes(9), problem="nik: missing"),), following="2")
    assert standing(store, "A") == (State.WAITING, "bad_record: nik: missing")
    assert store.jobs.job("A").recorded_at == NOON + minutes(9)
    take(store, record("A", 5), following="3")
    assert standing(store, "A") == (State.READY, None)
    assert store.jobs.job("A").recorded_at == NOON + minutes(5)
    assert events(store, "A").count("recorded_at_changed") == 2


def test_a_bad_record_without_an_id_is_logged(store: Store) -> None:
    take(store, bad=(BadRecord(record_id=None, recorded_at=None, problem="record_id: missing"),))
    (entry,) = store.log.entries()
    assert (entry.event, entry.record_id, entry.details) == ("bad_record", None, {"problem": "record_id: missing"})


def test_two_records_of_one_nik_are_both_taken_and_logged_once(store: Store) -> None:
    person = somebody(1)
    take(store, record("A", person=person), record("B", person=person), record("C"))
    take(store, record("A", person=person), record("B", person=person), following="2")
    (entry,) = (entry for entry in store.log.entries() if entry.event == "same_nik")
    assert {entry.record_id, *entry.details["others"]} == {"A", "B"}  # type: ignore[misc]
    assert person.nik not in str(entry)
    assert store.view.counts()[State.READY] == 3


def test_registrations_that_the_centre_does_not_know_wait(store: Store) -> None:
    assert register(store, record("A", status=None)) == IntakeResult(new=1, changed=0, bad=0)
    assert standing(store, "A") == (State.WAITING, ABSENT)
    assert store.jobs.job("A").central_status is None
    assert register(store, record("A", status=None)) == IntakeResult(new=0, changed=0, bad=0)
    take(store, record("A", 30))
    assert standing(store, "A") == (State.READY, None)


def test_an_earlier_time_of_the_office_counts_until_the_centre_has_spoken(store: Store) -> None:
    """A row for a friend, made up before the centre says when he was recorded."""
    register(store, record("FRIEND", -3000, status=None), record("B", 5, status=None))
    assert [row.job.record_id for row in store.view.queue(None, None)] == ["FRIEND", "B"]
    take(store, record("FRIEND", 20), record("B", 10))
    assert [row.job.record_id for row in store.view.queue(State.READY, None)] == ["B", "FRIEND"]
    changed = next(entry for entry in store.log.entries("FRIEND") if entry.event == "recorded_at_changed")
    assert changed.details == {
        "from": (NOON - minutes(3000)).isoformat(),
        "to": (NOON + minutes(20)).isoformat(),
        "office_recorded_at": (NOON - minutes(3000)).isoformat(),
        "centre_recorded_at": (NOON + minutes(20)).isoformat(),
        "counts": "centre",
    }
    assert store.view.moved_ahead() == []


def test_with_the_paper_that_it_comes_from_it_counts_and_is_counted(store: Store) -> None:
    before = register(store, record("A", -50, status=None), record("B", 90, status=None), document="470/1")
    assert before == IntakeResult(new=2, changed=0, bad=0)
    take(store, record("A", 20), record("B", 10), record("C", 5))
    assert [row.job.record_id for row in store.view.queue(State.READY, None)] == ["A", "C", "B"]
    assert store.view.moved_ahead() == [MovedAhead(document="470/1", people=1, in_line=1)]
    told = next(entry for entry in store.log.entries("A") if entry.event == "recorded_at_told")
    assert (told.actor, told.details["counts"], told.details["document"]) == ("centre", "office", "470/1")
    after = register(store, record("B", -9, status=None), record("C", -60, status=None), document="470/2")
    assert after == IntakeResult(new=0, changed=1, bad=0, moved_ahead=1), "B has its paper already"
    assert [row.job.record_id for row in store.view.queue(State.READY, None)] == ["C", "A", "B"]
    assert [(row.document, row.people) for row in store.view.moved_ahead()] == [("470/1", 1), ("470/2", 1)]
    imported = [entry for entry in store.log.entries() if entry.event == "imported"][-1]
    assert imported.details == {"import": 2, "new": 0, "changed": 1, "document": "470/2", "moved_ahead": 1}
    assert order_violations(store.log.entries()) == []


def test_what_is_said_while_a_card_is_under_way_counts_when_it_comes_back(store: Store) -> None:
    stock(store)
    take(store, record("A", 10), record("B", 20))
    store.pulled_cards.save(card("A"))
    store.jobs.claim("card-1", NOON, journal="J-1")
    take(store, record("B", 15), record("A", 5), following="2")
    assert store.jobs.job("A").recorded_at == NOON + minutes(10)
    store.jobs.apply(conclude(store.jobs.job("A"), Verdict.NO_CARD, reason="jam", at=NOON + minutes(1)))
    assert store.jobs.job("A").recorded_at == NOON + minutes(5)
    assert store.log.entries("A")[-1].event == "recorded_at_changed"


def test_a_registration_fills_gaps_and_changes_nothing_that_is_known(store: Store) -> None:
    take(store, record("A", person=somebody(1)), bad=(BadRecord(record_id="B", recorded_at=NOON, problem="nik"),))
    changed = register(
        store,
        record("A", -30, status=None, person=somebody(2), district="STABAT"),
        record("B", -30, status=None, person=somebody(3)),
    )
    assert changed == IntakeResult(new=0, changed=2, bad=0, too_early=2, others=("A",))
    assert store.jobs.job("A").recorded_at == NOON
    assert store.records.person("A") == somebody(1)
    assert store.records.person("B") == somebody(3)
    assert (standing(store, "A"), standing(store, "B")) == ((State.READY, None), (State.WAITING, "bad_record: nik"))


def test_an_import_may_be_long_and_name_a_record_twice(store: Store) -> None:
    def rows() -> Iterator[Record]:
        for number in range(1201):
            yield record(f"R-{number:05}", number, status=None)
        yield record("R-00007", 0, status=None, district="STABAT")

    assert store.records.register(rows(), NOON, CLERK) == IntakeResult(new=1201, changed=1, bad=0)
    assert store.view.counts()[State.WAITING] == 1201
    assert store.log.entries(after=1201)[0].details == {"import": 1, "new": 1201, "changed": 1}


def test_what_was_set_back_for_a_passing_reason_is_tried_again_later(store: Store) -> None:
    in_line(store, "A", "B", "C")
    for record_id in "AC":
        store.jobs.apply(set_back(store.jobs.job(record_id), detail="no photo", at=NOON))
    store.jobs.apply(find_refused(store.jobs.job("B"), at=NOON))
    take(store, record("C", 2, status="PROCESSING"), following="2")
    assert store.records.retry_set_back(NOON, NOON) == 0
    assert store.records.retry_set_back(NOON + minutes(1), NOON + minutes(1)) == 1
    assert standing(store, "A") == (State.READY, None)
    assert standing(store, "B") == (State.WAITING, "not_print_ready_any_more")
    assert standing(store, "C") == (State.WAITING, "PROCESSING")
    assert events(store, "A") == ["recorded", "not_ready", "ready"]
    assert store.records.retry_set_back(NOON + minutes(9), NOON + minutes(9)) == 0


def test_a_page_while_a_card_is_in_the_printer_disturbs_nothing(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    job = start(store)
    take(store, record("A", person=somebody(9)), following="2")
    assert store.jobs.apply(conclude(job, Verdict.PRINTED, reason=None, at=NOON)).state is State.PRINTED


@given(
    st.lists(
        st.sampled_from([PRINT_READY, "PROCESSING", "DUPLICATE_RECORD", "A_WORD_OF_TOMORROW"]), min_size=1, max_size=5
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changes_in_any_order_and_any_number_of_times_end_the_same(
    store: Store, statuses: list[str], chance: Random
) -> None:
    """Where an old word made somebody ready who is not, the centre refuses the card (409) and he waits again."""
    record_id = f"R-{store.view.counts()[State.WAITING] + store.view.counts()[State.READY]}"
    words = [
        record(record_id, status=status, updated_at=NOON + minutes(number), district=f"D{number}")
        for number, status in enumerate(statuses)
    ]
    told = [*words, *chance.choices(words, k=3)]
    chance.shuffle(told)
    for number, word in enumerate(told):
        take(store, word, following=f"{record_id}.{number}")
    if store.jobs.job(record_id).state is State.READY and statuses[-1] != PRINT_READY:
        store.jobs.apply(find_refused(store.jobs.job(record_id), at=NOON))
    expected = State.READY if statuses[-1] == PRINT_READY else State.WAITING
    assert standing(store, record_id)[0] is expected


def test_how_far_the_intake_is_can_be_seen(store: Store) -> None:
    assert store.records.intake() is None
    for number, more in enumerate((True, True, False, False)):
        came = tuple(record(f"{number}-{letter}", number) for letter in "ABC")
        store.records.take_page(Page(records=came, bad=(), next=str(number), more=more), NOON + minutes(number))
        intake = store.records.intake()
        assert intake is not None
        assert (intake.more, intake.records) == (more, (3, 6, 9, 3)[number])
