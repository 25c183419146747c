"""The daemon's side of the guard's journal, on real files."""

import fcntl
import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.cups import FileGuardJournal
from adapters.cups.guard_entries import authentication
from daemon.domain.errors import Fatal
from daemon.domain.recovery import Mark, MarkKind
from daemon.domain.token import Token
from tests.fakes.clock import ManualClock
from tests.unit.adapters.cups.conftest import Bench

TOKEN = Token("1205-000001", 3)
START: dict[str, object] = {"state": "started", "token": "giliran:1205-000001:3", "pid": 1}
END: dict[str, object] = {"state": "ended", "exit": 0, "reasons": [], "at": "2026-01-05T02:11:09Z"}


def written(bench: Bench, *lines: dict[str, object], token: Token = TOKEN) -> bytes:
    """As the guard writes them, which has the token's secret from the daemon."""
    secret = FileGuardJournal(bench.journal, SystemClock()).secret(token)
    return b"".join(json.dumps({**line, "mac": authentication(line, secret)}).encode() + b"\n" for line in lines)


def entry(bench: Bench, content: bytes, token: Token = TOKEN) -> Path:
    path = bench.journal / str(token)
    path.write_bytes(content)
    return path


def entry_of(bench: Bench, *lines: dict[str, object], token: Token = TOKEN) -> Path:
    return entry(bench, written(bench, *lines, token=token), token)


def test_a_token_of_nobodys_is_absent(journal: FileGuardJournal) -> None:
    assert journal.read(TOKEN).kind is MarkKind.ABSENT


def test_void_takes_a_token_once_and_for_all(bench: Bench, journal: FileGuardJournal) -> None:
    assert journal.void(TOKEN).kind is MarkKind.VOIDED
    assert journal.read(TOKEN).kind is MarkKind.VOIDED
    assert journal.void(TOKEN).kind is MarkKind.VOIDED
    assert bench.marks() == [str(TOKEN)]


def test_an_end_mark_tells_the_outcome(bench: Bench, journal: FileGuardJournal) -> None:
    end = {"state": "ended", "exit": -9, "reasons": ["media-jam"], "before": [], "took": 7, "size": 9, "stopped": True}
    entry_of(bench, START, end)

    expected = Mark(kind=MarkKind.ENDED, exit_status=-9, reasons=frozenset({"media-jam"}), took=7, size=9, stopped=True)
    assert journal.read(TOKEN) == expected
    assert journal.void(TOKEN) == expected


def test_an_end_mark_cut_anywhere_is_torn(bench: Bench, journal: FileGuardJournal) -> None:
    start, end = written(bench, START), written(bench, END)
    for length in range(len(end)):
        entry(bench, start + end[:length])
        assert journal.read(TOKEN).kind is MarkKind.TORN
    entry(bench, start + end)
    assert journal.read(TOKEN).kind is MarkKind.ENDED


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 100, b"[]\n{}\n", b"no JSON\n"])
def test_an_entry_that_says_nothing_is_torn_never_free(bench: Bench, journal: FileGuardJournal, content: bytes) -> None:
    entry(bench, content)

    assert journal.read(TOKEN).kind is MarkKind.TORN
    assert journal.void(TOKEN).kind is MarkKind.TORN


def test_an_end_mark_without_an_exit_status_is_torn(bench: Bench, journal: FileGuardJournal) -> None:
    entry_of(bench, START, {"state": "ended"})

    assert journal.read(TOKEN).kind is MarkKind.TORN


def test_what_other_hands_wrote_is_told_apart(bench: Bench, journal: FileGuardJournal) -> None:
    start, end = written(bench, START), written(bench, END)
    for content in (
        b'{"state":"voided","mac":"00"}\n',
        b'{"state":"started"}\n',
        start + b'{"state":"ended","exit":0,"took":9,"size":9}\n',
        start + end.replace(b'"exit": 0', b'"exit": 1'),
        written(bench, START, END, token=Token("1205-000002", 1)),
    ):
        entry(bench, content)

        assert journal.read(TOKEN).kind is MarkKind.FORGED


def test_a_locked_entry_runs_until_its_end_mark_is_there(bench: Bench, journal: FileGuardJournal) -> None:
    """A left-over of the real backend may hold the lock longer than the guard lives."""
    path = entry_of(bench, START)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert journal.read(TOKEN).kind is MarkKind.RUNNING
        file.write(written(bench, END))
        file.flush()
        assert journal.read(TOKEN).kind is MarkKind.ENDED


def test_it_tells_when_guard_and_backend_are_gone(bench: Bench, journal: FileGuardJournal) -> None:
    told = threading.Event()
    with entry_of(bench, START).open("rb") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        backend = os.dup(guard.fileno())
        journal.on_end(TOKEN, told.set)
        assert not told.wait(0.05)
    assert not told.wait(0.05), "the backend lives"
    os.close(backend)
    assert told.wait(5)


def test_reading_never_disturbs_another_reader(bench: Bench, journal: FileGuardJournal) -> None:
    path = entry_of(bench, START)
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert journal.read(TOKEN).kind is MarkKind.TORN


def test_a_missing_journal_is_fatal(bench: Bench, journal: FileGuardJournal) -> None:
    bench.lose_journal()

    with pytest.raises(Fatal, match="not there"):
        journal.read(TOKEN)
    with pytest.raises(Fatal, match="not there"):
        journal.void(TOKEN)
    with pytest.raises(Fatal, match="not there"):
        journal.tidy()


def test_a_file_in_place_of_the_journal_is_fatal(bench: Bench, journal: FileGuardJournal) -> None:
    bench.lose_journal()
    bench.journal.write_text("")

    with pytest.raises(Fatal):
        journal.read(TOKEN)
    with pytest.raises(Fatal):
        journal.void(TOKEN)


def test_tidying_by_a_clock_that_is_years_ahead_takes_no_token(bench: Bench) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=3650)).timestamp()
    printed = entry_of(bench, START, END, token=Token("printed", 1))
    torn = entry_of(bench, START, token=Token("torn", 1))
    left_over = bench.journal / ".new-giliran:x:1-1-1"
    foreign = bench.journal / "README"
    for path in (left_over, foreign):
        path.write_text("")
    for path in (printed, torn, foreign):
        os.utime(path, (long_ago, long_ago))
    ahead = FileGuardJournal(bench.journal, ManualClock(datetime.now(UTC) + timedelta(days=400)))

    assert ahead.void(Token("taken-back", 1)).kind is MarkKind.VOIDED
    assert ahead.tidy() == 1
    assert set(bench.marks()) == {printed.name, torn.name, foreign.name, "giliran:taken-back:1"}


def test_what_is_being_written_is_not_tidied_away(bench: Bench, journal: FileGuardJournal) -> None:
    unfinished = bench.journal / ".new-giliran:x:1-1-1"
    unfinished.write_text("")
    assert journal.tidy() == 0
    assert unfinished.exists()


def test_two_journals_on_one_folder_agree(bench: Bench, journal: FileGuardJournal) -> None:
    other = FileGuardJournal(bench.journal, SystemClock())

    journal.void(TOKEN)

    assert other.void(TOKEN).kind is MarkKind.VOIDED
    assert other.read(TOKEN).kind is MarkKind.VOIDED
