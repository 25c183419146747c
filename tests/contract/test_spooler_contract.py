"""What every Spooler does. Run against real CUPS."""

import subprocess
from collections.abc import Callable

import cups
import pytest

from adapters.cups import CupsSpooler
from daemon.demo.cups import PrivateCups
from daemon.domain.recovery import SpoolState
from daemon.domain.token import Token
from daemon.ports import Spooler, SpoolerRefused, SpoolerUnreachable, SpoolJob
from tests.fixtures.cups import OPTIONS, CardQueue, make_card_queue, new_token


@pytest.fixture
def spooler(card_queue: CardQueue) -> Spooler:
    return card_queue.spooler


@pytest.fixture
def queue(card_queue: CardQueue) -> str:
    return card_queue.name


def test_a_queue_is_described(spooler: Spooler, card_queue: CardQueue) -> None:
    status = spooler.queue(card_queue.name)

    assert (status.stopped, status.accepting, status.reasons) == (False, True, frozenset())
    assert status.guarded
    assert status.device_uri == f"giliran:/{card_queue.printer.device_uri}"


def test_an_unknown_queue_is_refused(spooler: Spooler, token: Token, card_pdf: bytes) -> None:
    with pytest.raises(SpoolerRefused):
        spooler.queue("nowhere")
    with pytest.raises(SpoolerRefused):
        spooler.submit_held("nowhere", token, card_pdf, OPTIONS, guarded=True)


