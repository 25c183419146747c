from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.alarm import LINGERS, PATIENCE, STATUS_ALONE, Announcement, Watch, look
from daemon.domain.continuity import TELLING_UNSURE, Behind
from daemon.domain.dispatch import PrinterState
from daemon.domain.link import Cause, Link, LinkState
from daemon.domain.needs import DamageFacts, Facts, Kind, PrinterFacts, Trouble
from daemon.domain.serials import SerialTrouble
from daemon.domain.states import State
from daemon.domain.supply import Consumable, Outlook
from tests.unit.daemon.domain.build import NOON, job

PRINTER = PrinterFacts(name="card-1", queue="Evolis_1", state=PrinterState.IDLE, blanks=100)
WELL = Facts(
    at=NOON,
    link=Link(state=LinkState.UP, since=NOON),
    printers=(PRINTER,),
    balances={"store": 1000, "hopper:card-1": 100},
    low=500,
)
STOPPED = replace(WELL, printers=(replace(PRINTER, state=PrinterState.STOPPED, reasons=("media-jam", "door-open")),))
DOWN = replace(WELL, link=Link(state=LinkState.DOWN, since=NOON, cause=Cause.CONNECT))
DOUBT = replace(WELL, unconfirmed=(replace(job(State.UNCONFIRMED, attempt=1), nik_ending="1234"),))
LOW = replace(WELL, balances={"store": 399, "hopper:card-1": 100})
END_SOON = replace(WELL, outlook=Outlook(left=1100, in_line=3, per_day=200.0), low_days=10)
RIBBON_LOW = replace(WELL, consumables={"card-1": (Consumable(name="Ribbon", percent=7),)})
MISREAD = replace(WELL, serials=(("R-1", "A7", SerialTrouble.TWICE),))
EMPTY = replace(WELL, printers=(replace(PRINTER, blanks=0),), balances={"store": 1000})
OFF = replace(
    WELL,
    printers=(replace(PRINTER, state=PrinterState.PRINTING, reasons=("media-empty",), blanks=12),),
)
REJECTED = replace(WELL, rejected=(("R-9", "unknown"),))
UNSURE = replace(WELL, rejected=(("R-9", TELLING_UNSURE),))
BEHIND = replace(WELL, behind=Behind(why="a copy was put back", since=NOON, journal_lost=False))
LEFT = replace(WELL, printers=(PRINTER, replace(PRINTER, name="card-9", is_served=False, is_configured=False)))
FOREIGN = replace(WELL, foreign=(("card-1", 17, WELL.at),))
FAULTY = replace(WELL, faulty=(replace(job(State.WAITING), reason="bad_record: nik: 15 digits"),))
SAME_NIK = replace(WELL, awaiting_person=(replace(job(State.WAITING), reason="same_nik: R-7", nik_ending="1234"),))
DAMAGE = DamageFacts(record_id="R-1", kept="document", found_at=NOON)
DAMAGED = replace(WELL, damages=(DAMAGE,))
MENDED = replace(WELL, damages=(replace(DAMAGE, is_mended=True),))
ROUND = replace(WELL, round_since=NOON)


def looks(course: Iterable[tuple[float, Facts]]) -> list[Announcement]:
    """All that is told in this course of (minutes since noon, facts)."""
    watch: Watch = {}
    told: list[Announcement] = []
    for minutes, facts in course:
        watch, news = look(watch, replace(facts, at=NOON + timedelta(minutes=minutes)))
        told.extend(news)
    return told


def kinds(course: Iterable[tuple[float, Facts]]) -> list[tuple[Kind, bool]]:
    return [(news.trouble.kind, news.over) for news in looks(course)]


def test_nothing_is_told_while_all_is_well() -> None:
    assert kinds((minute, WELL) for minute in range(100)) == []


def test_a_doubt_is_told_at_once_with_record_printer_and_the_nik_ending_alone() -> None:
    (news,) = looks([(0, WELL), (1, DOUBT), (2, DOUBT), (3, WELL)])
    assert news.trouble.details == {"record": "R-1", "printer": "card-1", "nik_ending": "1234"}


def test_the_next_attempt_of_the_same_person_is_another_doubt() -> None:
    again = replace(WELL, unconfirmed=(job(State.UNCONFIRMED, attempt=2),))
    assert len(looks([(0, DOUBT), (1, WELL), (2, again)])) == 2


