"""cupsd dies, forgets, resurrects; the printer's own tape says how many cards there are."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.demo.cups import PrivateCups
from daemon.domain.job import Verdict
from daemon.domain.recovery import MarkKind, SpoolState, judge
from daemon.domain.token import Token
from daemon.ports import SpoolerRefused, SpoolerUnreachable
from tests.fixtures.cups import CardQueue, make_card_queue
from tests.waiting import eventually

NewCups = Callable[..., PrivateCups]
SLOW = 0.6
"""Seconds a card, enough to kill something in the middle of it."""


def half_a_card(cups: PrivateCups, token: Token, pdf: bytes, *, guarded: bool = True) -> CardQueue:
    """A card has been fed and is not out yet."""
    queue = make_card_queue(cups, guarded=guarded, seconds_per_card=SLOW)
    queue.start(token, pdf)
    eventually(lambda: queue.printer.hopper == 99, what="the card being fed")
    return queue


def test_a_card_in_the_printer_when_cupsd_dies_is_printed_once(
    new_cups: NewCups, token: Token, card_pdf: bytes
) -> None:
    cups = new_cups()
    queue = half_a_card(cups, token, card_pdf)

    cups.kill()
    cups.start()

    assert queue.ended(token).state is SpoolState.HELD
    assert queue.mark(token, MarkKind.ENDED).exit_status == 0
    assert len(queue.printer.tape()) == 1


def test_without_the_guard_the_same_death_prints_two_cards(new_cups: NewCups, token: Token, card_pdf: bytes) -> None:
    """Why there is a guard. Should CUPS ever cease to do this, this test says so."""
    cups = new_cups()
    queue = half_a_card(cups, token, card_pdf, guarded=False)

    cups.kill()
    cups.start()

    eventually(lambda: len(queue.printer.tape()) == 2, what="the second card of one job")


def test_an_orderly_restart_in_mid_card_is_no_second_card(new_cups: NewCups, token: Token, card_pdf: bytes) -> None:
    cups = new_cups()
    queue = half_a_card(cups, token, card_pdf)

    cups.restart()

    assert queue.ended(token).state is SpoolState.HELD
    assert len(queue.printer.tape()) <= 1


def test_a_power_cut_in_mid_card_leaves_a_torn_mark_and_prints_no_more(
    new_cups: NewCups, token: Token, card_pdf: bytes
) -> None:
    cups = new_cups()
    queue = half_a_card(cups, token, card_pdf)

    cups.kill(children=True)
    assert queue.journal.read(token).kind is MarkKind.TORN
    cups.start()

    assert queue.ended(token).state is SpoolState.HELD
    assert queue.journal.void(token).kind is MarkKind.TORN
    assert queue.printer.tape() == []


def test_a_job_accepted_held_survives_the_death_of_cupsd(new_cups: NewCups, token: Token, card_pdf: bytes) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    job = queue.submit(token, card_pdf)

    cups.kill(children=True)
    cups.start()

    assert queue.spooler.find(token, job.number) == job
    queue.spooler.release(job)
    assert queue.ended(token).state is SpoolState.COMPLETED


def test_a_number_that_cups_gave_twice_is_not_taken_for_the_first_job(
    new_cups: NewCups, token: Token, card_pdf: bytes
) -> None:
    cups = new_cups(dirty_clean_seconds=30)
    queue = make_card_queue(cups)
    cups.restart()  # writes the queue down, which a CUPS with the default setting has done long ago
    forgotten = queue.submit(token, card_pdf)
    cups.kill(children=True)
    for file in (cups.folder / "spool").glob("*00*"):
        file.unlink()  # a spool that lost what was not on the disk yet
    cups.start()
    other = Token(token.record_id, 2)

    second = queue.submit(other, card_pdf)

    assert second.number == forgotten.number
    assert second.uuid != forgotten.uuid
    assert queue.spooler.find(token, forgotten.number) is None
    with pytest.raises(SpoolerRefused):
        queue.spooler.release(forgotten)
    queue.spooler.purge(forgotten)
    assert queue.spooler.find(other, second.number) == second


def test_a_resurrected_job_is_held_once_its_token_is_void(new_cups: NewCups, token: Token, card_pdf: bytes) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    job = queue.submit(token, card_pdf)
    spool, saved = cups.folder / "spool", cups.folder / "saved"
    shutil.copytree(spool, saved)
    queue.journal.void(token)
    queue.spooler.purge(job)
    assert queue.spooler.find(token) is None

    cups.stop()
    for file in saved.iterdir():
        subprocess.run(["cp", "-p", str(file), str(spool)], check=True)
    (cups.folder / "cache" / "job.cache").unlink(missing_ok=True)
    cups.start()

    risen = queue.spooler.find(token)
    assert risen is not None
    queue.spooler.release(risen)
    assert queue.ended(token).state is SpoolState.HELD
    assert queue.printer.tape() == []


def test_a_job_whose_document_cups_deleted_before_it_died_is_aborted_and_its_card_is_known(
    new_cups: NewCups, token: Token, card_pdf: bytes
) -> None:
    """Killed between deleting a finished job's document and writing down that it is done (seen in `make chaos`)."""
    cups = new_cups()
    queue = half_a_card(cups, token, card_pdf)
    (control,) = (cups.folder / "spool").glob("c" + "[0-9]" * 5)  # c00001.N is one that is being written
    as_it_was = control.read_bytes()
    assert queue.ended(token).state is SpoolState.COMPLETED
    assert not list((cups.folder / "spool").glob("d*"))

    cups.kill()
    control.write_bytes(as_it_was)
    (cups.folder / "cache" / "job.cache").unlink(missing_ok=True)
    cups.start()

    aborted = queue.ended(token)
    assert aborted.state is SpoolState.ABORTED
    assert judge(queue.journal.read(token), aborted.state).verdict is Verdict.PRINTED
    assert len(queue.printer.tape()) == 1


