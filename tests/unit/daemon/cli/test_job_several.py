"""Several people at once: who is meant, what became of each, and what cannot be taken back is asked."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.domain.job import Verdict
from tests.unit.daemon.cli.conftest import Office


def printed(office: Office, *record_ids: str) -> None:
    office.stock()
    office.ready(*record_ids)
    for record_id in record_ids:
        office.start(record_id)
        office.finish(record_id, Verdict.PRINTED)


def states(office: Office, *record_ids: str) -> list[str]:
    return [office("job", "show", record_id, "--json").json["state"] for record_id in record_ids]


def test_several_are_done_one_after_the_other(office: Office) -> None:
    office.ready("A-1", "A-2", "A-3")
    held = office("job", "hold", "A-1", "A-3", "--reason", "wrong photo")
    assert (held.status, held.out) == (0, "A-1 is held: wrong photo\nA-3 is held: wrong photo\n")
    assert office.queue() == {"A-1": "held", "A-2": "ready", "A-3": "held"}
    assert office("job", "release", "A-1", "A-3").status == 0


def piped(text: str) -> io.TextIOWrapper:
    """Standard input with this in it."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


def test_they_come_from_a_file_one_a_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.ready("A-1", "A-2", "A-3")
    names = office.folder / "records.txt"
    names.write_text("A-1\r\n\n  A-2\nA-1\n", encoding="utf-8-sig")
    assert office("job", "hold", "--file", str(names), "--reason", "x").out.count("is held") == 2
    monkeypatch.setattr(sys, "stdin", piped("A-3\n"))
    assert office("job", "hold", "--file", "-", "--reason", "x").status == 0
    assert set(office.queue().values()) == {"held"}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_standard_input_is_read_as_a_file_is(
    office: Office, monkeypatch: pytest.MonkeyPatch, mark: str, end: str
) -> None:
    office.ready("A-1", "A-2")
    monkeypatch.setattr(sys, "stdin", piped(f"{mark}A-1{end}A-2{end}"))
    assert office("job", "hold", "--file", "-", "--reason", "x").status == 0
    assert set(office.queue().values()) == {"held"}


def test_standard_input_that_is_no_text_is_told_by_its_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.ready("A-1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"A-1\n\xff\n"), encoding="utf-8"))
    outcome = office("job", "hold", "--file", "-", "--reason", "x")
    assert outcome.status == 2
    assert "-:2: a record id is 1 to 64" in outcome.err
    assert office.queue() == {"A-1": "ready"}


def test_a_line_that_is_no_record_is_named_and_nothing_is_done(office: Office) -> None:
    office.ready("A-1")
    names = office.folder / "records.txt"
    names.write_text("A-1\nA/2\n")
    outcome = office("job", "hold", "--file", str(names), "--reason", "x")
    assert outcome.status == 2
    assert "records.txt:2: a record id is" in outcome.err
    assert office.queue() == {"A-1": "ready"}


def test_nobody_named_is_wrong_usage(office: Office) -> None:
    assert office("job", "hold", "--reason", "x").status == 2
    assert office("job", "release").status == 2


def test_what_fails_is_told_and_the_others_go_on(office: Office) -> None:
    printed(office, "A-1", "A-2", "A-3")
    office("job", "handover", "A-2")
    outcome = office("job", "handover", "A-1", "A-2", "NOBODY", "A-3", "--yes")
    assert outcome.status == 1
    assert [line.split()[0] for line in outcome.out.splitlines()] == ["A-1", "A-3"]
    wrong, unknown, summary = outcome.err.splitlines()
    assert wrong.startswith("giliran: A-2: the job is handed_over already")
    assert unknown.startswith("giliran: NOBODY is not known here")
    assert summary == "giliran: 2 of 4 were not done; the others were"
    assert states(office, "A-1", "A-2", "A-3") == ["handed_over"] * 3


def test_what_cannot_be_taken_back_says_whom_it_concerns(office: Office) -> None:
    office.ready("A-1")
    cancelled = office("job", "cancel", "A-1", "--reason", "moved away")
    assert cancelled.out == "A-1 (S. C., NIK ending …0001) is cancelled: moved away\n"


@pytest.mark.parametrize(("answer", "state"), [("n", "ready"), ("y", "cancelled")])
def test_at_a_terminal_it_is_asked(office: Office, answer: str, state: str) -> None:
    office.ready("A-1", "A-2")
    status, said = at_a_terminal(office, answer, "job", "cancel", "A-1", "A-2", "--reason", "moved away")
    assert "A-1: S. C., NIK ending …0001, ready" in said
    assert "2 of them. Go on? [y/N]" in said
    assert status == (0 if answer == "y" else 1)
    assert ("nothing was done" in said) is (answer == "n")
    assert states(office, "A-1", "A-2") == [state] * 2


def test_at_a_terminal_yes_is_not_asked(office: Office) -> None:
    office.ready("A-1")
    status, said = at_a_terminal(office, "", "job", "cancel", "A-1", "--reason", "moved away", "--yes")
    assert (status, "Go on?" in said) == (0, False)


def test_a_handover_is_undone_with_a_reason(office: Office) -> None:
    printed(office, "A-1")
    office("job", "handover", "A-1")
    assert office("job", "handover", "A-1", "--undo").status == 2
    assert office("job", "handover", "A-1", "--reason", "x").status == 2
    undone = office("job", "handover", "A-1", "--undo", "--reason", "took the neighbour's")
    assert (undone.status, undone.out) == (0, "A-1 is printed: took the neighbour's\n")
    told = office("job", "show", "A-1", "--json").json
    assert (told["log"][-1]["event"], told["log"][-1]["details"]["reason"]) == (
        "handover_undone",
        "took the neighbour's",
    )
    assert len(told["issuances"]) == 1
    assert office("job", "handover", "A-1", "--undo", "--reason", "twice").status == 1
    assert office("job", "handover", "A-1").status == 0


def test_several_are_shown(office: Office) -> None:
    office.ready("A-1", "A-2")
    assert [told["record_id"] for told in office("job", "show", "A-1", "A-2", "--json").json] == ["A-1", "A-2"]
    assert office("job", "show", "A-1", "A-2").out.count("record       A-") == 2


def at_a_terminal(office: Office, answer: str, *arguments: str) -> tuple[int, str]:
    """Run it with a terminal of its own, and type the answer."""
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "daemon", "--config", str(office.config), *arguments]
    root = Path(__file__).parents[4]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=root)
    os.close(theirs)
    os.write(terminal, f"{answer}\n".encode())
    said = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    os.close(terminal)
    return process.wait(60), said.decode()
