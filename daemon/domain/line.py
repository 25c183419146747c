"""Who is ready, followed from event to event, and whom a start passes over under the rules that apply then."""

import heapq
from dataclasses import dataclass
from datetime import date

from daemon.domain.order import Turn
from daemon.domain.rules import Choice, Circumstances, Class, Heads, Rules, Shares, choose

UNTOLD = "?"
"""In place of a class: the log has not said it. Who has it is judged as long as no class goes before another."""

_Group = tuple[str | None, Class]
"""A lane (None: the line), and a class."""
_Entry = tuple[Turn, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Somebody was started out of turn."""

    started: Turn
    passed_over: Turn | None
    """Whose turn it was. None: nobody's, the rules held everybody back."""
    sequence: int
    """Of the start, in the log."""
    ready_since: int
    """In the log: when the one who was passed over had become ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody in line."""

    turn: Turn
    request_class: Class = None
    lane: str | None = None
    present_on: date | None = None


class Line:
    """Events are numbered as in the log, so no clock matters.

    Of n events it costs O(n log n) time, and memory for those alone who are in line.
    """

    def __init__(self) -> None:
        self.rules = Rules()
        self.shares = Shares()
        self._ready: dict[str, tuple[Standing, int]] = {}
        self._by_turn: list[_Entry] = []
        """With those who have left it since, until they come to the head."""
        self._groups: dict[date | None, dict[_Group, list[_Entry]]] = {}
        """The same, by what rules tell apart: the day of checking in (None: any), then the group. Empty while there
        are none."""

    def under(self, rules: Rules) -> None:
        """These rules apply from here on."""
        self.rules = rules
        self._groups = {}
        for standing, sequence in self._ready.values():
            self._group(standing, sequence)

    def enters(self, standing: Standing, sequence: int) -> None:
        """Ready from here on; or with another turn, class, lane or presence from here on."""
        self._ready[standing.turn.record_id] = (standing, sequence)
        heapq.heappush(self._by_turn, (standing.turn, sequence))
        self._group(standing, sequence)

    def leaves(self, record_id: str) -> bool:
        """Whether it was ready."""
        return self._ready.pop(record_id, None) is not None

    def counts(self, rule: str | None) -> None:
        """A card is started for somebody of whom nothing else is known, by this rule: lanes have had their share."""
        self.shares = self.shares.started(self.rules, rule)

    def starts(self, turn: Turn, sequence: int) -> Violation | None:
        """A card is started for this one, who leaves the queue; who is passed over by that where there are no rules,
        the earliest of them."""
        self.leaves(turn.record_id)
        first = self._head(self._by_turn)
        if first is None or not first[0] < turn:
            return None
        return Violation(started=turn, passed_over=first[0], sequence=sequence, ready_since=first[1])

    def choice(self, now: Circumstances) -> Choice | None:
        """Whose turn it is under the rules."""
        earliest = self._head(self._by_turn)
        groups = self._groups.get(now.day if self.rules.presence else None, {})
        line: dict[Class, Turn] = {}
        lanes: dict[str, dict[Class, Turn]] = {}
        told = self.rules.ranks(now) is not None
        for (lane, name), entries in groups.items():
            head = None if told and name == UNTOLD else self._head(entries)
            if head is not None:
                (line if lane is None else lanes.setdefault(lane, {}))[name] = head[0]
        heads = Heads(earliest=earliest and earliest[0], line=line, lanes=lanes)
        return choose(self.rules, heads, self.shares, now)

    def judge(self, turn: Turn, sequence: int, now: Circumstances, rule: str | None) -> tuple[Choice, Violation | None]:
        """A card is started for this one under rules, by this rule as is said; whose turn it was, and who is passed
        over by that. What the log has not said is taken as the start has it."""
        known = self._ready.get(turn.record_id)
        choice = self.choice(now)
        self.leaves(turn.record_id)
        self.counts(rule)
        said = Choice(turn=turn, rule=rule)
        is_untold = known is None or (known[0].request_class == UNTOLD and self.rules.ranks(now) is not None)
        if is_untold or (choice is not None and choice.turn == turn):
            return (said if is_untold or choice is None else choice), None
        passed_over = None if choice is None else choice.turn
        since = 0 if passed_over is None else self._ready[passed_over.record_id][1]
        fault = Violation(started=turn, passed_over=passed_over, sequence=sequence, ready_since=since)
        return said, fault

    def _group(self, standing: Standing, sequence: int) -> None:
        if self.rules.are_plain or (self.rules.presence and standing.present_on is None):
            return
        groups = self._groups.setdefault(standing.present_on if self.rules.presence else None, {})
        for lane in {None, standing.lane}:
            heapq.heappush(groups.setdefault((lane, standing.request_class), []), (standing.turn, sequence))

    def _head(self, entries: list[_Entry]) -> _Entry | None:
        while entries:
            turn, sequence = entries[0]
            known = self._ready.get(turn.record_id)
            if known is not None and (known[0].turn, known[1]) == (turn, sequence):
                return entries[0]
            heapq.heappop(entries)
        return None