@pytest.mark.parametrize("end", ["exit 1", "kill -9 $$", "kill -15 $$"])
def test_a_filter_that_fails_or_is_killed_sends_nothing_to_the_device(
    new_cups: NewCups, token: Token, card_pdf: bytes, end: str
) -> None:
    """CUPS itself takes a filter that was killed for one that ended well."""
    cups = new_cups()
    _put_last_in_line(cups, f"#!/bin/sh\nhead -c 100000\n{end}\n")
    queue = make_card_queue(cups)

    queue.start(token, card_pdf)

    assert queue.ended(token).state is SpoolState.ABORTED
    assert queue.mark(token, MarkKind.ENDED).document_is_at_fault
    assert judge(queue.journal.read(token), SpoolState.ABORTED).verdict is Verdict.NO_CARD
    assert queue.printer.tape() == []


def test_a_cups_that_is_stopped_in_order_in_mid_card_asks_nobody(
    new_cups: NewCups, token: Token, card_pdf: bytes
) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    queue.printer.set_speed(0.8)
    queue.start(token, card_pdf)
    eventually(lambda: queue.printer.hopper == 99, what="the card being fed")

    cups.stop(children=False)
    assert queue.journal.read(token).kind is MarkKind.RUNNING
    cups.start()

    assert judge(queue.mark(token, MarkKind.ENDED), SpoolState.GONE).verdict is Verdict.PRINTED
    assert [card.title for card in queue.printer.tape()] == [str(token)]


@pytest.mark.parametrize("what", ["deleted", "another device", "disabled"])
def test_a_queue_that_is_meddled_with_in_mid_card_asks_nobody(
    new_cups: NewCups, token: Token, card_pdf: bytes, what: str
) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    queue.printer.set_speed(0.8)
    queue.start(token, card_pdf)
    eventually(lambda: queue.printer.hopper == 99, what="the card being fed")

    match what:
        case "deleted":
            cups.delete_queue(queue.name)
        case "another device":
            elsewhere = make_card_queue(cups).printer.device_uri
            command = ["lpadmin", "-h", cups.server, "-p", queue.name, "-v", elsewhere]
            subprocess.run(command, check=True, timeout=30)
        case "disabled":
            subprocess.run(["cupsdisable", "-h", cups.server, queue.name], check=True, timeout=30)

    assert judge(queue.mark(token, MarkKind.ENDED), SpoolState.GONE).verdict is Verdict.PRINTED
    assert [card.title for card in queue.printer.tape()] == [str(token)]


def test_an_unreachable_cups_is_retryable_and_the_same_spooler_finds_it_again(
    new_cups: NewCups, token: Token, card_pdf: bytes
) -> None:
    cups = new_cups()
    queue = make_card_queue(cups)
    queue.submit(token, card_pdf)
    cups.stop()

    for call in (
        lambda: queue.spooler.queue(queue.name),
        queue.spooler.ours,
        lambda: queue.spooler.find(token),
        lambda: queue.submit(Token(token.record_id, 2), card_pdf),
    ):
        with pytest.raises(SpoolerUnreachable):
            call()

    cups.start()
    assert [job.name for job in queue.spooler.ours()] == [str(token)]


def test_a_stopped_server_leaves_no_process_behind(new_cups: NewCups, token: Token, card_pdf: bytes) -> None:
    cups = new_cups()
    half_a_card(cups, token, card_pdf)

    cups.stop()

    assert not [
        process.name
        for process in Path("/proc").iterdir()
        if process.name.isdigit() and str(cups.folder).encode() in _command_line(process)
    ]


def _put_last_in_line(cups: PrivateCups, script: str) -> None:
    """Of the filters of every card queue that is made from now on."""
    program = cups.folder / "root" / "last-filter"
    program.write_text(script, encoding="ascii")
    program.chmod(0o755)
    ppd = cups.card_ppd.read_text(encoding="ascii")
    last = 'application/vnd.cups-raster 0 -"'
    assert last in ppd
    cups.card_ppd.write_text(ppd.replace(last, f'application/vnd.cups-raster 0 {program}"'), encoding="ascii")


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
