import os
import platform
import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daemon.domain.continuity import TELLING_UNSURE
from daemon.domain.dispatch import PrinterState
from daemon.domain.health import Ending
from daemon.domain.job import Verdict, conclude
from daemon.domain.link import Cause, Link, LinkState, unknown
from daemon.domain.token import Token
from daemon.locale.link import advice
from daemon.main import open_lease
from daemon.ports import Page, PrinterReport
from daemon.queries.status import one_line, rfc3339, snapshot, to_json
from tests.unit.daemon.cli.conftest import RECORDED, Office, record

AT = datetime(2026, 1, 5, 2, 12, tzinfo=UTC)


def running(office: Office, link: LinkState = LinkState.UP) -> None:
    """What a daemon that runs would have saved."""
    with office.store() as store:
        since = datetime(2026, 1, 5, 2, 12, tzinfo=UTC)
        cause = None if link is LinkState.UP else Cause.CONNECT
        store.links.save_link(Link(state=link, since=since, cause=cause), unknown(since))
        for name in ("card-1", "card-2"):
            store.printers.report(PrinterReport(name=name, state=PrinterState.IDLE, since=since), since)


def line(office: Office, at: datetime = AT) -> str:
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1")
    try:
        with office.store() as store:
            return one_line(snapshot(office.settings, store, lease, at))
    finally:
        lease.close()


def test_status_json_has_the_shape_of_the_contract(office: Office) -> None:
    office.stock(3)
    office.ready("A-1", "A-2")
    office.start("A-1")
    told = office("status", "--json").json
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.pop("at"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["link"].pop("since"))
    assert {"kind": "not_running", "since": None} in told.pop("machine")
    synced_at = rfc3339(office.now)
    assert told == {
        "link": {"state": "unknown", "cause": None},
        "dispatch": {"state": "stopped", "reasons": []},
        "queue": {
            "waiting": 0,
            "ready": 1,
            "printing": 1,
            "unconfirmed": 0,
            "held": 0,
            "printed": 0,
            "handed_over": 0,
            "cancelled": 0,
        },
        "printers": [
            {
                "name": name,
                "queue": queue,
                "kind": kind,
                "state": "stopped",
                "reasons": ["daemon_not_running"],
                "record_id": record_id,
            }
            for name, queue, kind, record_id in (
                ("card-1", "Evolis_1", "card", "A-1"),
                ("card-2", "Evolis_2", "card", None),
                ("letters", "Office_Laser", "paper", None),
            )
        ],
        "blanks": {
            "received": 3,
            "store": 0,
            "hopper": {"card-1": 2, "card-2": 0},
            "in_process": 1,
            "issued": 0,
            "spoiled": 0,
            "destroyed": 0,
            "transferred": 0,
            "variance": 0,
        },
        "outage": {"policy": "pause", "drain_until": None},
        "sync": {"more": False, "records": 2, "at": synced_at},
        "supply": {"blanks_per_day": None, "working_days_left": None, "ready_without_blank": 0, "consumables": {}},
        "moved_ahead": {"people": 0, "in_line": 0, "by_document": []},
        "rules": {"timezone": "UTC", "presence": False, "lanes": [], "precedence": None},
        "printed_elsewhere": 0,
        "witnesses": [],
    }


def test_the_keys_come_in_the_order_of_the_contract(office: Office) -> None:
    told = office("status", "--json").json
    assert list(told)[:6] == ["at", "link", "dispatch", "queue", "printers", "blanks"]
    assert list(told["queue"])[4:6] == ["held", "printed"]
    assert list(told["blanks"])[:4] == ["received", "store", "hopper", "in_process"]


def test_with_a_daemon_the_printers_tell_themselves_what_they_do(office: Office) -> None:
    office.stock()
    running(office)
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1", "printer card-2")
    try:
        told = office("status", "--json").json
    finally:
        lease.close()
    assert told["dispatch"] == {"state": "running", "reasons": []}
    assert told["link"] == {"state": "up", "since": "2026-01-05T02:12:00Z", "cause": None}
    assert [printer["state"] for printer in told["printers"]] == ["idle", "idle", "idle"]