def test_a_queue_that_does_not_accept_is_refused(
    spooler: Spooler, card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    subprocess.run(["cupsreject", "-h", card_queue.cups.server, card_queue.name], check=True)

    assert not spooler.queue(card_queue.name).accepting
    with pytest.raises(SpoolerRefused):
        spooler.submit_held(card_queue.name, token, card_pdf, OPTIONS, guarded=True)
    assert spooler.find(token) is None


def test_a_submission_without_media_gets_the_queue_s_default(
    spooler: Spooler, card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    job = spooler.submit_held(card_queue.name, token, card_pdf, {}, guarded=True)

    connection = cups.Connection(host=card_queue.cups.server)
    default = connection.getPrinterAttributes(card_queue.name, requested_attributes=["media-default"])["media-default"]
    assert connection.getJobAttributes(job.number)["media"] == default


def test_a_submitted_job_is_held_under_its_token(spooler: Spooler, queue: str, token: Token, card_pdf: bytes) -> None:
    job = spooler.submit_held(queue, token, card_pdf, OPTIONS, guarded=True)

    assert (job.name, job.state) == (str(token), SpoolState.HELD)
    assert job.uuid.startswith("urn:uuid:")
    assert spooler.find(token) == job
    assert spooler.find(token, job.number) == job
    assert spooler.find(token, job.number + 1000) == job
    assert job in spooler.ours()


def test_a_large_document_arrives_whole_where_no_guard_is(
    private_cups: PrivateCups, token: Token, card_pdf: bytes
) -> None:
    queue = make_card_queue(private_cups, guarded=False)
    document = card_pdf + b"%" * 3_000_000

    job = queue.submit(token, document)

    spooled = queue.cups.folder / "spool" / f"d{job.number:05d}-001"
    assert spooled.read_bytes() == document
    private_cups.delete_queue(queue.name)


def test_cups_has_nothing_of_a_guarded_card_but_its_name(
    spooler: Spooler, card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    job = spooler.submit_held(card_queue.name, token, card_pdf, OPTIONS, guarded=True)

    spooled = card_queue.cups.folder / "spool" / f"d{job.number:05d}-001"
    assert spooled.read_text() == f"{token}\n"


def test_a_token_is_not_found_by_another_of_the_same_record(
    spooler: Spooler, queue: str, token: Token, card_pdf: bytes
) -> None:
    spooler.submit_held(queue, token, card_pdf, OPTIONS, guarded=True)

    assert spooler.find(Token(token.record_id, 11)) is None


def test_release_lets_it_print_and_again_is_harmless(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.printer.set_speed(0.4)
    job = card_queue.submit(token, card_pdf)

    card_queue.spooler.release(job)
    card_queue.spooler.release(job)

    assert card_queue.ended(token).state is SpoolState.COMPLETED
    assert len(card_queue.printer.tape()) == 1
    assert [now.state for now in card_queue.spooler.ours() if now.uuid == job.uuid] == [SpoolState.COMPLETED]


def test_a_job_that_is_over_is_not_released(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    job = card_queue.start(token, card_pdf)
    card_queue.ended(token)

    with pytest.raises(SpoolerRefused):
        card_queue.spooler.release(job)


def test_another_job_under_the_same_number_is_not_released(
    spooler: Spooler, queue: str, token: Token, card_pdf: bytes
) -> None:
    job = spooler.submit_held(queue, token, card_pdf, OPTIONS, guarded=True)
    impostor = SpoolJob(number=job.number, uuid="urn:uuid:other", name=job.name, state=job.state)

    with pytest.raises(SpoolerRefused):
        spooler.release(impostor)
    spooler.purge(impostor)
    assert spooler.find(token) == job


def test_purging_deletes_a_held_job_with_its_document(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    job = card_queue.submit(token, card_pdf)

    card_queue.spooler.purge(job)
    card_queue.spooler.purge(job)

    assert card_queue.spooler.find(token, job.number) is None
    assert list((card_queue.cups.folder / "spool").glob(f"?{job.number:05d}*")) == []


def test_purging_deletes_a_finished_job(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    job = card_queue.start(token, card_pdf)
    card_queue.ended(token)

    card_queue.spooler.purge(job)

    assert card_queue.spooler.find(token) is None
    assert list((card_queue.cups.folder / "spool").glob(f"?{job.number:05d}*")) == []


def test_foreign_jobs_are_not_among_ours(card_queue: CardQueue, card_pdf: bytes) -> None:
    card_queue.lp("Surat undangan", card_pdf, "-o", "job-hold-until=indefinite")

    assert all(job.name != "Surat undangan" for job in card_queue.spooler.ours())


def test_an_unfinished_job_goes_before_a_finished_one_of_the_same_name(
    card_queue: CardQueue, token: Token, card_pdf: bytes
) -> None:
    finished = card_queue.start(token, card_pdf)
    card_queue.ended(token)
    again = card_queue.submit(token, card_pdf)

    assert card_queue.spooler.find(token) == again
    assert card_queue.spooler.find(token, finished.number) != again


def test_more_jobs_than_cups_lists_at_once_are_all_found(new_cups: Callable[..., PrivateCups], card_pdf: bytes) -> None:
    queue = make_card_queue(new_cups(dirty_clean_seconds=30))
    tokens = [new_token() for _ in range(520)]
    for token in tokens:
        queue.submit(token, card_pdf)

    assert [job.name for job in queue.spooler.ours()] == list(map(str, tokens))
    assert queue.spooler.find(tokens[-1]) is not None


def test_a_server_that_is_not_there_is_unreachable(token: Token) -> None:
    for server in ("/nowhere/cups.sock", "127.0.0.1:1"):
        with pytest.raises(SpoolerUnreachable):
            CupsSpooler(server).find(token)


def test_the_printer_tells_what_is_left_of_its_ribbon(card_queue: CardQueue, token: Token, card_pdf: bytes) -> None:
    card_queue.printer.change_ribbon(200)
    card_queue.start(token, card_pdf)
    card_queue.ended(token)
    card_queue.start(Token(token.record_id, token.attempt + 1), card_pdf)
    card_queue.ended(Token(token.record_id, token.attempt + 1))

    (ribbon,) = card_queue.spooler.consumables(card_queue.name)
    assert (ribbon.name, ribbon.percent) == ("Ribbon", 99)