def test_a_short_outage_is_not_told() -> None:
    assert kinds([(0, DOWN), (14, DOWN), (14.9, WELL)]) == []


def test_a_long_outage_is_told_once_and_its_end_too() -> None:
    told = looks([(1, DOWN), (15, DOWN), (16, DOWN), (300, DOWN), (301, WELL), (302, WELL)])
    assert [(news.trouble.kind, news.over) for news in told] == [
        (Kind.LINE_DOWN, False),
        (Kind.LINE_DOWN, True),
    ]
    assert [news.begun for news in told] == [NOON, NOON]
    assert told[0].trouble.details == {"cause": "connect"}


def test_a_printer_that_is_tried_again_in_vain_is_one_episode() -> None:
    course = [(minute, WELL if minute % 5 == 0 else STOPPED) for minute in range(1, 60)]
    assert kinds(course) == [(Kind.PRINTER_STOPPED, False)]


def test_a_printer_that_was_well_for_long_begins_anew() -> None:
    course = [(minute, STOPPED) for minute in range(16)]
    later = [(60 + minute, STOPPED) for minute in range(16)]
    assert len(looks([*course, *((20 + minute, WELL) for minute in range(20)), *later])) == 2


def test_a_printer_that_an_operator_paused_is_not_told() -> None:
    paused = replace(WELL, printers=(replace(PRINTER, state=PrinterState.PAUSED, reasons=("operator",)),))
    assert kinds((minute, paused) for minute in range(60)) == []


def test_a_printer_that_complains_and_does_not_get_on_with_a_card_is_told() -> None:
    stuck = replace(PRINTER, state=PrinterState.PRINTING, reasons=("media-jam",), since=NOON)
    facts = replace(WELL, printers=(stuck,))
    (news,) = looks((minute, facts) for minute in range(30))
    assert (news.begun, news.at) == (NOON, NOON + timedelta(minutes=15))


def test_stock_that_swings_around_its_limit_is_told_once() -> None:
    assert kinds((minute, LOW if minute % 2 else WELL) for minute in range(50)) == [(Kind.BLANKS_LOW, False)]


def test_no_blank_in_any_hopper_is_told_with_what_the_store_holds() -> None:
    (news,) = looks([(0, EMPTY), (1, EMPTY)])
    assert (news.trouble.kind, news.trouble.details) == (Kind.HOPPERS_EMPTY, {"store": 1000})


def test_where_nothing_is_left_at_all_that_alone_is_told() -> None:
    assert kinds([(0, replace(EMPTY, balances={}))]) == [(Kind.HOPPERS_EMPTY, False)]


def test_every_rejected_card_is_told_once() -> None:
    both = replace(WELL, rejected=(("R-9", "unknown"), ("R-10", "unknown")))
    assert [news.trouble.subject for news in looks([(0, REJECTED), (1, both), (2, both)])] == ["R-9", "R-10"]


MACHINE: dict[Kind, dict[str, str | int]] = {
    Kind.NOT_RUNNING: {},
    Kind.SILENT: {"loop": "recovery", "pid": 1},
    Kind.LOOP_HUNG: {"loop": "recovery"},
    Kind.CRASH_LOOP: {"starts": 4, "machine": "counter-1"},
    Kind.DISK_LOW: {"what": "database", "folder": "/var/lib/giliran", "megabytes": 100},
    Kind.DISK_FULL: {"what": "database", "folder": "/var/lib/giliran", "megabytes": 0},
    Kind.DATABASE_FAILS: {"error": "it is busy"},
    Kind.CLOCK_JUMP: {"way": "back", "minutes": 120},
}
UNCOSIGNED = replace(WELL, uncosigned_since=NOON - timedelta(days=2))
TROUBLED = {
    **{kind: replace(WELL, machine=(Trouble(kind=kind, details=details),)) for kind, details in MACHINE.items()},
    Kind.UNCONFIRMED: DOUBT,
    Kind.LINE_DOWN: DOWN,
    Kind.PRINTER_STOPPED: STOPPED,
    Kind.HOPPERS_EMPTY: EMPTY,
    Kind.BLANKS_LOW: LOW,
    Kind.BLANKS_END_SOON: END_SOON,
    Kind.SERIAL_WRONG: MISREAD,
    Kind.CONSUMABLE_LOW: RIBBON_LOW,
    Kind.HOPPER_OFF: OFF,
    Kind.CARD_REJECTED: REJECTED,
    Kind.FOREIGN_CARD: FOREIGN,
    Kind.CENTRE_FAULTY: FAULTY,
    Kind.CENTRE_GOES_ROUND: ROUND,
    Kind.UNCOSIGNED: UNCOSIGNED,
    Kind.SAME_NIK: SAME_NIK,
    Kind.DAMAGED: DAMAGED,
    Kind.MENDED: MENDED,
    Kind.BEHIND: BEHIND,
    Kind.UNREPORTED: UNSURE,
    Kind.PRINTER_LEFT: LEFT,
    Kind.HOPPER_EMPTY: EMPTY,
}