def test_one_line_says_what_goes_on_while_cards_are_made(office: Office) -> None:
    office.stock(6000)
    office.ready("A-1", "A-2")
    office.start("A-1")
    office.finish("A-1", Verdict.PRINTED)
    running(office)
    assert line(office) == "running: 1 printed, 1 ready, 5,999 blanks"


def test_one_line_says_since_when_the_line_is_down_in_the_offices_time(office: Office) -> None:
    office.stock(6000)
    office.ready("A-1", "A-2")
    running(office, LinkState.DOWN)
    assert line(office) == "paused: central server down since 09:12, 2 waiting, 6,000 blanks"
    assert "since 2026-01-05 09:12" in line(office, AT + timedelta(days=1))


def test_one_line_counts_what_only_a_person_can_settle(office: Office) -> None:
    office.stock(1)
    office.ready("A-1")
    office.start("A-1")
    office.finish("A-1", Verdict.IN_DOUBT, "the guard died")
    running(office)
    assert line(office) == "paused: no blanks in the hoppers, 0 waiting, 1 unconfirmed, 0 blanks"


def test_a_printer_that_an_operator_paused_stays_paused_while_the_daemon_is_stopped(office: Office) -> None:
    assert office("printer", "pause", "card-1").status == 0
    told = office("printer", "list", "--json").json
    assert told[0]["state"] == "paused"
    assert told[0]["reasons"] == ["operator"]


def test_blanks_of_a_printer_that_left_the_configuration_are_still_told(office: Office) -> None:
    office.stock(4, printer="old-printer")
    hoppers = office("status", "--json").json["blanks"]["hopper"]
    assert hoppers == {"card-1": 0, "card-2": 0, "old-printer": 4}


def test_the_screen_says_what_needs_a_person_and_how_to_settle_it(office: Office) -> None:
    office.stock()
    office.ready("A-1")
    office.start("A-1")
    office.finish("A-1", Verdict.IN_DOUBT, "the guard died")
    screen = office("status").out
    assert (
        "card-1, A-1, NIK ending …0001: did a card come out? Look at the printer, then: giliran job confirm A-1"
        in screen
    )
    assert "card-2: its hopper is empty" in screen
    assert "1205010101900001" not in screen
    assert "SITI" not in screen


def test_a_printer_that_is_out_of_blanks_against_the_ledger_asks_for_a_count(office: Office) -> None:
    office.stock(12)
    running(office)
    empty = PrinterReport(name="card-1", state=PrinterState.STOPPED, reasons=("media-empty",), since=AT)
    with office.store() as store:
        store.printers.report(empty, AT)
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1")
    try:
        screen = office("status").out
        assert "card-1 says that it is out of blanks, the ledger says 12 in its hopper: off by 12?" in screen
        assert "giliran blanks count hopper:card-1 QTY --reason" in screen
        assert office("blanks", "count", "card-1", "0", "--reason", "it is empty").status == 0
        assert "card-1 does not print: media-empty; put it right" in office("status").out
    finally:
        lease.close()


def test_a_printer_that_waits_for_the_document_of_the_head_of_the_queue_says_so(office: Office) -> None:
    office.stock(12)
    running(office)
    with office.store() as store:
        store.printers.report(PrinterReport(name="card-1", state=PrinterState.IDLE, reasons=("awaits_document",)), AT)
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1")
    try:
        told = office("status", "--json").json
        screen, indonesian = office("status").out, office("status", "--lang", "id").out
    finally:
        lease.close()
    assert (told["printers"][0]["state"], told["printers"][0]["reasons"]) == ("idle", ["awaits_document"])
    assert told["dispatch"] == {"state": "running", "reasons": []}
    assert "the head of the queue awaits its document from the centre" in screen
    assert "antrean terdepan menunggu dokumennya dari pusat" in indonesian
    assert "card-1 does not print" not in screen, "it is nothing that needs a person"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("cups", "giliran check says whether CUPS answers and takes our cards"),
        ("quota", "-o job-quota-period=0 -o job-k-limit=0 -o job-page-limit=0"),
    ],
)
def test_a_printer_that_cups_stands_in_the_way_of_has_the_next_command_beside_it(
    office: Office, reason: str, told: str
) -> None:
    running(office)
    stopped = PrinterReport(name="card-1", state=PrinterState.STOPPED, reasons=(reason,), since=AT)
    with office.store() as store:
        store.printers.report(stopped, AT)
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1")
    try:
        screen = office("status").out
        assert f"card-1 does not print: {reason}; " in screen
        assert told in screen
    finally:
        lease.close()


