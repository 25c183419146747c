"""The loop with a real store, the real messengers and a real receiver."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.alerts import read_messengers
from daemon.domain import job as moves
from daemon.domain.dispatch import PrinterState
from daemon.domain.job import Verdict
from daemon.domain.ledger import Count, Movement
from daemon.domain.link import LinkState
from daemon.domain.one_card import FIRST_TIME
from daemon.ports import Claim, Page, PrinterReport, Store
from tests.fakes.clock import ManualClock
from tests.fakes.lease import LoneLease
from tests.fixtures.receiver import Receiver, receiving
from tests.unit.workers.office import card, record, situation, take_in
from workers.alarm import LONGEST_RETRY_SECONDS, LOOK_SECONDS, Alarm


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def alarm(store: Store, clock: ManualClock, receiver: Receiver, tmp_path: Path) -> Alarm:
    book(store, clock, 100, "centre", "store")
    book(store, clock, 20, "store", "hopper:card-1")
    return make(store, clock, tmp_path, receiver.url)


def make(store: Store, clock: ManualClock, folder: Path, *urls: str, link: LinkState = LinkState.UP) -> Alarm:
    (folder / "alert-urls").write_text("\n".join(urls))
    return Alarm(
        store=store,
        situation=situation(clock, link),
        clock=clock,
        messengers=read_messengers(folder / "alert-urls", timeout_seconds=5).messengers,
        lease=LoneLease(),
        card_printers={"card-1": "Cards"},
        low=50,
        low_days=10,
        title="Giliran: Kantor Contoh",
        language="en",
        timezone=ZoneInfo("Asia/Jakarta"),
    )


def book(store: Store, clock: ManualClock, quantity: int, credit: str, debit: str) -> None:
    movement = Movement(quantity=quantity, credit=credit, debit=debit, reason="test")
    store.ledger.move(movement, at=clock.now(), actor="test")


def doubt(store: Store, clock: ManualClock, record_id: str) -> None:
    take_in(store, clock, record_id)
    store.pulled_cards.save(card(record_id))
    claim = store.jobs.claim("card-1", clock.now(), journal="J-1")
    assert isinstance(claim, Claim)
    store.jobs.apply(moves.conclude(claim.attempt.job, Verdict.IN_DOUBT, reason="test", at=clock.now()))


def pass_time(alarm: Alarm, clock: ManualClock, seconds: float) -> None:
    for _ in range(int(seconds / LOOK_SECONDS)):
        clock.advance(LOOK_SECONDS)
        alarm.step()


def test_an_unconfirmed_card_is_told_once(store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver) -> None:
    doubt(store, clock, "R-1")
    alarm.step()
    pass_time(alarm, clock, 60)
    assert [title for title, _ in receiver.taken] == ["Giliran: Kantor Contoh"]
    (line,) = receiver.lines
    assert "card-1, R-1, NIK ending …0001: did a card come out?" in line
    assert "SITI" not in line
    assert "1205010101900001" not in line


def test_a_second_record_of_one_nik_is_told_once_with_what_settles_it(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver
) -> None:
    both = (replace(record(name, clock.now()), request_class=FIRST_TIME) for name in ("R-1", "R-2"))
    store.records.take_page(Page(records=tuple(both), bad=(), next="1", more=False), clock.now())
    alarm.step()
    pass_time(alarm, clock, 60)
    (line,) = receiver.lines
    assert "R-2, NIK ending …0001: another record of the same NIK gets the first card (same_nik: R-1)" in line
    assert "giliran job release R-2, else: giliran job cancel R-2 --reason …" in line
    assert "1205010101900001" not in line


def test_a_damaged_row_is_told_once_also_when_it_is_mended_soon(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver, tmp_path: Path
) -> None:
    take_in(store, clock, "R-1")
    store.pulled_cards.save(card("R-1"))
    with closing(sqlite3.connect(tmp_path / "giliran.db")) as disk, disk:
        disk.execute("UPDATE document SET sealed = zeroblob(length(sealed))")
    store.jobs.claim("card-1", clock.now(), journal="J-1")
    store.pulled_cards.save(card("R-1"))
    alarm.step()
    pass_time(alarm, clock, 4000)
    (line,) = receiver.lines
    assert "what is kept of R-1 (document) was found damaged at" in line
    assert "smartctl" in line


def test_a_centre_that_goes_round_is_told_once(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver
) -> None:
    take_in(store, clock, "R-1")
    store.records.note_round(clock.now())
    alarm.step()
    pass_time(alarm, clock, 60)
    (line,) = receiver.lines
    assert "and nothing new comes: its list goes round; tell the centre" in line


def test_what_happens_together_goes_out_together(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver
) -> None:
    doubt(store, clock, "R-1")
    book(store, clock, 80, "store", "destroyed")
    alarm.step()
    assert len(receiver.taken) == 1
    assert len(receiver.lines) == 2
    assert any("19 blanks are left (the limit is 50)" in line for line in receiver.lines)


def test_a_stopped_printer_is_told_after_a_quarter_of_an_hour_with_its_reason(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver
) -> None:
    report = PrinterReport(name="card-1", state=PrinterState.STOPPED, reasons=("cover-open",))
    store.printers.report(report, clock.now())
    pass_time(alarm, clock, 890)
    assert receiver.lines == []
    pass_time(alarm, clock, 60)
    (line,) = receiver.lines
    assert line.endswith(": cover-open; put it right, then giliran printer resume card-1")


def test_a_printer_and_a_ledger_that_disagree_are_told_until_somebody_counts(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver
) -> None:
    report = PrinterReport(name="card-1", state=PrinterState.STOPPED, reasons=("media-empty",))
    store.printers.report(report, clock.now())
    pass_time(alarm, clock, 120)
    (line,) = receiver.lines
    assert "card-1 says that it is out of blanks, the ledger says 20 in its hopper: off by 20?" in line
    count = Count(account="hopper:card-1", quantity=0, note="it is empty indeed")
    assert store.ledger.count(count, at=clock.now(), actor="test") == -20
    pass_time(alarm, clock, 600)
    assert len([line for line in receiver.lines if "out of blanks" in line]) == 1


def test_what_could_not_be_sent_waits_and_comes_as_one_message(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver
) -> None:
    receiver.refuses = True
    doubt(store, clock, "R-1")
    alarm.step()
    book(store, clock, 80, "store", "destroyed")
    pass_time(alarm, clock, 3600)
    assert 8 <= receiver.asked <= 14, "it is tried less and less often"
    assert receiver.taken == []
    receiver.refuses = False
    pass_time(alarm, clock, LONGEST_RETRY_SECONDS + LOOK_SECONDS)
    assert len(receiver.taken) == 1
    assert len(receiver.lines) == 2


def test_a_messenger_that_fails_does_not_keep_the_others_from_their_news(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver, tmp_path: Path
) -> None:
    with receiving() as broken:
        broken.refuses = True
        both = make(store, clock, tmp_path, broken.url, receiver.url)
        doubt(store, clock, "R-1")
        both.step()
        pass_time(both, clock, 60)
    assert broken.asked > 1
    assert len(receiver.taken) == 1


def test_a_message_is_of_bounded_length(store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver) -> None:
    book(store, clock, 80, "store", "hopper:card-1")
    for number in range(25):
        doubt(store, clock, f"R-{number:02}")
    alarm.step()
    assert len(receiver.lines) == 21
    assert receiver.lines[-1] == "… and 5 more: giliran status"


def test_an_outage_that_was_told_is_told_to_be_over(
    store: Store, clock: ManualClock, alarm: Alarm, receiver: Receiver, tmp_path: Path
) -> None:
    loop = make(store, clock, tmp_path, receiver.url, link=LinkState.DOWN)
    pass_time(loop, clock, 1200)
    loop.situation.set_link(situation(clock).link)
    pass_time(loop, clock, 60)
    assert len(receiver.lines) == 2
    assert "the link to the central server is back" in receiver.lines[1]
