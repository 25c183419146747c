"""Cards through the real scheduler, filters, guard and virtual printer."""

import hashlib
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace

import cups
import pytest
from pypdf import PdfReader

from adapters.cups import CupsSpooler
from daemon.demo.cups import Fault, PrivateCups, VirtualPaperPrinter
from daemon.domain.recovery import Mark, MarkKind, SpoolState
from daemon.domain.token import Token
from daemon.ports import SpoolJob
from tests.fixtures.cups import LIVE, CardQueue, make_card_queue
from tests.waiting import eventually

CANCELLED = 7
"""job-state, RFC 8011 section 5.3.7."""


def test_a_released_job_becomes_one_card_and_an_end_mark(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.start(token, card_pdf)

    assert card_queue.ended(token).state is SpoolState.COMPLETED
    assert outcome(card_queue.journal.read(token)) == Mark(kind=MarkKind.ENDED, exit_status=0)
    (card,) = card_queue.printer.tape()
    assert (card.title, card.spoiled) == (str(token), False)
    assert hashlib.sha256(card.picture.read_bytes()).hexdigest() == card.sha256
    assert card_queue.printer.hopper == 99


def test_a_held_job_prints_nothing(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    job = card_queue.submit(token, card_pdf)

    assert job.state is SpoolState.HELD
    assert card_queue.journal.read(token).kind is MarkKind.ABSENT
    assert card_queue.spooler.find(token) == job


def test_a_voided_token_is_held_before_a_byte_is_sent(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    assert card_queue.journal.void(token).kind is MarkKind.VOIDED

    card_queue.start(token, card_pdf)

    job = card_queue.ended(token)
    assert job.state is SpoolState.HELD
    assert job.message is not None
    assert "taken back before" in job.message
    assert card_queue.printer.tape() == []


def test_a_second_job_of_the_same_token_is_held(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    first = card_queue.start(token, card_pdf)
    card_queue.ended(token)
    card_queue.spooler.purge(first)

    card_queue.start(token, card_pdf)

    assert card_queue.ended(token).state is SpoolState.HELD
    assert len(card_queue.printer.tape()) == 1


def test_a_foreign_job_gets_no_blank_and_leaves_no_mark(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.start(token, card_pdf)
    card_queue.ended(token)
    marks = set(card_queue.cups.journal.iterdir())

    card_queue.lp("Test page", card_pdf)
    card_queue.lp(str(Token(token.record_id, 2)), card_pdf)

    eventually(lambda: foreign_jobs(card_queue) == [CANCELLED, CANCELLED], what="the foreign jobs cancelled")
    assert [card.title for card in card_queue.printer.tape()] == [str(token)]
    assert set(card_queue.cups.journal.iterdir()) == marks


def test_a_job_moved_to_a_queue_without_a_guard_is_worth_nothing_there(
    card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    bare = make_card_queue(card_queue.cups, guarded=False)
    job = card_queue.submit(token, card_pdf)
    subprocess.run(["lpmove", "-h", card_queue.cups.server, str(job.number), bare.name], check=True, timeout=30)

    card_queue.spooler.release(job)

    assert card_queue.ended(token).state is SpoolState.COMPLETED
    assert bare.printer.tape() == []
    assert card_queue.journal.read(token).kind is MarkKind.ABSENT
    card_queue.cups.delete_queue(bare.name)


def test_a_job_whose_queue_lost_its_guard_while_it_waited_is_worth_nothing(
    card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    job = card_queue.submit(token, card_pdf)
    device = ["lpadmin", "-h", card_queue.cups.server, "-p", card_queue.name, "-v", card_queue.printer.device_uri]
    subprocess.run(device, check=True, timeout=30)

    card_queue.spooler.release(job)

    assert card_queue.ended(token).state is SpoolState.COMPLETED
    assert card_queue.printer.tape() == []
    assert card_queue.journal.read(token).kind is MarkKind.ABSENT


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("number-up", "4"),
        ("page-ranges", "2-3"),
        ("page-set", "even"),
        ("mirror", "true"),
        ("orientation-requested", "4"),
        ("landscape", "true"),
        ("fit-to-page", "true"),
        ("fitplot", "true"),
        ("fill", "true"),
        ("scaling", "50"),
        ("natural-scaling", "50"),
        ("print-scaling", "fill"),
        ("position", "bottom-left"),
        ("page-border", "double"),
        ("page-top", "72"),
        ("page-left", "72"),
        ("outputorder", "reverse"),
        ("sides", "two-sided-long-edge"),
        ("multiple-document-handling", "separate-documents-collated-copies"),
        ("brightness", "50"),
        ("gamma", "500"),
        ("hue", "90"),
        ("saturation", "0"),
        ("prettyprint", "true"),
        ("page-label", "secret"),
        ("Ribbon", "KO"),
    ],
)
def test_no_default_of_a_queue_changes_a_card(
    card_queue: CardQueue, token: Token, card_pdf: bytes, option: str, value: str
) -> None:
    card_queue.start(token, card_pdf)
    card_queue.ended(token)
    card_queue.set_default(option, value)
    again = Token(token.record_id, 2)

    card_queue.start(again, card_pdf)

    assert card_queue.ended(again).state is SpoolState.COMPLETED
    first, second = card_queue.printer.tape()
    assert first.picture.read_bytes() == second.picture.read_bytes()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("orientation-requested", "4"),
        ("orientation-requested", "6"),
        ("landscape", "true"),
        ("page-label", "secret"),
        ("booklet", "yes"),
        ("number-up", "4"),
        ("mirror", "true"),
        ("page-ranges", "2-3"),
    ],
)
def test_no_default_of_a_queue_without_a_guard_changes_a_card(
    private_cups: PrivateCups, token: Token, card_pdf: bytes, option: str, value: str
) -> None:
    bare_queue = make_card_queue(private_cups, guarded=False)
    bare_queue.start(token, card_pdf)
    bare_queue.ended(token)
    bare_queue.set_default(option, value)
    again = Token(token.record_id, 2)

    bare_queue.start(again, card_pdf)

    assert bare_queue.ended(again).state is SpoolState.COMPLETED
    first, second = bare_queue.printer.tape()
    assert first.picture.read_bytes() == second.picture.read_bytes()


def test_a_card_cancelled_in_mid_print_still_comes_out(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.printer.set_speed(0.6)
    job = card_queue.start(token, card_pdf)
    eventually(lambda: card_queue.printer.hopper == 99, what="the card being fed")

    card_queue.spooler.purge(job)

    assert card_queue.ended(token).state is SpoolState.CANCELLED
    assert card_queue.mark(token, MarkKind.ENDED).exit_status == 0
    assert len(card_queue.printer.tape()) == 1
    eventually(lambda: purged(card_queue, job, token), what="the job being forgotten once the card is out")


def test_reasons_that_cups_forgets_are_in_the_end_mark(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    for kind in (Fault.MEDIA_EMPTY, Fault.COVER_OPEN, Fault.MARKER_SUPPLY_EMPTY):
        again = Token(token.record_id, token.attempt + len(kind))
        card_queue.printer.fault(kind)
        card_queue.start(again, card_pdf)

        assert card_queue.ended(again).state is SpoolState.ABORTED
        mark = card_queue.journal.read(again)
        assert (mark.exit_status, mark.reasons, mark.took) == (1, frozenset({kind.value}), 0)
    assert card_queue.printer.tape() == []


def test_an_empty_hopper_prints_again_once_filled(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.printer.fill(-card_queue.printer.hopper)
    card_queue.start(token, card_pdf)
    assert card_queue.ended(token).state is SpoolState.ABORTED
    assert card_queue.journal.read(token).reasons == {"media-empty"}

    card_queue.printer.fill(1)
    next_token = Token(token.record_id, 2)
    card_queue.start(next_token, card_pdf)

    assert card_queue.ended(next_token).state is SpoolState.COMPLETED
    assert card_queue.printer.hopper == 0


def test_a_jam_spoils_one_card_and_refuses_the_next(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.printer.fault(Fault.MEDIA_JAM)
    for attempt in (1, 2):
        jammed = Token(token.record_id, attempt)
        card_queue.start(jammed, card_pdf)
        assert card_queue.ended(jammed).state is SpoolState.ABORTED
        assert card_queue.journal.read(jammed).reasons == {"media-jam"}
    assert card_queue.journal.read(Token(token.record_id, 1)).took
    assert card_queue.journal.read(Token(token.record_id, 2)).took == 0
    assert [card.spoiled for card in card_queue.printer.tape()] == [True]

    card_queue.printer.clear()
    card_queue.start(Token(token.record_id, 3), card_pdf)

    assert card_queue.ended(Token(token.record_id, 3)).state is SpoolState.COMPLETED
    assert [card.spoiled for card in card_queue.printer.tape()] == [True, False]


def test_a_killed_backend_is_no_success(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.printer.fault(Fault.POWER_CUT)

    card_queue.start(token, card_pdf)

    assert card_queue.ended(token).state is SpoolState.ABORTED
    assert outcome(card_queue.journal.read(token)) == Mark(kind=MarkKind.ENDED, exit_status=-9)


def test_a_printer_that_goes_away_after_the_first_byte_is_a_failure(
    card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    card_queue.printer.fault(Fault.FIRST_BYTE)

    card_queue.start(token, card_pdf)

    assert card_queue.ended(token).state is SpoolState.ABORTED
    assert outcome(card_queue.journal.read(token)) == Mark(kind=MarkKind.ENDED, exit_status=1)


def test_a_hanging_printer_is_running_until_the_longest_card_s_time_is_over(
    new_cups: Callable[..., PrivateCups], token: Token, card_pdf: bytes
) -> None:
    card_queue = make_card_queue(new_cups())
    guard = card_queue.cups.backend_dir / "giliran"
    guard.write_text(guard.read_text().replace("_LONGEST_CARD_SECONDS = 300.0", "_LONGEST_CARD_SECONDS = 1.5"))
    card_queue.printer.fault(Fault.HANG)
    job = card_queue.start(token, card_pdf)
    eventually(lambda: (now := card_queue.spooler.find(token)) and now.message == "has the data", what="the data sent")
    assert card_queue.journal.read(token).kind is MarkKind.RUNNING

    card_queue.spooler.purge(job)

    assert card_queue.journal.void(token).kind is MarkKind.RUNNING
    mark = card_queue.mark(token, MarkKind.ENDED)
    assert (mark.exit_status, mark.stopped) == (1, True)
    assert card_queue.printer.tape() == []


def test_two_copies_in_the_queue_defaults_are_still_one_card(
    card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    card_queue.set_default("copies", "2")

    card_queue.start(token, card_pdf)

    assert card_queue.ended(token).state is SpoolState.COMPLETED
    assert len(card_queue.printer.tape()) == 1


def test_threads_share_a_spooler(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    tokens = [Token(token.record_id, attempt) for attempt in range(1, 13)]
    threads = [threading.Thread(target=card_queue.submit, args=(each, card_pdf)) for each in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    names = {job.name for job in card_queue.spooler.ours()}

    assert {str(each) for each in tokens} <= names
    assert not any(job.state in LIVE for job in card_queue.spooler.ours())


def test_a_letter_comes_out_of_the_paper_printer(private_cups: PrivateCups, token: Token, card_pdf: bytes) -> None:
    printer = VirtualPaperPrinter(private_cups.printer_folder("letters"))
    private_cups.add_paper_queue("letters", printer)
    spooler = CupsSpooler(private_cups.server)

    spooler.release(spooler.submit_held("letters", token, card_pdf, {"media": "A4"}, guarded=False))

    (letter,) = eventually(printer.printed, what="the letter")
    assert [float(side) for side in PdfReader(letter).pages[0].mediabox[2:]] == pytest.approx([595, 842], abs=1)
    private_cups.delete_queue("letters")


def foreign_jobs(card_queue: CardQueue) -> list[int]:
    """The states of all jobs of the queue that were not submitted here."""
    connection = cups.Connection(host=card_queue.cups.server)
    asked = ["job-id", "job-printer-uri", "job-state"]
    jobs = connection.getJobs(which_jobs="completed", my_jobs=False, requested_attributes=asked).values()
    return [
        job["job-state"]
        for job in jobs
        if job["job-printer-uri"].endswith(f"/{card_queue.name}") and job["job-state"] == CANCELLED
    ]


def outcome(mark: Mark) -> Mark:
    """Without the size of the document."""
    return replace(mark, took=None, size=None)


def purged(card_queue: CardQueue, job: SpoolJob, token: Token) -> bool:
    card_queue.spooler.purge(job)
    return card_queue.spooler.find(token) is None
