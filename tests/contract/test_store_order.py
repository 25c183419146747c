"""The order as an office is told to keep it: the claim, what is listed and what the log says agree, on every engine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from adapters.database import open_store
from daemon.domain.errors import IllegalMove, UnknownRecord
from daemon.domain.job import Verdict, WaitsFor, conclude, hold, release
from daemon.domain.rules import Lane, Precedence, Rules
from daemon.domain.states import State
from daemon.ports import Claim, NoClaim, Store
from daemon.queries.audit import verify
from daemon.queries.fairness import order_violations
from tests.contract.office import CLERK, NOON, card, events, minutes, page, print_next, record, start, stock
from tests.fakes.clock import ManualClock

TODAY = NOON.date()
SHORT = Precedence(instruction="471.13/1", classes=("first_time", "lost"), shut=("data_change",))
ELDERLY = Lane(name="lansia", instruction="SK 12", one_in=3)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """One on whose clock it is that day."""
    opened = open_store(url, "1205", ManualClock(NOON))
    yield opened
    opened.close()


def adopt(store: Store, **rules: object) -> None:
    assert store.order.adopt(Rules(**rules), at=NOON, actor="giliran")  # type: ignore[arg-type]


def come(store: Store, **classes: str | None) -> None:
    """People of these classes, print-ready, recorded a minute after one another, their cards pulled."""
    records = [
        replace(record(record_id, minute), request_class=request_class)
        for minute, (record_id, request_class) in enumerate(classes.items())
    ]
    store.records.take_page(page(*records, following=f"after {records[-1].record_id}"), NOON)
    for record_id in classes:
        store.pulled_cards.save(card(record_id))


def check_in(store: Store, *record_ids: str, day: date | None = None) -> None:
    for record_id in record_ids:
        store.order.check_in(record_id, day or TODAY, at=NOON, actor=CLERK)


def into_lane(store: Store, *record_ids: str) -> None:
    for record_id in record_ids:
        store.order.set_lane(record_id, "lansia", reason="70 years old", at=NOON, actor=CLERK)


def started(store: Store, count: int) -> list[tuple[str, object]]:
    """Who, and by which rule."""
    found = []
    for _ in range(count):
        record_id = print_next(store).record_id
        found.append((record_id, last_start(store, record_id).get("rule")))
    return found


def last_start(store: Store, record_id: str) -> dict[str, object]:
    starts = [entry for entry in store.log.entries(record_id) if entry.event == "started"]
    return dict(starts[-1].details)


def sound(store: Store) -> None:
    assert verify(store).faults == ()
    assert order_violations(store.log.entries(limit=10_000)) == []


def test_rules_are_adopted_once_and_logged(store: Store) -> None:
    assert store.order.rules() == Rules()
    assert not store.order.adopt(Rules(), at=NOON, actor="giliran")
    adopt(store, precedence=SHORT, lanes=(ELDERLY,), presence=True, timezone="Asia/Jakarta")
    assert not store.order.adopt(store.order.rules(), at=NOON, actor="giliran")
    adopt(store)
    assert events(store) == ["order_rules", "order_rules"]
    assert store.order.rules() == Rules()


def test_classes_are_started_in_order_and_each_start_says_by_what(store: Store) -> None:
    stock(store)
    come(store, SHUT="data_change", NONE=None, LOST="lost", FIRST="first_time")
    adopt(store, precedence=SHORT)
    assert started(store, 3) == [("FIRST", "precedence"), ("LOST", "precedence"), ("NONE", "precedence")]
    told = last_start(store, "FIRST")
    assert (told["instruction"], told["blanks"], told["day"]) == ("471.13/1", 10, "2026-01-05")
    assert store.jobs.claim("card-1", NOON, journal="J-1") is NoClaim.NOBODY_READY
    sound(store)


def test_where_the_rule_makes_no_difference_none_is_named(store: Store) -> None:
    stock(store)
    come(store, A="first_time", B="lost")
    adopt(store, precedence=SHORT)
    assert started(store, 2) == [("A", None), ("B", None)]
    sound(store)


def test_who_is_shut_out_stays_ready_has_no_place_and_keeps_it(store: Store) -> None:
    stock(store)
    come(store, SHUT="data_change", B="lost", C=None)
    adopt(store, precedence=SHORT)
    shut = store.jobs.job("SHUT")
    assert (shut.state, store.view.place(shut), store.view.held_back(shut)) == (State.READY, None, WaitsFor.SHUT)
    assert [(row.job.record_id, row.place, row.held_back) for row in store.view.queue(None, None)] == [
        ("B", 1, None),
        ("C", 2, None),
        ("SHUT", None, "class_shut: 471.13/1"),
    ]
    assert started(store, 1) == [("B", "precedence")]
    adopt(store)
    assert store.view.place(shut) == 1
    assert started(store, 2) == [("SHUT", None), ("C", None)]
    sound(store)


def test_a_precedence_ends_with_its_last_day_and_with_the_shortage(store: Store) -> None:
    stock(store, quantity=4)
    come(store, A="lost", B="first_time", C="lost", D="first_time", E=None)
    adopt(store, precedence=replace(SHORT, while_blanks_below=4, last_day=TODAY))
    assert started(store, 2) == [("A", None), ("B", None)]
    assert started(store, 1) == [("D", "precedence")]
    assert start(store, at=NOON + timedelta(days=1)).record_id == "C"
    sound(store)


def test_a_lane_gets_one_of_so_many_starts_whatever_becomes_of_the_cards(store: Store) -> None:
    stock(store, quantity=20)
    come(store, **dict.fromkeys("ABCDEFGH"))
    into_lane(store, "F", "G", "H")
    adopt(store, lanes=(ELDERLY,))
    back = start(store)
    assert (back.record_id, last_start(store, "F")["rule"]) == ("F", "lane:lansia")
    store.jobs.apply(conclude(back, Verdict.NO_CARD, reason="cover-open", at=NOON))
    assert [row.job.record_id for row in store.view.queue(State.READY, None)] == list("ABFCDGEH")
    assert started(store, 3) == [("A", None), ("B", None), ("F", "lane:lansia")]
    assert last_start(store, "F")["instruction"] == "SK 12"
    assert started(store, 3) == [("C", None), ("D", None), ("G", "lane:lansia")]
    assert started(store, 2) == [("E", None), ("H", None)]
    sound(store)


def test_the_share_of_a_lane_outlives_a_change_of_rules(store: Store) -> None:
    stock(store)
    come(store, **dict.fromkeys("ABCDE"))
    into_lane(store, "D", "E")
    adopt(store, lanes=(ELDERLY,))
    assert started(store, 1) == [("D", "lane:lansia")]
    adopt(store, lanes=(replace(ELDERLY, one_in=2),))
    assert started(store, 2) == [("A", None), ("E", "lane:lansia")]
    sound(store)


def test_only_who_checked_in_today_is_started(store: Store) -> None:
    stock(store)
    come(store, A=None, B=None, C=None, D=None)
    check_in(store, "B", day=TODAY - timedelta(days=1))
    check_in(store, "D", "C")
    adopt(store, presence=True)
    assert started(store, 2) == [("C", "presence"), ("D", "presence")]
    assert store.jobs.claim("card-1", NOON, journal="J-1") is NoClaim.NOBODY_READY
    check_in(store, "B", "A")
    assert started(store, 2) == [("A", None), ("B", None)]
    sound(store)


def test_a_day_is_the_offices(store: Store) -> None:
    stock(store)
    come(store, A=None)
    check_in(store, "A", day=TODAY + timedelta(days=1))
    adopt(store, presence=True, timezone="Asia/Jakarta")
    assert store.jobs.claim("card-1", NOON, journal="J-1") is NoClaim.NOBODY_READY
    assert start(store, at=NOON.replace(hour=17)).record_id == "A"
    sound(store)


def test_coming_twice_a_day_is_logged_once(store: Store) -> None:
    come(store, A=None)
    check_in(store, "A", "A")
    assert store.jobs.job("A").present_on == TODAY
    assert events(store, "A") == ["recorded", "checked_in"]


def test_lanes_and_coming_are_for_those_who_wait_for_a_card(store: Store) -> None:
    stock(store)
    come(store, A=None)
    print_next(store)
    with pytest.raises(IllegalMove, match="A is printed"):
        into_lane(store, "A")
    with pytest.raises(UnknownRecord):
        check_in(store, "B")
    assert store.jobs.job("A").lane is None


def test_into_a_lane_and_out_of_it_is_logged_with_its_reason(store: Store) -> None:
    come(store, A=None)
    into_lane(store, "A", "A")
    assert store.order.set_lane("A", None, reason="a mistake", at=NOON, actor=CLERK).lane is None
    entries = [entry for entry in store.log.entries("A") if entry.event == "lane_changed"]
    assert [dict(entry.details) for entry in entries] == [
        {"lane": "lansia", "reason": "70 years old"},
        {"reason": "a mistake"},
    ]
    sound(store)


def test_registrations_bring_lanes_and_fill_them_in(store: Store) -> None:
    come(store, A=None)
    registered = [replace(record(name), status=None, lane="lansia") for name in ("A", "B")]
    store.records.register(registered, NOON, CLERK)
    assert [store.jobs.job(name).lane for name in ("A", "B")] == ["lansia", "lansia"]
    assert events(store, "A") == ["recorded", "recorded_at_told", "lane_changed"]
    into_lane(store, "A")
    assert store.records.register(registered, NOON, CLERK).changed == 0
    sound(store)


def test_documents_are_pulled_in_the_order_of_the_rules(store: Store) -> None:
    stock(store)
    people = {"SHUT": "data_change", "OTHER": None, "FIRST": "first_time", "LOST": "lost"}
    records = [replace(record(name, n), request_class=each) for n, (name, each) in enumerate(people.items())]
    store.records.take_page(page(*records), NOON)
    adopt(store, precedence=SHORT)
    assert [job.record_id for job in store.pulled_cards.wanted(2)] == ["FIRST", "LOST"]
    store.pulled_cards.save(card("LOST"))
    assert store.jobs.claim("card-1", NOON, journal="J-1") is NoClaim.AWAITS_DOCUMENT
    store.pulled_cards.save(card("FIRST"))
    assert [job.record_id for job in store.pulled_cards.wanted(9)] == ["OTHER"]
    assert [each.record_id for each in store.next_cards.cards(2)] == ["FIRST", "LOST"]
    assert started(store, 2) == [("FIRST", "precedence"), ("LOST", "precedence")]


def test_another_class_by_the_centre_is_another_place(store: Store) -> None:
    stock(store)
    come(store, A="lost", B="first_time")
    adopt(store, precedence=SHORT)
    moved = replace(record("A", 0), request_class="first_time")
    store.records.take_page(page(moved, following="later"), NOON)
    store.pulled_cards.save(card("A"))
    assert started(store, 2) == [("A", None), ("B", None)]
    assert events(store, "A")[:2] == ["recorded", "request_class_changed"]
    sound(store)


def test_who_was_passed_over_is_told_by_which_rule(store: Store) -> None:
    stock(store)
    come(store, A="lost", B="first_time", C="lost")
    into_lane(store, "C")
    adopt(store, precedence=SHORT, lanes=(ELDERLY,))
    assert started(store, 2) == [("C", "lane:lansia"), ("B", "precedence")]
    found = store.view.overtakings(store.jobs.job("A"), 9).found
    assert [(each.record_id, each.rule, each.instruction, each.why) for each in found] == [
        ("C", "lane:lansia", "SK 12", "lane:lansia: SK 12"),
        ("B", "precedence", "471.13/1", "precedence: 471.13/1"),
    ]


def test_a_card_that_was_made_elsewhere_takes_its_person_out_of_the_line(store: Store) -> None:
    stock(store)
    come(store, A=None, B=None, C=None)
    store.jobs.apply(hold(store.jobs.job("C"), reason="photo", at=NOON, actor=CLERK))
    gone = [record(name, n, status="PRINTED_ELSEWHERE") for n, name in enumerate("AC")]
    store.records.take_page(page(*gone, following="later"), NOON)
    job = store.jobs.job("A")
    assert (job.state, job.reason, job.waits_for) == (State.WAITING, "printed_elsewhere", WaitsFor.ELSEWHERE)
    assert store.view.elsewhere() == 1
    held = store.jobs.job("C")
    assert held.state is State.HELD
    assert store.jobs.apply(release(held, at=NOON, actor=CLERK)).waits_for is WaitsFor.ELSEWHERE
    assert started(store, 1) == [("B", None)]
    assert (events(store, "A")[-1], events(store, "C")[-1]) == ("not_ready", "released")
    store.records.take_page(page(record("A", 0), following="last"), NOON)
    assert store.jobs.job("A").state is State.READY
    sound(store)


def test_whoever_waits_already_is_out_of_the_line_by_that_word(store: Store) -> None:
    store.records.take_page(page(record("A", 0, status="PROCESSING")), NOON)
    store.records.take_page(page(record("A", 0, status="PRINTED_ELSEWHERE"), following="2"), NOON)
    assert store.jobs.job("A").waits_for is WaitsFor.ELSEWHERE
    store.records.take_page(page(record("A", 0, status="PROCESSING"), following="3"), NOON)
    assert store.jobs.job("A").waits_for is WaitsFor.CENTRE
    sound(store)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_rules_claim_list_and_log_agree(store: Store, seed: int) -> None:
    rng = Random(seed)
    stock(store, quantity=400)
    classes = ["first_time", "lost", "data_change", "moved_in", None]
    names: list[str] = []
    for step in range(40):
        match rng.randrange(6):
            case 0:
                precedence = replace(SHORT, while_blanks_below=rng.choice([None, 390]))
                lanes = (ELDERLY, Lane(name="urgent", instruction="U", one_in=4))[: rng.randint(0, 2)]
                rules = Rules(precedence=rng.choice([None, precedence]), lanes=lanes, presence=rng.random() < 0.4)
                store.order.adopt(rules, at=NOON, actor="giliran")
            case 1:
                fresh = [f"R{step:02}{letter}" for letter in "abcd"]
                names += fresh
                people = [
                    replace(record(name, rng.randrange(100)), request_class=rng.choice(classes)) for name in fresh
                ]
                store.records.take_page(page(*people, following=f"{step}"), NOON)
            case 2 if names:
                name = rng.choice(names)
                if store.jobs.job(name).state is State.READY:
                    lane = rng.choice(["lansia", "urgent", None])
                    store.order.set_lane(name, lane, reason="test", at=NOON, actor=CLERK)
                    check_in(store, name)
            case _:
                _claim_as_listed(store)
    sound(store)


def _claim_as_listed(store: Store) -> None:
    for job in store.pulled_cards.wanted(3):
        store.pulled_cards.save(card(job.record_id))
    listed = [row for row in store.view.queue(State.READY, None) if row.place is not None]
    first = [row for row in store.view.queue(State.READY, 1) if row.place is not None]
    assert first == listed[:1]
    for row in listed[:3]:
        assert store.view.place(row.job) == row.place
    claim = store.jobs.claim("card-1", NOON, journal="J-1")
    if not listed:
        assert claim is NoClaim.NOBODY_READY
        return
    assert isinstance(claim, Claim)
    assert claim.attempt.job.record_id == listed[0].job.record_id
    store.jobs.apply(conclude(claim.attempt.job, Verdict.PRINTED, reason=None, at=NOON + minutes(1)))
