"""Somebody meddles at CUPS, or CUPS fails, with cards under way: whole daemon, real CUPS, the tape as witness."""

import os
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from daemon.demo.stage import Cast, Stage
from daemon.domain.states import State
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import (
    BEFORE_THE_GUARD,
    MID_CARD,
    PATIENCE_SECONDS,
    CutPoint,
    at_cups,
    attempts_printed,
    confirm_by_the_tape,
    end,
    jobs_in,
    log,
    print_foreign,
    spool_number,
    stop_at,
    titles,
    wait_for,
    wait_for_cards,
    wait_for_log,
)
from tests.acceptance.slow_line import SlowLine
from tests.waiting import eventually

FAST = 0.1


@pytest.fixture
def stage(set_stage: SetStage) -> Stage:
    return set_stage(Cast(people=3, printers=1, seconds_per_card=FAST, ready_within_seconds=0))


def test_a_backend_that_a_signal_killed_is_a_question_though_cups_calls_its_job_completed(stage: Stage) -> None:
    _, backend = stop_at(stage, MID_CARD)
    os.kill(backend, signal.SIGKILL)
    (asked,) = wait_for(stage, State.UNCONFIRMED)
    assert asked.reason == "backend killed by signal 9"
    confirm_by_the_tape(stage)
    stage.giliran("printer", "resume", "card-1")
    end(stage)
    assert len(attempts_printed(stage, asked.record_id)) == 1


def test_a_job_cancelled_at_cups_in_mid_card_is_never_printed_again_by_itself(stage: Stage) -> None:
    cut, _ = stop_at(stage, MID_CARD)
    (ours,) = jobs_in(stage, State.PRINTING)
    at_cups(stage, "cancel", str(spool_number(stage)))
    cut.go_on()
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]
    assert "did a card come out" not in log(stage), "the device had all of it, and finished"


def test_a_job_cancelled_at_cups_before_it_started_keeps_its_place(stage: Stage) -> None:
    cut, _ = stop_at(stage, BEFORE_THE_GUARD)
    (ours,) = jobs_in(stage, State.PRINTING)
    at_cups(stage, "cancel", str(spool_number(stage)))
    cut.go_on()
    wait_for_log(stage, f"card-1: no card for {ours.record_id}, it keeps its place")
    stage.giliran("printer", "resume", "card-1")
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [2]
    assert titles(stage)[0] == f"giliran:{ours.record_id}:2"


def test_a_job_moved_to_another_printer_is_worth_nothing_there_and_sent_again(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=4, printers=2, seconds_per_card=FAST, ready_within_seconds=0))
    CutPoint(stage).mortal_daemon()
    cut, _ = stop_at(stage, "after jobs.submitted")
    (ours,) = jobs_in(stage, State.PRINTING)
    assert ours.printer is not None
    other = "Card_2" if ours.printer == "card-1" else "Card_1"
    at_cups(stage, "lpmove", str(spool_number(stage, ours.printer)), other)
    cut.go_on()
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [2]


def test_foreign_jobs_get_no_blank_and_ours_comes_after_them(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=2, printers=1, seconds_per_card=0.5, ready_within_seconds=0))
    print_foreign(stage, "Card_1", "Test page")
    stage.start_daemon()
    forged = min(stage.people, key=lambda person: (person.recorded_at, person.record_id)).record_id
    for attempt in (1, 2):
        print_foreign(stage, "Card_1", f"giliran:{forged}:{attempt}")
    end(stage)
    assert len(titles(stage)) == 2
    assert attempts_printed(stage, forged) == [1]
    assert stage.status()["blanks"]["issued"] == 2


def test_a_foreign_job_that_is_let_pass_is_a_spoiled_blank(set_stage: SetStage) -> None:
    stage = set_stage(Cast(people=1, printers=1, seconds_per_card=FAST, ready_within_seconds=0))
    settings = yaml.safe_load(stage.config.read_text(encoding="utf-8"))
    settings["cups"]["foreign_jobs"] = "pass"
    stage.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    stage.start_daemon()
    wait_for_cards(stage, 1)
    print_foreign(stage, "Card_1", "Test page")
    eventually(lambda: "Test page" in titles(stage), PATIENCE_SECONDS, "the foreign card")
    assert stage.status()["blanks"]["spoiled"] == 1
    assert stage.stop_daemon() == 0


