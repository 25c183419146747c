"""The reports of the order: fairness over a period, and the day on one page."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from pypdf import PdfReader

from daemon.domain import job as moves
from daemon.domain.job import Verdict
from daemon.domain.rules import Lane, Rules
from daemon.locale.language import in_language
from daemon.ports import Card, Claim, NoClaim
from daemon.queries.reports import ReportRequest, period
from daemon.queries.reports.fairness import _by_day
from tests.unit.daemon.cli.conftest import DOCUMENT, RECORDED, Office, record

LANE = Lane(name="lansia", instruction="SK 12/2026", one_in=3)
DAY = timedelta(days=1)


def print_all(office: Office, verdict: Verdict = Verdict.PRINTED) -> list[str]:
    """Until nobody is in line: the order in which they were started."""
    order: list[str] = []
    with office.store() as store:
        for row in store.view.queue(None, None):
            store.pulled_cards.save(Card(record_id=row.job.record_id, fields={}, photo=None, document=DOCUMENT))
        while not isinstance(claim := store.jobs.claim("card-1", office.now, journal="J-1"), NoClaim):
            assert isinstance(claim, Claim)
            order.append(claim.attempt.job.record_id)
            store.jobs.apply(moves.conclude(store.jobs.job(order[-1]), verdict, reason=None, at=office.now))
    return order


@pytest.fixture
def office(office: Office) -> Office:
    office.stock(100)
    return office


def with_a_lane(office: Office) -> list[str]:
    office.ready(*(f"A-{n}" for n in range(6)))
    with office.store() as store:
        store.order.adopt(Rules(lanes=(LANE,), timezone="Asia/Jakarta"), at=office.now, actor="giliran")
        store.order.set_lane("A-5", "lansia", reason="70 years", at=office.now, actor="siti")
    return print_all(office)


def test_every_departure_stands_in_the_report_with_its_rule_and_instruction(office: Office) -> None:
    assert with_a_lane(office)[0] == "A-5"
    told = office("report", "fairness", "--json").json
    figures = told["figures"]
    assert (figures["starts"], figures["in_order"], figures["by_lane_lansia"], figures["passed_over"]) == (6, 5, 1, 0)
    [departure] = told["rows"]
    assert (departure["rule"], departure["instruction"]) == ("lane:lansia", "SK 12/2026")
    [start] = [entry for entry in office("job", "show", "A-5", "--json").json["log"] if entry["event"] == "started"]
    assert departure["entry"] == start["sequence"]
    assert told["imports"] == []
    words = office("report", "fairness").out
    assert "Departures from the order of recording" in words
    assert "Lane lansia" in words
    assert "A-5" not in words


def test_an_unexplained_start_is_counted_and_named(office: Office) -> None:
    office.ready("A-1", "A-2")
    office.take(record("B-1", RECORDED - DAY, "PROCESSING"))
    office.start("A-1")
    with office.store() as store:
        # As by another hand: one who is not the first.
        store.log.append("ready", at=office.now, actor="x", record_id="B-1", before="waiting", after="ready")
        details = {"before": "ready", "after": "printing", "attempt": 1, "printer": "card-2"}
        store.log.append("started", at=office.now, actor="x", record_id="A-2", **details)
    told = office("report", "fairness", "--json").json
    assert told["figures"]["passed_over"] == 1
    [row] = told["rows"]
    assert (row["rule"], row["printer"], row["passed_recorded_at"][:10]) == ("unexplained", "card-2", "2026-01-01")
    file = office.folder / "fair.pdf"
    assert office("report", "fairness", "--format", "pdf", "-o", str(file)).status == 0
    page = PdfReader(file).pages[0]
    assert "0.7019608 0.14901961 0.11764706" in re.sub(r"\s+", " ", page.get_contents().get_data().decode("latin-1"))  # type: ignore[union-attr]


def test_without_a_start_nothing_is_drawn_and_nothing_is_red(office: Office) -> None:
    told = office("report", "fairness", "--from", "2020-01-01", "--to", "2020-12-31", "--json").json
    assert (told["figures"]["starts"], told["figures"]["passed_over"], told["rows"]) == (0, 0, [])
    file = office.folder / "empty.pdf"
    assert office("report", "fairness", "--to", "2020-01-31", "--format", "pdf", "-o", str(file)).status == 0
    assert "0.7019608 0.14901961" not in PdfReader(file).pages[0].get_contents().get_data().decode("latin-1")  # type: ignore[union-attr]


def test_the_day_stands_on_one_page(office: Office) -> None:
    with_a_lane(office)
    told = office("report", "daily", "--json").json
    figures = told["figures"]
    assert told["from"] == told["to"]
    assert {name: figures[name] for name in ("recorded", "made_ready", "printed", "spoiled", "in_doubt")} == {
        "recorded": 6, "made_ready": 6, "printed": 6, "spoiled": 0, "in_doubt": 0
    }  # fmt: skip
    assert (figures["blanks_received"], figures["blanks_closing"], figures["by_lane_lansia"]) == (100, 94, 1)
    assert told["rows"] == [
        {"printer": "card-1", "started": 6, "printed": 6, "spoiled": 0, "no_card": 0, "in_doubt": 0}
    ]
    office.configure(language="id")
    file = office.folder / "day.pdf"
    assert office("report", "daily", "--format", "pdf", "-o", str(file)).status == 0
    read = PdfReader(file)
    assert len(read.pages) == 1
    assert "LAPORAN HARIAN" in read.pages[0].extract_text()


def test_a_card_in_doubt_that_is_confirmed_counts_once_as_printed(office: Office) -> None:
    office.ready("A-1", "A-2")
    office.start("A-1")
    office.finish("A-1", Verdict.IN_DOUBT, reason="power")
    office("job", "confirm", "A-1", "--printed", "--reason", "seen")
    office.start("A-2")
    office.finish("A-2", Verdict.SPOILED, reason="scratch")
    [row] = office("report", "daily", "--json").json["rows"]
    assert (row["started"], row["printed"], row["in_doubt"], row["spoiled"]) == (2, 1, 1, 1)


def test_a_day_is_one_day(office: Office) -> None:
    assert office("report", "daily", "--from", "2026-01-01", "--to", "2026-01-02").status == 2
    told = office("report", "daily", "--to", "2026-01-02", "--json").json
    assert (told["from"], told["to"], told["rows"]) == ("2026-01-02", "2026-01-02", [])


@pytest.mark.parametrize(("last", "columns"), [("2025-01-07", 7), ("2025-01-31", 31), ("2025-12-31", 31)])
def test_a_longer_period_has_no_more_columns_than_a_page_takes(office: Office, last: str, columns: int) -> None:
    days = period(date(2025, 1, 1), date.fromisoformat(last), office.now, office.settings.office.timezone)
    asked = ReportRequest(
        store=cast("Any", None), office=office.settings.office, period=days, at=office.now, words=in_language("en")
    )
    labels = _by_day([], asked).labels
    assert columns - 1 <= len(labels) <= columns
    assert all(before != after for before, after in pairwise(labels))