def test_the_screen_is_not_coloured_or_cut_when_nobody_looks_at_a_terminal(office: Office) -> None:
    screen = office("status").out
    assert "\x1b" not in screen
    assert "…" not in screen
    assert "stopped: the daemon does not run (systemctl start giliran)" in screen


def test_a_cause_is_told_only_while_the_line_fails(office: Office) -> None:
    lease = open_lease(office.settings)
    with office.store() as store:
        found = snapshot(office.settings, store, lease, AT)
    link = Link(state=LinkState.DOWN, since=AT, cause=Cause.LOGIN)
    for state, cause in ((LinkState.DOWN, "login"), (LinkState.DEGRADED, "login"), (LinkState.UP, None)):
        told = to_json(replace(found, link=replace(link, state=state)))
        assert told["link"] == {"state": state.value, "since": "2026-01-05T02:12:00Z", "cause": cause}


def test_while_it_drains_dispatch_runs_and_says_until_when(office: Office) -> None:
    office.configure(extra="outage: {policy: drain, drain_for: 2h}")
    office.stock()
    running(office, LinkState.DOWN)
    assert line(office, AT + timedelta(minutes=119)).startswith(
        "running: central server down, printing what was pulled until 11:12, "
    )
    assert line(office, AT + timedelta(minutes=121)).startswith("paused: central server down since 09:12, ")
    told = office("status", "--json").json["outage"]
    assert told == {"policy": "drain", "drain_until": rfc3339(AT + timedelta(hours=2))}


def test_the_screen_says_which_policy_pauses_and_what_to_do(office: Office) -> None:
    office.stock()
    running(office, LinkState.DOWN)
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1")
    try:
        screen = office("status").out
    finally:
        lease.close()
    assert "paused: central server down since" in screen
    assert "(outage.policy: pause)" in screen
    assert str(advice("connect")) in screen


def test_a_long_intake_is_seen_to_go_on(office: Office) -> None:
    assert "nothing came from the central server so far" in office("status").out
    running(office)
    with office.store() as store:
        for number in range(3):
            came = tuple(record(f"{number}-{letter}", RECORDED) for letter in "ABCDE")
            store.records.take_page(Page(records=came, bad=(), next=str(number), more=True), AT)
    assert "syncing: 15 records so far" in office("status").out
    assert office("status", "--json").json["sync"] == {"more": True, "records": 15, "at": rfc3339(AT)}
    running(office, LinkState.DOWN)
    assert "waits for the link: 15 records so far" in office("status").out


def test_a_printer_that_left_the_configuration_is_named_until_its_hopper_is_emptied(office: Office) -> None:
    office.stock(4)
    with office.store() as store:
        for name in ("card-1", "card-2"):
            store.printers.serve(name, queue=f"Queue_{name}", journal=None, at=AT)
    office.config.write_text(office.config.read_text().replace("name: card-1,", "name: card-9,"))
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-9", "printer card-2")
    try:
        told = office("status").out
        assert "card-1 is not in the configuration, and no giliran serves it" in told
        assert "giliran blanks unload card-1 4" in told

        assert office("blanks", "unload", "card-1", "4").status == 0

        printers = office("status", "--json").json["printers"]
        assert [printer["name"] for printer in printers] == ["card-9", "card-2", "letters"]
        assert "card-1" not in office("status").out
    finally:
        lease.close()


def test_a_dead_daemon_is_the_first_line_with_the_moment_and_always_needs_a_person(office: Office) -> None:
    with office.store() as store:
        number = store.runs.begin(platform.node(), 4711, AT)
        store.runs.beat(number, AT, {}, ())
    told = office("status").out.splitlines()
    assert told[0].startswith("the daemon has not run since 2026-01-05 09:12: systemctl start giliran")
    assert "Nothing needs a person." not in told
    assert office("status", "--json").json["machine"][0]["kind"] == "not_running"