def test_a_queue_that_is_deleted_with_a_card_of_ours_on_its_way(stage: Stage) -> None:
    """CUPS kills what it knows of the guard; the keeper has the document, and sees the card through."""
    cut, _ = stop_at(stage, BEFORE_THE_GUARD)
    (ours,) = jobs_in(stage, State.PRINTING)
    stage.cups.delete_queue("Card_1")
    cut.go_on()
    wait_for_cards(stage, 1)
    eventually(lambda: stage.status()["printers"][0]["state"] != "idle", PATIENCE_SECONDS, "card-1 not being used")
    assert len(titles(stage)) == 1
    stage.cups.add_card_queue("Card_1", stage.printers["card-1"])
    stage.giliran("printer", "resume", "card-1")
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [1]


def test_a_cups_that_hangs_in_mid_card(stage: Stage) -> None:
    """A call to it blocks for a minute; the card's outcome is known from the journal all the same."""
    cut, _ = stop_at(stage, MID_CARD)
    os.kill(stage.cups.pid, signal.SIGSTOP)
    cut.go_on()
    wait_for_cards(stage, 1)
    wait_for_log(stage, "no new card is started until it answers", timeout_seconds=150)
    assert stage.daemon is not None
    assert stage.daemon.poll() is None
    os.kill(stage.cups.pid, signal.SIGCONT)
    end(stage)
    assert sorted(titles(stage)) == sorted(set(titles(stage)))


def test_nonsense_on_the_socket_of_cups(stage: Stage) -> None:
    stage.cups.kill(children=True)
    path = Path(stage.cups.server)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as liar:
        liar.bind(str(path))
        path.chmod(0o666)
        liar.listen()
        threading.Thread(target=_talk_nonsense, args=(liar,), daemon=True).start()
        stage.start_daemon()
        wait_for_log(stage, f"CUPS at {path} ")
        eventually(lambda: stage.status()["printers"][0]["state"] == "unreachable", PATIENCE_SECONDS, "card-1 unused")
        liar.shutdown(socket.SHUT_RDWR)
    path.unlink()
    stage.cups.start()
    end(stage)


def test_a_document_that_the_filters_would_make_nothing_of_never_reaches_them_and_blocks_nobody(stage: Stage) -> None:
    """They would send the head of a raster all the same; whether a card came of it, only a person could tell."""
    first = min(stage.people, key=lambda person: (person.recorded_at, person.record_id)).record_id
    stage.central.state.documents[first] = b"%PDF-1.7\nno page in it\n%%EOF\n"
    stage.start_daemon()
    wait_for_cards(stage, 2)
    (refused,) = jobs_in(stage, State.WAITING)
    assert (refused.record_id, refused.reason) == (first, "bad_card: the document is broken")
    assert attempts_printed(stage, first) == []


def test_a_journal_folder_that_is_gone_ends_the_daemon_and_nobody_is_lost(stage: Stage) -> None:
    cut, _ = stop_at(stage, MID_CARD)
    away = stage.cups.journal.with_name("away")
    stage.cups.journal.rename(away)
    assert stage.daemon is not None
    assert stage.daemon.wait(PATIENCE_SECONDS) == 1
    wait_for_log(stage, "is not there")
    away.rename(stage.cups.journal)
    cut.go_on()
    stage.start_daemon()
    end(stage)
    assert len(titles(stage)) == 3


def test_a_job_that_reaches_cups_after_its_daemon_died_is_removed(stage: Stage) -> None:
    """The request to create it lay in a socket when the daemon was killed; its token is void when it arrives."""
    with SlowLine(Path(stage.cups.server), stage.folder / "slow.sock", b"giliran:") as line:
        config = stage.config.read_text(encoding="utf-8")
        stage.config.write_text(config.replace(stage.cups.server, str(line.path)), encoding="utf-8")
        stage.start_daemon()
        line.has_caught.wait(PATIENCE_SECONDS)
        (ours,) = jobs_in(stage, State.PRINTING)
        stage.kill_daemon()
        stage.config.write_text(config, encoding="utf-8")
        stage.start_daemon()
        end(stage)
        line.let_go()
        held = f"giliran:{ours.record_id}:1"
        eventually(lambda: held in line.arrived(), PATIENCE_SECONDS, "the late job in CUPS")
    stage.start_daemon()
    wait_for_log(stage, f"CUPS held {held}, which is settled here; it is removed there")
    end(stage)
    assert attempts_printed(stage, ours.record_id) == [2]


def _talk_nonsense(liar: socket.socket) -> None:
    while True:
        try:
            connection, _ = liar.accept()
        except OSError:
            return
        threading.Thread(target=_answer_nonsense, args=(connection,), daemon=True).start()


def _answer_nonsense(connection: socket.socket) -> None:
    """To whoever says something; a connection that is held and never used is left alone."""
    with connection, suppress(OSError):
        if connection.recv(65536):
            head = "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 9\r\n\r\n"
            connection.sendall(f"{head}nonsense!".encode())
