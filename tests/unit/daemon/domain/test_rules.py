"""Whose turn it is under the rules that an instruction puts above the recording time."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from daemon.domain.errors import IllegalMove, Rejected
from daemon.domain.job import WaitsFor
from daemon.domain.line import Line, Standing
from daemon.domain.order import Turn
from daemon.domain.rules import (
    PRECEDENCE,
    PRESENCE,
    Choice,
    Circumstances,
    Heads,
    Lane,
    Lines,
    Precedence,
    Rules,
    Shares,
    check_in_line,
    check_lane,
    choose,
    foresee,
    from_details,
    to_details,
)
from daemon.domain.states import State
from tests.unit.daemon.domain.build import NOON, job

TODAY, YESTERDAY = date(2027, 1, 4), date(2027, 1, 3)
NOW = Circumstances(day=TODAY, blanks=100)
SHORT = Precedence(instruction="471.13/1", classes=("first_time", "lost"), shut=("data_change",))
ELDERLY = Lane(name="lansia", instruction="SK 12/2026", one_in=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """Ready, as the tests keep it."""

    turn: Turn
    request_class: str | None = None
    lane: str | None = None
    present_on: date | None = None


def somebody(
    record_id: str, minutes: int, request_class: str | None = None, lane: str | None = None, day: date | None = None
) -> Somebody:
    turn = Turn(NOON + timedelta(minutes=minutes), record_id)
    return Somebody(turn=turn, request_class=request_class, lane=lane, present_on=day)


def heads(rules: Rules, now: Circumstances, people: list[Somebody]) -> Heads:
    """By a plain look at everybody."""
    by_turn = sorted(people, key=lambda each: each.turn, reverse=True)
    here = [each for each in by_turn if not rules.presence or each.present_on == now.day]
    lanes = {
        lane.name: {each.request_class: each.turn for each in here if each.lane == lane.name} for lane in rules.lanes
    }
    return Heads(
        earliest=by_turn[-1].turn if by_turn else None,
        line={each.request_class: each.turn for each in here},
        lanes=lanes,
    )


def chosen(rules: Rules, *people: Somebody, shares: Shares | None = None, now: Circumstances = NOW) -> Choice | None:
    return choose(rules, heads(rules, now, list(people)), shares or Shares(), now)


def served(rules: Rules, *people: Somebody, now: Circumstances = NOW) -> list[str]:
    """One after the other, until nobody is left whose turn it can be."""
    left, shares, order = list(people), Shares(), []
    while (choice := chosen(rules, *left, shares=shares, now=now)) is not None:
        order.append(choice.turn.record_id)
        left = [each for each in left if each.turn != choice.turn]
        shares = shares.started(rules, choice.rule)
    return order


# --- without rules ---------------------------------------------------------------------------------------------------


def test_without_rules_the_recording_time_alone_decides() -> None:
    people = somebody("B", 2, "first_time"), somebody("A", 1, "data_change", day=YESTERDAY)
    assert served(Rules(), *people) == ["A", "B"]
    choice = chosen(Rules(), *people)
    assert choice is not None
    assert choice.rule is None


# --- precedence ------------------------------------------------------------------------------------------------------


def test_classes_go_in_the_order_of_the_instruction_and_the_others_after_them() -> None:
    people = (
        somebody("OTHER", 1, "moved_in"),
        somebody("NONE", 2),
        somebody("LOST", 3, "lost"),
        somebody("FIRST-2", 5, "first_time"),
        somebody("FIRST-1", 4, "first_time"),
    )
    assert served(Rules(precedence=SHORT), *people) == ["FIRST-1", "FIRST-2", "LOST", "OTHER", "NONE"]


def test_a_class_that_is_shut_is_not_started_and_keeps_its_place() -> None:
    shut, last = somebody("SHUT", 1, "data_change"), somebody("B", 9, "lost")
    rules = Rules(precedence=SHORT)
    assert served(rules, shut, last) == ["B"]
    assert rules.held_back("data_change", None, NOW) is WaitsFor.SHUT
    assert rules.held_back("lost", None, NOW) is None
    assert served(Rules(), last, shut) == ["SHUT", "B"]


def test_only_a_start_that_passes_somebody_earlier_is_one_by_the_rule() -> None:
    rules = Rules(precedence=SHORT)
    ahead = chosen(rules, somebody("A", 1, "lost"), somebody("B", 2, "first_time"))
    assert ahead == Choice(turn=somebody("B", 2).turn, rule=PRECEDENCE, instruction="471.13/1")
    same = chosen(rules, somebody("A", 1, "first_time"), somebody("B", 2, "lost"))
    assert same is not None
    assert same.rule is None


@pytest.mark.parametrize(
    ("precedence", "day", "blanks", "is_in_force"),
    [
        pytest.param(SHORT, TODAY, 100, True, id="without limits"),
        pytest.param(replace(SHORT, first_day=TODAY), TODAY, 100, True, id="on its first day"),
        pytest.param(replace(SHORT, first_day=TODAY), YESTERDAY, 100, False, id="before it"),
        pytest.param(replace(SHORT, last_day=TODAY), TODAY, 100, True, id="on its last day"),
        pytest.param(replace(SHORT, last_day=YESTERDAY), TODAY, 100, False, id="after it"),
        pytest.param(replace(SHORT, while_blanks_below=100), TODAY, 99, True, id="while blanks are short"),
        pytest.param(replace(SHORT, while_blanks_below=100), TODAY, 100, False, id="while there are enough"),
    ],
)
def test_it_is_in_force_on_its_days_and_while_blanks_are_short(
    precedence: Precedence, day: date, blanks: int, is_in_force: bool
) -> None:
    now = Circumstances(day=day, blanks=blanks)
    assert precedence.is_in_force(now) is is_in_force
    people = somebody("A", 1, "data_change"), somebody("B", 2, "lost")
    assert served(Rules(precedence=precedence), *people, now=now) == (["B"] if is_in_force else ["A", "B"])


# --- lanes -----------------------------------------------------------------------------------------------------------


def test_a_lane_gets_its_share_and_no_more() -> None:
    line = [somebody(f"L{n}", n) for n in range(6)]
    lane = [somebody(f"E{n}", 100 + n, lane="lansia") for n in range(3)]
    assert served(Rules(lanes=(ELDERLY,)), *line, *lane) == ["E0", "L0", "L1", "E1", "L2", "L3", "E2", "L4", "L5"]


def test_who_is_first_in_line_anyway_takes_nothing_of_the_lanes_share() -> None:
    people = somebody("E0", 0, lane="lansia"), somebody("L1", 1), somebody("E2", 2, lane="lansia")
    assert served(Rules(lanes=(ELDERLY,)), *people) == ["E0", "E2", "L1"]


def test_of_two_lanes_whose_turn_it_is_the_earlier_recorded_goes_first() -> None:
    other = Lane(name="urgent", instruction="SK 13/2026", one_in=4)
    people = somebody("L", 0), somebody("E", 9, lane="lansia"), somebody("U", 5, lane="urgent")
    assert served(Rules(lanes=(ELDERLY, other)), *people) == ["U", "E", "L"]


def test_a_lane_opens_no_class_that_is_shut() -> None:
    people = somebody("E", 1, "data_change", lane="lansia"), somebody("L", 2, "lost")
    assert served(Rules(precedence=SHORT, lanes=(ELDERLY,)), *people) == ["L"]


def test_a_lane_that_is_not_there_any_more_means_nothing() -> None:
    assert served(Rules(lanes=(ELDERLY,)), somebody("A", 1), somebody("B", 2, lane="gone")) == ["A", "B"]


# --- presence --------------------------------------------------------------------------------------------------------


def test_only_who_came_today_is_started_and_who_did_not_keeps_the_place() -> None:
    absent, before, here = somebody("A", 1), somebody("B", 2, day=YESTERDAY), somebody("C", 3, day=TODAY)
    rules = Rules(presence=True)
    choice = chosen(rules, absent, before, here)
    assert choice == Choice(turn=here.turn, rule=PRESENCE)
    assert served(rules, absent, before, here) == ["C"]
    assert rules.held_back(None, YESTERDAY, NOW) is WaitsFor.PRESENCE
    assert served(rules, replace(absent, present_on=TODAY), here) == ["A", "C"]


def test_a_day_is_the_offices() -> None:
    late = NOON.replace(year=2027, month=1, day=3, hour=18)
    assert Rules(presence=True, timezone="Asia/Jakarta").day(late) == TODAY
    assert Rules(presence=True, timezone="UTC").day(late) == YESTERDAY


# --- who may, and how they are kept ----------------------------------------------------------------------------------


def test_who_has_a_card_is_put_into_no_lane() -> None:
    check_in_line(job(state=State.HELD))
    with pytest.raises(IllegalMove, match="is printed"):
        check_in_line(job(state=State.PRINTED))


def test_a_lane_has_to_be_in_the_configuration() -> None:
    check_lane("lansia", ["lansia"])
    with pytest.raises(Rejected, match="there is no lane 'vip'; there are lansia"):
        check_lane("vip", ["lansia"])
    with pytest.raises(Rejected, match="there are none"):
        check_lane("vip", [])


@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules(
            precedence=replace(SHORT, first_day=TODAY, while_blanks_below=5),
            lanes=(ELDERLY,),
            presence=True,
            timezone="Asia/Jakarta",
        ),
        Rules(precedence=replace(SHORT, last_day=TODAY, classes=())),
    ],
)
def test_they_are_kept_as_they_are(rules: Rules) -> None:
    assert from_details(to_details(rules)) == rules


# --- whatever happens ------------------------------------------------------------------------------------------------

CLASSES = st.sampled_from([None, "first_time", "lost", "data_change", "moved_in"])
LANES = st.sampled_from([None, None, "lansia", "urgent"])
RULES = st.builds(
    Rules,
    precedence=st.none()
    | st.builds(
        Precedence,
        instruction=st.just("P"),
        first_day=st.sampled_from([None, TODAY]),
        last_day=st.sampled_from([None, YESTERDAY]),
        while_blanks_below=st.sampled_from([None, 50]),
        classes=st.sampled_from([("first_time", "lost"), ("lost",), ()]),
        shut=st.sampled_from([(), ("data_change",), ("data_change", "moved_in")]),
    ),
    lanes=st.tuples()
    | st.tuples(st.builds(Lane, name=st.just("lansia"), instruction=st.just("L"), one_in=st.integers(2, 5)))
    | st.tuples(
        st.builds(Lane, name=st.just("lansia"), instruction=st.just("L"), one_in=st.integers(3, 5)),
        st.builds(Lane, name=st.just("urgent"), instruction=st.just("U"), one_in=st.integers(2, 9)),
    ),
    presence=st.booleans(),
)


class Office:
    """Everybody who is ready, and the starts; beside it the same as it is read back out of a log."""

    def __init__(self) -> None:
        self.rules, self.shares, self.now = Rules(), Shares(), NOW
        self.people: dict[str, Somebody] = {}
        self.line = Line()
        self.sequence = 0
        self.starts = 0
        self.by_lane: dict[str, int] = {}
        """The number of the last start that went to it."""
        self.in_a_row = 0
        """Starts of lanes, since one of the line's."""

    def adopt(self, rules: Rules) -> None:
        self.rules, self.in_a_row = rules, 0
        self.line.under(rules)

    def put(self, person: Somebody) -> None:
        self.sequence += 1
        self.people[person.turn.record_id] = person
        self.line.enters(
            Standing(
                turn=person.turn, request_class=person.request_class, lane=person.lane, present_on=person.present_on
            ),
            self.sequence,
        )

    def leave(self, record_id: str) -> None:
        assert self.line.leaves(record_id) == (self.people.pop(record_id, None) is not None)

    def start(self) -> None:
        """What must hold of every start."""
        self.sequence += 1
        everybody = list(self.people.values())
        choice = choose(self.rules, heads(self.rules, self.now, everybody), self.shares, self.now)
        may = [each for each in everybody if self._waits_for(each) is None]
        assert (choice is None) == (not may), "somebody who may be started is never left"
        assert choice == (self.line.choice(self.now) if not self.rules.are_plain else choice)
        if choice is None:
            return
        started = self.people.pop(choice.turn.record_id)
        assert self._waits_for(started) is None
        for each in may:
            alike = (each.request_class, each.lane) == (started.request_class, started.lane)
            assert not (alike and each.turn < started.turn), "within class and lane the recording time decides"
        if choice.rule is None:
            assert started.turn == min(each.turn for each in everybody)
        self._follow_shares(choice)
        self._read_back(choice)
        self.now = replace(self.now, blanks=self.now.blanks - 1)

    def _waits_for(self, person: Somebody) -> WaitsFor | None:
        return self.rules.held_back(person.request_class, person.present_on, self.now)

    def _follow_shares(self, choice: Choice) -> None:
        self.shares = self.shares.started(self.rules, choice.rule)
        self.starts += 1
        lane = next((lane for lane in self.rules.lanes if lane.rule == choice.rule), None)
        if lane is None:
            self.in_a_row = 0
            return
        self.in_a_row += 1
        assert self.starts - self.by_lane.get(lane.name, -lane.one_in) >= lane.one_in, "its share is never exceeded"
        self.by_lane[lane.name] = self.starts
        most = sum(-(-self.in_a_row // each.one_in) for each in self.rules.lanes)
        assert self.in_a_row <= most, "the line never starves"

    def _read_back(self, choice: Choice) -> None:
        if self.rules.are_plain:
            assert self.line.starts(choice.turn, self.sequence) is None
        else:
            read, fault = self.line.judge(choice.turn, self.sequence, self.now, choice.rule)
            assert (read.rule, fault) == (choice.rule, None)


class Queue(RuleBasedStateMachine):
    """People come and go, are held, change class and lane, come to the office; rules come and go."""

    @initialize(rules=RULES)
    def open(self, rules: Rules) -> None:
        self.office = Office()
        self.office.adopt(rules)

    @rule(
        who=st.integers(0, 15),
        minutes=st.integers(0, 9),
        request_class=CLASSES,
        lane=LANES,
        day=st.sampled_from([None, TODAY, TODAY, YESTERDAY]),
    )
    def somebody_stands_in_line(
        self, who: int, minutes: int, request_class: str | None, lane: str | None, day: date | None
    ) -> None:
        self.office.put(somebody(f"R{who:02}", minutes, request_class, lane, day))

    @rule(who=st.integers(0, 15))
    def somebody_is_held(self, who: int) -> None:
        self.office.leave(f"R{who:02}")

    @rule(rules=RULES)
    def rules_change(self, rules: Rules) -> None:
        self.office.adopt(rules)

    @rule(blanks=st.integers(0, 100), day=st.sampled_from([YESTERDAY, TODAY]))
    def time_passes_and_blanks_come(self, blanks: int, day: date) -> None:
        self.office.now = Circumstances(day=day, blanks=blanks)

    @rule(starts=st.integers(1, 6))
    def cards_are_started(self, starts: int) -> None:
        for _ in range(starts):
            self.office.start()

    @precondition(lambda self: self.office.people)
    @rule()
    def what_is_foreseen_comes_to_pass(self) -> None:
        office = self.office
        people, seen = dict(office.people), list[str]()
        shares, now = office.shares, office.now
        while (
            choice := choose(office.rules, heads(office.rules, now, list(people.values())), shares, now)
        ) is not None:
            seen.append(choice.turn.record_id)
            del people[choice.turn.record_id]
            shares, now = shares.started(office.rules, choice.rule), replace(now, blanks=now.blanks - 1)
        day = office.now.day
        here = sorted(
            (each for each in office.people.values() if not office.rules.presence or each.present_on == day),
            key=lambda each: each.turn,
        )
        names = {each.request_class for each in here}
        lines = Lines(
            line={name: [each.turn for each in here if each.request_class == name] for name in names},
            lanes={
                lane.name: {
                    name: [each.turn for each in here if (each.request_class, each.lane) == (name, lane.name)]
                    for name in names
                }
                for lane in office.rules.lanes
            },
        )
        assert [turn.record_id for turn in foresee(office.rules, lines, office.shares, office.now)] == seen


def test_shares_are_kept_nobody_starves_and_every_start_is_explained() -> None:
    run_state_machine_as_test(Queue, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


STARTS = 3_000


def test_no_start_of_thousands_is_without_its_explanation() -> None:
    """A long run at a full line, with other rules every now and then."""
    rng, office = Random(16), Office()
    for number in range(STARTS):
        if number % 100 == 0:
            lanes = (ELDERLY, Lane(name="urgent", instruction="U", one_in=rng.randint(2, 9)))[: rng.randint(0, 2)]
            precedence = replace(SHORT, while_blanks_below=rng.choice([None, 50]))
            office.adopt(Rules(precedence=rng.choice([None, precedence]), lanes=lanes, presence=rng.random() < 0.3))
            office.now = Circumstances(day=TODAY, blanks=rng.randint(1, 200))
        while len(office.people) < 40:
            name, request_class = f"R{rng.randrange(10**9):09}", rng.choice(["first_time", "lost", "data_change", None])
            lane, day = rng.choice([None, None, None, "lansia", "urgent"]), rng.choice([None, TODAY, YESTERDAY])
            office.put(somebody(name, rng.randrange(10**6), request_class, lane, day))
        if rng.random() < 0.1:
            office.leave(rng.choice(list(office.people)))
        before = office.starts
        office.start()
        if office.starts == before:  # all are held back: they are set aside for the next ones
            for record_id in list(office.people)[:20]:
                office.leave(record_id)
    assert office.starts > STARTS * 0.8