def test_a_log_that_nobody_cosigns_is_told_after_a_day_and_not_before() -> None:
    hours = [(60.0 * hour, replace(WELL, uncosigned_since=NOON)) for hour in range(72)]
    assert kinds(hours[:24]) == []
    (news,) = looks(hours)
    assert (news.trouble.kind, news.begun, news.at) == (Kind.UNCOSIGNED, NOON, NOON + timedelta(days=1))


def test_a_printer_that_says_it_is_empty_asks_for_a_count_where_the_ledger_says_otherwise() -> None:
    (news,) = looks([(0, OFF), (1, OFF), (2, OFF)])
    assert news.trouble.details == {"printer": "card-1", "blanks": 12}
    agreed = replace(OFF, printers=(replace(OFF.printers[0], blanks=0),))
    assert kinds([(0, agreed), (9, agreed)]) == [(Kind.HOPPERS_EMPTY, False)]
    # It was filled, and will be tried in a moment.
    assert looks([(0, OFF), (0.5, OFF), (1, WELL), (8, WELL), (20, OFF)]) == []


@settings(deadline=None)
@given(
    kind=st.sampled_from(sorted(set(Kind) - STATUS_ALONE)),
    spans=st.lists(st.tuples(st.booleans(), st.integers(1, 90)), max_size=6),
)
def test_an_episode_gives_exactly_one_alert(kind: Kind, spans: list[tuple[bool, int]]) -> None:
    """Each minute is looked at; the alerts are counted against a plain description of what an episode is."""
    minutes = [troubled for troubled, length in spans for _ in range(length)]
    patience = PATIENCE.get(kind, timedelta()) // timedelta(minutes=1)
    lingers = LINGERS.get(kind, timedelta()) // timedelta(minutes=1)
    course = []
    since = 0
    for minute, troubled in enumerate(minutes):
        since = since if troubled and minute and minutes[minute - 1] else minute
        facts = TROUBLED[kind] if troubled else WELL
        if troubled and kind is Kind.LINE_DOWN:
            facts = replace(facts, link=replace(facts.link, since=NOON + timedelta(minutes=since)))
        course.append((float(minute), facts))
    expected = 0
    begun = seen = None
    told = False
    for minute, troubled in enumerate(minutes):
        if not troubled:
            continue
        if begun is None or seen is None or minute - seen > max(1, lingers):
            begun, told = minute, False
        seen = minute
        if not told and minute - begun >= patience:
            told = True
            expected += 1
    begins = [news for news in looks(course) if not news.over]
    assert [news.trouble.kind for news in begins] == [kind] * expected


@settings(deadline=None)
@given(jumps=st.lists(st.integers(-500, 500), min_size=1, max_size=20), kind=st.sampled_from(list(Kind)))
def test_a_clock_that_jumps_does_not_tell_twice_what_lasts(jumps: list[int], kind: Kind) -> None:
    told = [news for news in looks((float(minutes), TROUBLED[kind]) for minutes in jumps) if not news.over]
    assert len(told) <= 1


def test_blanks_that_last_for_a_few_days_are_told_with_the_rate_and_only_where_the_limit_is_not_reached_yet() -> None:
    (news,) = looks([(0, WELL), (1, END_SOON), (2, END_SOON)])
    assert news.trouble.details == {"left": 1100, "days": 5, "per_day": 200}
    assert kinds([(0, replace(END_SOON, balances={"hopper:card-1": 100}))]) == [(Kind.BLANKS_LOW, False)]
    assert kinds([(0, replace(END_SOON, low_days=5))]) == []
    assert kinds([(0, replace(END_SOON, outlook=Outlook(left=1100, in_line=3, per_day=None)))]) == []
