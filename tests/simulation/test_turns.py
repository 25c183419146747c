"""The second hand that judges turns in the simulator: it finds what it is there to find."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulation.turns import Turns
from tests.simulation.witness import Logged

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = "2026-03-02"
EARLY, MIDDLE, LATE = ((MORNING + timedelta(minutes=minute), f"R{minute}") for minute in range(3))


def turns(*entries: tuple[str, str | None, dict[str, Any]], **rules: Any) -> Turns:
    """After these entries, with these rules."""
    found = Turns()
    for sequence, (event, record_id, details) in enumerate((("order_rules", None, rules), *entries)):
        found.follow(Logged(sequence=sequence, actor="SITI", event=event, record_id=record_id, details=details))
    return found


def start(rule: str | None = None, blanks: int = 10) -> dict[str, Any]:
    return {"day": TODAY, "blanks": blanks, "rule": rule}


def test_without_rules_the_earliest_goes_first() -> None:
    assert turns().fault(EARLY, [MIDDLE, LATE], {}) is None
    assert turns().fault(MIDDLE, [EARLY, LATE], {}) == "R1 was started, R0 is earlier"


@pytest.mark.parametrize(("blanks", "right", "wrong"), [(10, LATE, EARLY), (50, EARLY, LATE)])
def test_a_class_goes_first_while_blanks_are_short(blanks: int, right: Any, wrong: Any) -> None:
    precedence = {"while_blanks_below": 50, "classes": ["lost"], "shut": []}
    found = turns(("recorded", "R2", {"request_class": "lost"}), precedence=precedence)
    assert found.fault(right, [EARLY, MIDDLE, LATE], start(blanks=blanks)) is None
    assert "comes before" in str(found.fault(wrong, [EARLY, MIDDLE, LATE], start(blanks=blanks)))


def test_who_is_shut_out_or_did_not_come_today_is_held_back() -> None:
    shut = turns(
        ("recorded", "R0", {"request_class": "lost"}),
        precedence={"while_blanks_below": None, "classes": [], "shut": ["lost"]},
    )
    assert shut.fault(MIDDLE, [EARLY, LATE], start()) is None
    assert "is held back" in str(shut.fault(EARLY, [MIDDLE], start()))
    came = turns(("checked_in", "R0", {"day": "2026-03-01"}), ("checked_in", "R2", {"day": TODAY}), presence=True)
    assert came.fault(LATE, [EARLY, MIDDLE], start("presence")) is None
    assert "is held back" in str(came.fault(EARLY, [LATE], start()))


def test_a_lane_gets_its_share_and_no_more_and_in_turn() -> None:
    lanes = [{"name": "lansia", "one_in": 3}]
    in_lane = [("lane_changed", each, {"lane": "lansia"}) for each in ("R1", "R2")]
    assert turns(*in_lane, lanes=lanes).fault(MIDDLE, [EARLY, LATE], start("lane:lansia")) is None
    assert "comes before" in str(turns(*in_lane, lanes=lanes).fault(LATE, [EARLY, MIDDLE], start("lane:lansia")))
    assert "comes before" in str(turns(lanes=lanes).fault(MIDDLE, [EARLY], start("lane:lansia")))
    had = [("started", "R9", start("lane:lansia")), *[("started", "R8", start())] * 2]
    assert "had its share" in str(turns(*in_lane, *had[:2], lanes=lanes).fault(MIDDLE, [EARLY], start("lane:lansia")))
    assert turns(*in_lane, *had, lanes=lanes).fault(MIDDLE, [EARLY], start("lane:lansia")) is None
