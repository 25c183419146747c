"""What the log says of people, whichever version wrote it."""

from datetime import timedelta

from daemon.domain.line import Violation
from daemon.queries.fairness import Contradiction, History
from tests.unit.daemon.domain.build import NOON, logged

Event = tuple[str, str | None, dict[str, object]]


def found(*events: Event) -> list[Violation | Contradiction]:
    history = History()
    faults: list[Violation | Contradiction] = []
    for sequence, (event, record_id, details) in enumerate(events, start=1):
        entry = logged(sequence, actor="giliran", event=event, record_id=record_id, details=details)
        faults.extend(history.add(entry))
    return faults


def recorded(record_id: str, minutes: int | None) -> Event:
    """None: by a version that did not say when."""
    when = {} if minutes is None else {"recorded_at": (NOON + timedelta(minutes=minutes)).isoformat()}
    return "recorded", record_id, {"after": "ready", **when}


def started(record_id: str) -> Event:
    return "started", record_id, {"before": "ready", "after": "printing"}


def test_a_start_is_held_against_those_of_whom_the_log_says_when_they_were_recorded() -> None:
    (fault,) = found(recorded("A", 1), recorded("B", 2), started("B"))
    assert isinstance(fault, Violation)
    assert fault.passed_over is not None
    assert (fault.started.record_id, fault.passed_over.record_id) == ("B", "A")


def test_where_an_earlier_version_did_not_say_when_nobody_is_accused() -> None:
    assert found(recorded("A", None), recorded("B", 2), started("B")) == []
    assert found(recorded("A", 1), recorded("B", None), started("B"), started("A")) == []


def test_it_begins_where_the_log_begins_to_say_it() -> None:
    moment = (NOON + timedelta(minutes=1)).isoformat()
    changed: Event = ("recorded_at_changed", "A", {"from": NOON.isoformat(), "to": moment})
    (fault,) = found(recorded("A", None), recorded("B", 2), changed, started("B"))
    assert isinstance(fault, Violation)
    assert fault.passed_over is not None
    assert (fault.passed_over.record_id, fault.ready_since) == ("A", 3)


def test_the_words_of_the_first_schema_are_understood() -> None:
    """`from` and `to` without whose word it is."""
    early = (NOON - timedelta(days=1)).isoformat()
    changed: Event = (
        "recorded_at_changed",
        "B",
        {"from": (NOON + timedelta(minutes=2)).isoformat(), "to": early},
    )
    assert found(recorded("A", 1), recorded("B", 2), changed, started("B"), started("A")) == []


def test_what_is_said_of_serials_is_not_taken_for_a_state() -> None:
    serial: Event = ("serial_told", "A", {"attempt": 1, "serial": "A77", "before": "A76"})
    assert found(recorded("A", 1), started("A"), serial) == []


def test_who_was_taken_back_with_his_import_is_passed_over_by_nobody_and_may_come_again() -> None:
    undone: Event = ("registration_undone", "A", {"import": 1})
    assert found(recorded("A", 1), recorded("B", 2), undone, started("B"), recorded("A", 3), started("A")) == []


# --- under rules -----------------------------------------------------------------------------------------------------

SHORT = {"instruction": "P", "classes": ["first_time"], "shut": ["data_change"]}
LANES = [{"name": "lansia", "instruction": "L", "one_in": 2}]


def adopted(**rules: object) -> Event:
    return "order_rules", None, rules


def of_class(record_id: str, minutes: int, request_class: str, lane: str | None = None) -> Event:
    event, name, details = recorded(record_id, minutes)
    return event, name, {**details, "request_class": request_class, "lane": lane}


def started_by(record_id: str, rule: str | None, blanks: int = 5) -> Event:
    details = {"before": "ready", "after": "printing", "rule": rule, "day": "2027-01-04", "blanks": blanks}
    return "started", record_id, {name: value for name, value in details.items() if value is not None}


def told(*events: Event) -> list[str]:
    return [
        f"{each.what}: {each.told}, {each.found}"
        if isinstance(each, Contradiction)
        else f"{each.started.record_id} past {each.passed_over and each.passed_over.record_id}"
        for each in found(*events)
    ]


def test_a_start_that_the_rules_explain_is_none_out_of_turn() -> None:
    people = of_class("A", 1, "lost"), of_class("B", 2, "first_time"), of_class("C", 3, "lost", "lansia")
    rules = adopted(precedence=SHORT, lanes=LANES)
    starts = started_by("C", "lane:lansia"), started_by("B", "precedence"), started_by("A", None)
    assert told(*people, rules, *starts) == []
    assert told(rules, *people, *starts) == []


def test_a_start_that_they_do_not_explain_is_named() -> None:
    people = of_class("A", 1, "lost"), of_class("B", 2, "first_time")
    assert told(*people, adopted(precedence=SHORT), started_by("A", None)) == ["A past B"]
    assert told(*people, adopted(precedence=SHORT), adopted(), started("B")) == ["B past A"]


def test_a_rule_that_was_not_the_one_is_named() -> None:
    people = of_class("A", 1, "lost"), of_class("B", 2, "first_time")
    wrong = ["the rule of the start: precedence, presence"]
    assert told(*people, adopted(precedence=SHORT), started_by("B", "presence")) == wrong


def test_more_than_its_share_is_named() -> None:
    people = recorded("A", 1), of_class("B", 2, "", "lansia"), of_class("C", 3, "", "lansia")
    starts = started_by("B", "lane:lansia"), started_by("C", "lane:lansia")
    assert told(*people, adopted(lanes=LANES), *starts) == ["C past A"]


def test_who_was_shut_out_and_started_all_the_same_is_named() -> None:
    start = started_by("A", None)
    assert told(of_class("A", 1, "data_change"), adopted(precedence=SHORT), start) == ["A past None"]
    enough = adopted(precedence={**SHORT, "while_blanks_below": 5})
    assert told(of_class("A", 1, "data_change"), enough, start) == []


def test_where_the_log_never_said_the_class_nobody_is_accused_by_classes() -> None:
    people = recorded("A", 1), of_class("B", 2, "first_time"), of_class("C", 3, "lost")
    rules = adopted(precedence=SHORT)
    assert told(*people, rules, started_by("A", None), started_by("B", None), started_by("C", None)) == []


def test_under_rules_a_start_has_to_say_what_it_was_decided_by() -> None:
    wrong = ["the day and the blanks of the start: known, None"]
    assert told(of_class("A", 1, "lost"), adopted(precedence=SHORT), started("A")) == wrong
