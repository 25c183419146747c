"""The screen of `status`: it fits the terminal between words, and nothing is left out without a word."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from daemon.cli.needs import MOST_NAMED, needs_a_person
from daemon.cli.report import table_rows
from daemon.cli.status import lines
from daemon.domain.dispatch import PrinterState
from daemon.domain.job import Job, Verdict
from daemon.domain.needs import Facts, PrinterFacts, needs
from daemon.domain.report import Column, Table
from daemon.domain.serials import SerialTrouble
from daemon.domain.states import State
from daemon.domain.supply import Consumable
from daemon.locale.language import in_language
from daemon.main import open_lease
from daemon.queries.needs import MOST
from daemon.queries.status import PrinterLine, Snapshot, snapshot
from tests.unit.daemon.cli.conftest import RECORDED, Office

AT = datetime(2026, 1, 5, 2, 12, tzinfo=UTC)


@pytest.fixture
def seen(office: Office) -> Snapshot:
    """An office in which much goes wrong."""
    with office.store() as store:
        found = snapshot(office.settings, store, open_lease(office.settings), AT)
    stopped = PrinterLine(
        name="card-1",
        queue="Evolis_Primacy_2_Lobby",
        kind="card",
        state=PrinterState.STOPPED,
        reasons=("media-empty", "cover-open", "marker-supply-empty-error"),
        record_id="1205-2026-000123",
    )
    return replace(
        found,
        printers=(stopped, *found.printers[1:]),
        consumables={"card-1": (Consumable(name="Ribbon", percent=40, full=300),)},
        needs=needs(
            Facts(
                at=AT,
                link=found.link,
                printers=(PrinterFacts(name="card-1", state=PrinterState.STOPPED, reasons=stopped.reasons),),
                faulty=tuple(map(waiting, range(25))),
                awaiting_person=tuple(map(waiting, range(21))),
                serials=tuple((f"R-{number}", "A1", SerialTrouble.UNKNOWN) for number in range(MOST)),
            )
        ),
    )


def waiting(number: int) -> Job:
    return Job(
        record_id=f"R-{number}", state=State.WAITING, reason="bad_card: no page", since=RECORDED, recorded_at=RECORDED
    )


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_no_word_is_broken_and_what_needs_a_person_hangs_below_its_first_line(seen: Snapshot, columns: int) -> None:
    words = {word for line in lines(seen, None) for word in line.plain.split()}
    screen = [line.plain for line in lines(seen, columns)]

    assert words - {word for line in screen for word in line.split()} == set()
    widest_word = max(map(len, words))
    assert max(map(len, screen)) <= max(columns, widest_word + 4)
    below = screen[screen.index("Needs a person") + 1 :]
    assert all(re.match(r"  \S|    \S", line) for line in below)
    assert any(line.startswith("    ") for line in below) or columns == 200


def test_what_nobody_looks_at_is_one_line_for_each_need(seen: Snapshot) -> None:
    screen = [line.plain for line in lines(seen, None)]
    assert screen[screen.index("Needs a person") + 1 :] == [f"  {need}" for need in needs_a_person(seen)]


def test_who_is_not_named_is_counted(seen: Snapshot) -> None:
    told = list(needs_a_person(seen))
    assert "and 5 more of whom the centre sent what cannot be used: giliran queue --state waiting" in told
    assert "and 1 more who wait for a person's word: giliran queue --state waiting" in told
    assert f"and at least {MOST - MOST_NAMED} more with a serial that cannot be right; these first" in told
    assert sum("because what the centre sent cannot be used" in need for need in told) == MOST_NAMED


def test_the_state_of_a_printer_has_its_colour(seen: Snapshot) -> None:
    [line] = [line for line in lines(seen, 200) if line.plain.startswith("card-1")]
    assert [line.plain[span.start : span.end] for span in line.spans] == ["stopped"]


@pytest.mark.parametrize("columns", [40, 80, 140])
def test_a_wide_report_fits_the_terminal(office: Office, columns: int) -> None:
    labels = [f"Pinjaman ke-{number}" for number in range(16)]
    table = Table(
        columns=tuple(Column(key=label, label=label) for label in labels),
        rows=(tuple(range(1000, 1016)),),
        empty="",
    )
    screen = table_rows(table, office.settings.office.timezone, in_language("en"), columns)
    assert max(map(len, screen)) <= columns
    words = {word for line in screen for word in line.split()}
    assert {"Pinjaman", "ke-15"} <= words


def test_damaged_data_of_whose_card_is_out_is_told_and_is_no_need(office: Office) -> None:
    office.stock()
    office.ready("A-1", "A-2")
    office.start("A-1")
    office.finish("A-1", Verdict.PRINTED)
    with closing(sqlite3.connect(office.folder / "giliran.db")) as connection, connection:
        connection.execute("UPDATE person SET sealed = zeroblob(length(sealed))")
    for record in ("A-1", "A-2"):
        office("job", "show", record)
    told = office("status").out
    assert "what is kept of A-2 (person) was found damaged" in told
    assert "what is kept of A-1" not in told
    assert "data of 1 person who is in line no more was damaged within the last 7 days (A-1)" in told
    assert "it is pulled again only for a reprint" in told