def test_a_daemon_that_cannot_write_for_a_lock_is_told_as_that(office: Office) -> None:
    running(office)
    with office.store() as store:
        store.runs.begin(platform.node(), 4711, office.now - timedelta(minutes=2))
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1", "printer card-2")
    other = sqlite3.connect(office.folder / "giliran.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        told = office("status").out
        assert "the database has not been written since" in told
        assert f"another program has locked it: sudo lsof {office.folder}/giliran.db" in told
        assert "no sign of life" not in told
        assert "systemctl restart" not in told
        assert "paused: no blanks in the hoppers, the database cannot be written" in told
        other.execute("ROLLBACK")
        assert office("status").out.startswith("the daemon (pid 4711) has given no sign of life since")
        told = office("status", "--json").json
        assert told["dispatch"] == {"state": "stopped", "reasons": []}
        assert [(each["state"], each["reasons"]) for each in told["printers"]] == [("stopped", ["daemon_silent"])] * 3
        assert "stopped: the daemon gives no sign of life" in office("status").out
        assert {each["state"] for each in office("printer", "list", "--json").json} == {"stopped"}
    finally:
        other.close()
        lease.close()


def test_a_full_disk_explains_the_missing_heartbeat_and_nobody_is_told_to_restart(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(office)
    with office.store() as store:
        store.runs.begin(platform.node(), 4711, office.now - timedelta(minutes=2))
    there = os.statvfs(office.folder)
    full = os.statvfs_result((*there[:3], 0, 0, *there[5:]))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1", "printer card-2")
    try:
        told = office("status").out
    finally:
        lease.close()
    assert "no sign of life" not in told
    assert "restart" not in told
    assert "its disk is full; it goes on by itself when there is room" in told
    assert "make room" in told


def test_starts_without_end_and_a_loop_that_hung_need_a_person(office: Office) -> None:
    running(office)
    with office.store() as store:
        for pid in range(3):
            number = store.runs.begin(platform.node(), pid, office.now)
        store.runs.end(number, office.now, Ending.HUNG, {"print-queue:card-1": office.now})
        store.runs.begin(platform.node(), 4711, office.now)
    lease = open_lease(office.settings)
    assert not lease.acquire("printer card-1", "printer card-2")
    try:
        told = office("status").out
    finally:
        lease.close()
    assert "was started 4 times within 10 minutes" in told
    assert "print-queue:card-1 hung at" in told


def test_a_card_of_which_nobody_knows_whether_it_was_reported_is_not_called_rejected(office: Office) -> None:
    office.stock(3)
    office.ready("A-1")
    office.start("A-1")
    with office.store() as store:
        store.jobs.apply(conclude(store.jobs.job("A-1"), Verdict.PRINTED, reason=None, at=AT))
        store.issuances.reject(Token("A-1", 1), TELLING_UNSURE, AT)
    told = " ".join(office("status").out.split())
    assert "1 card is printed and not reported, A-1: nobody knows whether the centre was told of it" in told
    assert "giliran restore --reconcile asks it" in told
    assert "rejected" not in told


def test_the_screen_is_english_unless_another_language_is_asked_for(office: Office) -> None:
    office.configure(language="id")
    office.stock(1234)
    running(office, LinkState.DOWN)
    assert "Nothing needs a person." not in office("status").out
    assert "Queue     waiting 0" in office("status").out
    told = " ".join(office("status", "--lang", "id").out.split())
    for words in (
        "Jaringan terputus sejak",
        "alamat server pusat tidak menjawab",
        "Antrean menunggu 0, siap cetak 0",
        "wadah card-1 1.234",
        "Pencetak Antrean CUPS Jenis Keadaan",
        "kartu berhenti daemon_not_running",
        "Perlu tindakan petugas",
        "card-2: wadah blangkonya kosong; isilah",
    ):
        assert words in told
    for english in ("Needs a person", "since", "waiting", "hopper", "Dispatch", "Printer"):
        assert english not in told
    assert office("status", "--lang", "id", "--json").json["queue"] == office("status", "--json").json["queue"]
