"""The rules that an office may be told to keep above the recording time, and whose turn it is under them. Pure.

Each has a written instruction and stands in the configuration; nobody at a counter chooses. Within each of them the
recording time decides. A person whom they hold back stays ready and keeps the place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from daemon.domain.errors import IllegalMove, Rejected
from daemon.domain.job import Job, WaitsFor
from daemon.domain.order import Turn
from daemon.domain.states import IN_LINE

PRECEDENCE, PRESENCE = "precedence", "presence"
"""The names of rules; a lane's is `lane:NAME`."""

CLASS_SHUT = "class_shut"
"""How the reason of one who is ready begins, while nobody of that class is printed: `class_shut: INSTRUCTION`."""

NOT_CHECKED_IN = "not_checked_in"
"""Reason of one who is ready and did not come, while only those are printed who did."""

ADOPTED = "order_rules"
"""The word under which the log keeps that other rules apply from there on."""

Class = str | None
"""A request class; None: the centre has named none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """Classes in order while blanks are short."""

    instruction: str
    first_day: date | None = None
    last_day: date | None = None
    """Included."""
    while_blanks_below: int | None = None
    """None: however many there are."""
    classes: tuple[str, ...] = ()
    """The first goes first; those that are not named follow, all together."""
    shut: tuple[str, ...] = ()
    """Nobody of these is printed."""

    def is_in_force(self, now: "Circumstances") -> bool:
        """On that day, with so many blanks."""
        begun = self.first_day is None or self.first_day <= now.day
        over = self.last_day is not None and now.day > self.last_day
        enough = self.while_blanks_below is not None and now.blanks >= self.while_blanks_below
        return begun and not over and not enough

    def rank(self, request_class: Class) -> int | None:
        """Smaller goes first; None: it is shut."""
        if request_class in self.shut:
            return None
        return self.classes.index(request_class) if request_class in self.classes else len(self.classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """People who may go ahead of the line, with a share of the starts."""

    name: str
    instruction: str
    one_in: int
    """At most one of so many starts in a row goes to the lane ahead of the line."""

    @property
    def rule(self) -> str:
        """Its name as a rule."""
        return f"lane:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that apply. None of them: the recording time alone decides."""

    precedence: Precedence | None = None
    lanes: tuple[Lane, ...] = ()
    presence: bool = False
    """Only those who checked in today are printed."""
    timezone: str = "UTC"
    """The office's: a day begins and ends by it."""

    @property
    def are_plain(self) -> bool:
        """Whether there is none."""
        return self.precedence is None and not self.lanes and not self.presence

    @property
    def depend_on_starts(self) -> bool:
        """Whether every start may change who comes next: by the shares of lanes, or by the blanks that are left."""
        return bool(self.lanes) or (self.precedence is not None and self.precedence.while_blanks_below is not None)

    def day(self, at: datetime) -> date:
        """The office's day at that moment."""
        return at.astimezone(ZoneInfo(self.timezone)).date()

    def ranks(self, now: "Circumstances") -> Precedence | None:
        """The precedence, if it is in force now."""
        return self.precedence if self.precedence is not None and self.precedence.is_in_force(now) else None

    def held_back(self, request_class: Class, present_on: date | None, now: "Circumstances") -> WaitsFor | None:
        """What somebody who is ready waits for under these; None: for nothing but the turn."""
        ranks = self.ranks(now)
        if ranks is not None and ranks.rank(request_class) is None:
            return WaitsFor.SHUT
        return WaitsFor.PRESENCE if self.presence and present_on != now.day else None

    def instruction(self, rule: str) -> str | None:
        """Of the rule of this name."""
        if rule == PRECEDENCE and self.precedence is not None:
            return self.precedence.instruction
        return next((lane.instruction for lane in self.lanes if lane.rule == rule), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a decision depends on beside the people."""

    day: date
    """The office's."""
    blanks: int
    """In store and hoppers together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How much of the starts the lanes have had. Starts are counted while there are lanes."""

    starts: int = 0
    used: Mapping[str, int] = field(default_factory=dict)
    """By lane: the number of the last start that went to it ahead of the line."""

    def is_due(self, lane: Lane) -> bool:
        """Whether the next start may go to it: then it has one at most of any `one_in` in a row."""
        used = self.used.get(lane.name)
        return used is None or self.starts + 1 - used >= lane.one_in

    def started(self, rules: Rules, rule: str | None) -> "Shares":
        """After one more start, by this rule."""
        if not rules.lanes:
            return self
        number = self.starts + 1
        lane = next((lane for lane in rules.lanes if lane.rule == rule), None)
        return Shares(starts=number, used=self.used if lane is None else {**self.used, lane.name: number})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The first of each class, in the line and in each lane, of those who checked in where that is asked for."""

    earliest: Turn | None
    """Of all who are ready, whatever the rules."""
    line: Mapping[Class, Turn]
    """Those of the lanes stand in it as well."""
    lanes: Mapping[str, Mapping[Class, Turn]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whose turn it is."""

    turn: Turn
    rule: str | None
    """The one by which it is not the earliest recorded's; None: it is."""
    instruction: str | None = None


def choose(rules: Rules, heads: Heads, shares: Shares, now: Circumstances) -> Choice | None:
    """Whose turn it is. None: nobody's, as nobody is ready or all are held back."""
    ranks = rules.ranks(now)
    first = _first(heads.line, ranks)
    if first is None:
        return None
    due = [(found, lane) for lane in rules.lanes if shares.is_due(lane) and (found := _of(lane, heads, ranks))]
    if due:
        (_, turn), lane = min(due, key=lambda each: each[0])
        if turn != first[1]:
            return Choice(turn=turn, rule=lane.rule, instruction=lane.instruction)
    _, turn = first
    if turn == heads.earliest:
        return Choice(turn=turn, rule=None)
    rule = PRESENCE if turn == min(heads.line.values()) else PRECEDENCE
    return Choice(turn=turn, rule=rule, instruction=rules.instruction(rule))


def _of(lane: Lane, heads: Heads, ranks: Precedence | None) -> tuple[int, Turn] | None:
    return _first(heads.lanes.get(lane.name, {}), ranks)


def _first(heads: Mapping[Class, Turn], ranks: Precedence | None) -> tuple[int, Turn] | None:
    ranked = ((0 if ranks is None else ranks.rank(request_class), turn) for request_class, turn in heads.items())
    return min(((rank, turn) for rank, turn in ranked if rank is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """As Heads, with those who follow: each by turn."""

    line: Mapping[Class, Sequence[Turn]]
    lanes: Mapping[str, Mapping[Class, Sequence[Turn]]] = field(default_factory=dict)


def foresee(rules: Rules, lines: Lines, shares: Shares, now: Circumstances) -> Iterator[Turn]:
    """In which order they will be started if nobody comes or goes, and every card takes one blank."""
    taken: set[str] = set()
    queues = {(None, name): iter(those) for name, those in lines.line.items()} | {
        (lane, name): iter(those) for lane, classes in lines.lanes.items() for name, those in classes.items()
    }
    heads = {key: next(those, None) for key, those in queues.items()}
    while True:
        for key, those in queues.items():
            while (head := heads[key]) is not None and head.record_id in taken:
                heads[key] = next(those, None)
        here = {key: head for key, head in heads.items() if head is not None}
        line = {name: head for (lane, name), head in here.items() if lane is None}
        lanes: dict[str, dict[Class, Turn]] = {}
        for (lane, name), head in here.items():
            if lane is not None:
                lanes.setdefault(lane, {})[name] = head
        choice = choose(rules, Heads(earliest=None, line=line, lanes=lanes), shares, now)
        if choice is None:
            return
        yield choice.turn
        taken.add(choice.turn.record_id)
        shares, now = shares.started(rules, choice.rule), replace(now, blanks=now.blanks - 1)


def check_in_line(job: Job) -> None:
    """IllegalMove unless a lane, or coming, can still mean something to this one."""
    if job.state not in IN_LINE:
        raise IllegalMove(
            f"{job.record_id} is {job.state}; only somebody who waits for a card can be in a lane or come"
        )


def check_lane(name: str, there: Sequence[str]) -> None:
    """Rejected unless there is a lane of this name."""
    if name not in there:
        have = f"there are {', '.join(there)}" if there else "there are none; queue.lanes in the configuration"
        raise Rejected(f"there is no lane {name!r}; {have}")


def held_back_because(held: WaitsFor, rules: Rules) -> str:
    """The reason as people are told of it: a stable word, and the instruction where there is one."""
    if held is WaitsFor.SHUT and rules.precedence is not None:
        return f"{CLASS_SHUT}: {rules.precedence.instruction}"
    return NOT_CHECKED_IN


# --- as the log and the table keep them -----------------------------------------------------------------------------


def to_details(rules: Rules) -> dict[str, object]:
    """JSON-able."""
    precedence = rules.precedence
    return {
        "timezone": rules.timezone,
        "presence": rules.presence,
        "lanes": [{"name": each.name, "instruction": each.instruction, "one_in": each.one_in} for each in rules.lanes],
        "precedence": precedence
        and {
            "instruction": precedence.instruction,
            "from": precedence.first_day and precedence.first_day.isoformat(),
            "to": precedence.last_day and precedence.last_day.isoformat(),
            "while_blanks_below": precedence.while_blanks_below,
            "classes": list(precedence.classes),
            "shut": list(precedence.shut),
        },
    }


def from_details(details: Mapping[str, object]) -> Rules:
    """Back again."""
    lanes, precedence = details.get("lanes"), details.get("precedence")
    return Rules(
        precedence=_precedence(precedence) if isinstance(precedence, Mapping) else None,
        lanes=tuple(Lane(**lane) for lane in lanes) if isinstance(lanes, Sequence) else (),
        presence=bool(details.get("presence")),
        timezone=str(details.get("timezone", "UTC")),
    )


def _precedence(details: Mapping[str, object]) -> Precedence:
    first, last, below = details.get("from"), details.get("to"), details.get("while_blanks_below")
    classes, shut = details.get("classes"), details.get("shut")
    return Precedence(
        instruction=str(details["instruction"]),
        first_day=None if first is None else date.fromisoformat(str(first)),
        last_day=None if last is None else date.fromisoformat(str(last)),
        while_blanks_below=None if below is None else int(str(below)),
        classes=tuple(classes) if isinstance(classes, Sequence) else (),
        shut=tuple(shut) if isinstance(shut, Sequence) else (),
    )
