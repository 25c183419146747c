"""The rules above the recording time at the command line: lanes, coming, what is told of them, what is counted."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from daemon.domain.job import Verdict
from tests.unit.daemon.cli.conftest import RECORDED, Office, record

RULES = """
queue:
  precedence: {instruction: 471.13/1, classes: [first_time], shut: [data_change]}
  lanes: [{name: lansia, instruction: SK 12/2026, one_in: 3}]
  presence: true
"""
LANE = "queue: {lanes: [{name: lansia, instruction: SK 12/2026, one_in: 3}]}\n"
HEADER = "record_id,nik,nama,waktu_rekam,jalur\n"


def go_by_them(office: Office, rules: str) -> None:
    """As when the daemon starts with this configuration."""
    office.configure(extra=rules)
    with office.store() as store:
        store.order.adopt(office.settings.rules, at=office.now, actor="giliran")


def take(office: Office, **classes: str | None) -> None:
    office.take(
        *(
            replace(record(record_id, RECORDED + timedelta(days=n)), request_class=request_class)
            for n, (record_id, request_class) in enumerate(classes.items())
        )
    )


def test_somebody_is_put_into_a_lane_and_out_of_it_with_a_reason(office: Office) -> None:
    office.configure(extra=LANE)
    office.ready("A")
    done = office("job", "lane", "A", "lansia", "--reason", "71 tahun")
    assert (done.status, done.out) == (0, "A is in the lane lansia\n")
    assert office("job", "show", "A", "--json").json["lane"] == "lansia"
    assert office("job", "lane", "A", "--none", "--reason", "keliru").out == "A is in no lane\n"
    log = office("job", "show", "A", "--json").json["log"]
    assert [entry["details"] for entry in log if entry["event"] == "lane_changed"] == [
        {"lane": "lansia", "reason": "71 tahun"},
        {"reason": "keliru"},
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("A", "vip", "--reason", "x"), 1, "there is no lane 'vip'; there are lansia"),
        (("A", "lansia"), 2, "--reason"),
        (("A", "--reason", "x"), 2, "say either which LANE, or --none"),
        (("A", "lansia", "--none", "--reason", "x"), 2, "say either which LANE, or --none"),
        (("B", "lansia", "--reason", "x"), 1, "B is not known here"),
    ],
)
def test_what_is_no_lane_or_has_no_reason_is_refused(
    office: Office, arguments: tuple[str, ...], status: int, says: str
) -> None:
    office.configure(extra=LANE)
    office.ready("A")
    done = office("job", "lane", *arguments)
    assert done.status == status
    assert says in done.err


def test_who_came_is_present_on_the_offices_day(office: Office) -> None:
    go_by_them(office, "queue: {presence: true}\n")
    office.ready("A", "B")
    today = office("job", "present", "A").out
    day = office.now.astimezone(ZoneInfo("Asia/Jakarta")).date().isoformat()
    assert today == f"A is here on {day}\n"
    rows = office("queue", "--json").json
    assert [(row["record_id"], row["place"], row["reason"]) for row in rows] == [
        ("A", 1, None),
        ("B", None, "not_checked_in"),
    ]
    office.stock()
    office.start("A")
    assert office("audit", "verify").status == 0


def test_coming_where_it_does_not_count_says_so(office: Office) -> None:
    office.ready("A")
    done = office("job", "present", "A")
    assert done.status == 0
    assert "queue.presence is false" in done.err


def test_lanes_come_with_registrations(office: Office) -> None:
    office.configure(extra=LANE)
    file = office.folder / "rows.csv"
    rows = [("A", "Lansia"), ("B", ""), ("C", "vip")]
    lines = [f"{name},1205010101900001,SITI CONTOH,2026-01-02 08:00,{lane}" for name, lane in rows]
    file.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    done = office("import", str(file))
    assert done.status == 1
    assert "4: lane: there is no such lane in the configuration (queue.lanes)" in done.err
    assert [office("job", "show", name, "--json").json["lane"] for name in ("A", "B")] == ["lansia", None]


def test_why_says_by_which_rule_in_both_languages(office: Office) -> None:
    go_by_them(office, RULES)
    take(office, SHUT="data_change", LOST="lost", FIRST="first_time", OLD=None)
    office("job", "lane", "OLD", "lansia", "--reason", "71 tahun")
    office("job", "present", "LOST", "FIRST", "OLD")
    office.stock()
    office.start("OLD")
    office.finish("OLD", Verdict.PRINTED)
    office.start("FIRST")
    shut = office("why", "SHUT").out
    assert "print-ready, but held back by a rule; the place in line is kept. Reason:" in shut
    assert "cards of this class are not printed for now, by instruction (471.13/1)" in shut
    lost = office("why", "LOST").out
    assert "By instruction 471.13/1 classes go in this order, then all others: first_time. The class of" in lost
    assert "the lane lansia had its share of the starts by instruction SK 12/2026" in lost
    assert "the other one's class goes first by instruction 471.13/1" in lost
    lost = office("why", "LOST", "--lang", "id").out
    assert "Menurut surat 471.13/1 golongan permohonan didahulukan" in lost
    assert "jalur lansia mendapat bagiannya menurut surat SK 12/2026" in lost
    told = office("why", "SHUT", "--json").json
    assert (told["reason"], told["place"], told["rules"]["presence"]) == ("class_shut: 471.13/1", None, True)
    assert office("audit", "verify").status == 0


def test_the_starts_under_each_rule_are_counted_in_public(office: Office) -> None:
    go_by_them(office, RULES)
    take(office, ABSENT=None, LOST="lost", FIRST="first_time", OLD=None)
    office("job", "lane", "OLD", "lansia", "--reason", "71 tahun")
    office("job", "present", "LOST", "FIRST", "OLD")
    office.stock()
    for record_id in ("OLD", "FIRST", "LOST"):
        office.start(record_id)
        office.finish(record_id, Verdict.PRINTED)
    figures = office("report", "fairness", "--json").json["figures"]
    counted = {name: figures[name] for name in ("by_lane_lansia", "by_precedence", "by_presence", "passed_over")}
    assert counted == {"by_lane_lansia": 1, "by_precedence": 1, "by_presence": 1, "passed_over": 0}
    table = office("report", "fairness").out
    assert "Started first by the lane lansia, by SK 12/2026" in table
    screen = office("status").out
    assert "rules: classes in order by 471.13/1; lane lansia, one in 3, by SK 12/2026; only who checked in" in screen
    assert office("status", "--json").json["rules"]["lanes"] == [
        {"name": "lansia", "instruction": "SK 12/2026", "one_in": 3}
    ]


def test_a_card_made_elsewhere_is_told(office: Office) -> None:
    office.ready("A")
    office.take(record("A", RECORDED, status="PRINTED_ELSEWHERE"))
    assert "1 person out of line: the card was made elsewhere" in office("status").out
    assert office("status", "--json").json["printed_elsewhere"] == 1
    words = office("why", "A").out
    assert "out of line: the card was made elsewhere. Reason: the card was made at another office" in words
    assert "PRINTED_ELSEWHERE (the card was made at another office)" in words
    assert "kartu sudah dicetak di kantor lain" in office("why", "A", "--lang", "id").out


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("lane = 'lansia'", "the lane is nothing by the log and lansia in the table"),
        ("request_class = 'first_time'", "the class is lost by the log (#1) and first_time in the table"),
        ("present_on = '2027-01-04'", "the day of checking in is nothing by the log and 2027-01-04 in the table"),
    ],
)
def test_a_favour_by_hand_in_the_table_is_named(office: Office, change: str, what: str) -> None:
    take(office, A="lost")
    with closing(sqlite3.connect(office.folder / "giliran.db")) as connection, connection:
        connection.execute(f"UPDATE job SET {change} WHERE record_id = 'A'")
    done = office("audit", "verify")
    assert done.status == 1
    assert f"A: {what}" in done.out + done.err
