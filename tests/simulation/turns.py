"""Whose turn it was, by a second hand: from the log's entries, and the rules of that moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulation.witness import Logged

Turn = tuple[datetime, str]


@dataclass(slots=True)
class Turns:
    """Follows the log."""

    rules: Mapping[str, Any] = field(default_factory=dict)
    """As they were adopted last."""
    _classes: dict[str, str | None] = field(default_factory=dict)
    _lanes: dict[str, str | None] = field(default_factory=dict)
    _days: dict[str, str] = field(default_factory=dict)
    _starts: int = 0
    _used: dict[str, int] = field(default_factory=dict)

    def follow(self, entry: Logged) -> None:
        """One more entry."""
        details, record_id = entry.details, entry.record_id
        if entry.event == "order_rules":
            self.rules = details
        if entry.event == "started" and self.rules.get("lanes"):
            self._starts += 1
            lane = str(details.get("rule")).removeprefix("lane:")
            if f"lane:{lane}" == details.get("rule"):
                self._used[lane] = self._starts
        if record_id is None:
            return
        if "request_class" in details:
            self._classes[record_id] = details["request_class"] or None
        if entry.event in ("recorded", "lane_changed"):
            self._lanes[record_id] = details.get("lane")
        if entry.event == "checked_in":
            self._days[record_id] = details["day"]

    def fault(self, started: Turn, ready: Iterable[Turn], details: Mapping[str, Any]) -> str | None:
        """Why that start was out of turn; asked before it is followed. `ready`: who else was."""
        turns = {*ready, started}
        if not (self.rules.get("precedence") or self.rules.get("lanes") or self.rules.get("presence")):
            return None if min(turns) == started else f"{started[1]} was started, {min(turns)[1]} is earlier"
        ranked = {turn: rank for turn in turns if (rank := self._rank(turn[1], details)) is not None}
        if started not in ranked:
            return f"{started[1]} was started and is held back"
        rule = str(details.get("rule"))
        if rule.startswith("lane:"):
            name = rule.removeprefix("lane:")
            (lane,) = (lane for lane in self.rules["lanes"] if lane["name"] == name)
            if name in self._used and self._starts + 1 - self._used[name] < lane["one_in"]:
                return f"{started[1]} was started by {rule}, which had its share"
            ranked = {turn: rank for turn, rank in ranked.items() if self._lanes.get(turn[1]) == name}
        first = min(ranked, key=lambda turn: (ranked[turn], turn), default=None)
        return None if first == started else f"{started[1]} was started by {rule}, {first and first[1]} comes before"

    def _rank(self, record_id: str, details: Mapping[str, Any]) -> int | None:
        """None: held back."""
        if self.rules.get("presence") and self._days.get(record_id) != details["day"]:
            return None
        precedence, name = self.rules.get("precedence"), self._classes.get(record_id)
        if not precedence:
            return 0
        below = precedence["while_blanks_below"]
        if below is not None and details["blanks"] >= below:
            return 0
        if name in precedence["shut"]:
            return None
        classes = precedence["classes"]
        return classes.index(name) if name in classes else len(classes)
