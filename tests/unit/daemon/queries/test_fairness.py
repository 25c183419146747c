"""What the log says of people, whichever version wrote it."""

from datetime import timedelta

from daemon.domain.log import GENESIS, LogEntry, chain
from daemon.domain.order import Violation
from daemon.queries.fairness import Contradiction, History
from tests.unit.daemon.domain.build import NOON

Event = tuple[str, str, dict[str, object]]


def found(*events: Event) -> list[Violation | Contradiction]:
    history, previous = History(), GENESIS
    faults: list[Violation | Contradiction] = []
    for sequence, (event, record_id, details) in enumerate(events, start=1):
        entry: LogEntry = chain(
            sequence=sequence,
            at=NOON,
            actor="giliran",
            event=event,
            record_id=record_id,
            details=details,
            previous=previous,
        )
        previous = entry.hash
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
    assert (fault.started.record_id, fault.passed_over.record_id) == ("B", "A")


def test_where_an_earlier_version_did_not_say_when_nobody_is_accused() -> None:
    assert found(recorded("A", None), recorded("B", 2), started("B")) == []
    assert found(recorded("A", 1), recorded("B", None), started("B"), started("A")) == []


def test_it_begins_where_the_log_begins_to_say_it() -> None:
    moment = (NOON + timedelta(minutes=1)).isoformat()
    changed: Event = ("recorded_at_changed", "A", {"from": NOON.isoformat(), "to": moment})
    (fault,) = found(recorded("A", None), recorded("B", 2), changed, started("B"))
    assert isinstance(fault, Violation)
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
