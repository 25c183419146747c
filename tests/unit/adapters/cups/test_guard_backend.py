"""The installed guard as CUPS runs it, in front of a real backend of the test's own. No CUPS here."""

import ast
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.cups import FileGuardJournal
from adapters.cups.guard_entries import IDENTITY_FILE
from adapters.cups.installation import install_file
from daemon.domain.errors import Fatal
from daemon.domain.job import Verdict
from daemon.domain.recovery import Mark, MarkKind, SpoolState, judge
from daemon.domain.token import Token
from daemon.ports import ForeignJob
from tests.unit.adapters.cups.conftest import Bench
from tests.waiting import eventually

TOKEN = Token("1205-000001", 1)
TITLE = str(TOKEN)
HOLD, CANCEL = 3, 5


def ended(status: int) -> Mark:
    """Of a backend that read all of the word "card"."""
    return Mark(kind=MarkKind.ENDED, exit_status=status, took=4, size=4)


# --- what goes through ----------------------------------------------------------------------------------------


def test_arguments_environment_and_stdin_reach_the_real_backend(bench: Bench) -> None:
    done = bench.run(TITLE, data="the card", CUSTOM="kept")

    assert done.returncode == 0
    given = bench.told()
    assert given["argv"] == ["7", "petugas", TITLE, "1", "media=CR80"], "the options that the daemon meant"
    assert given["data"] == "the card"
    assert given["env"]["DEVICE_URI"] == "fake://user:secret@device/1"
    assert (given["env"]["CUSTOM"], given["env"]["PRINTER"]) == ("kept", "card-1")


def test_argv0_is_the_device_uri_without_its_password(bench: Bench) -> None:
    """What a compiled backend sees; a script's argv[0] is its path."""
    program = bench.backends / "fake"
    program.unlink()
    program.symlink_to("/bin/sh")
    bench.server.offer(TOKEN, "/proc/self/cmdline", "card-1", b"card", {})  # type: ignore[arg-type]
    done = subprocess.run(
        [str(bench.backends / "giliran"), "/proc/self/cmdline", "u", TITLE, "1", ""],
        env=bench.env(),
        input="card",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert "fake://device/1" in done.stderr  # sh names itself by argv[0] when it cannot read that script
    assert "secret" not in done.stderr


@pytest.mark.parametrize("status", range(8))
def test_the_real_exit_status_comes_back_and_is_kept(bench: Bench, journal: FileGuardJournal, status: int) -> None:
    bench.backend(f"sys.exit({status})")

    assert bench.run(TITLE).returncode == status
    assert journal.read(TOKEN) == ended(status)


def test_a_backend_killed_by_a_signal_is_a_failure_not_a_success(bench: Bench, journal: FileGuardJournal) -> None:
    bench.backend("os.kill(os.getpid(), 11)")

    assert bench.run(TITLE).returncode == 1
    assert journal.read(TOKEN) == ended(-11)


def test_messages_go_through_unchanged_and_reasons_are_remembered(bench: Bench, journal: FileGuardJournal) -> None:
    words = (
        "STATE: +media-empty-error,cover-open-warning\nINFO: working\nSTATE: -media-empty-error\n"
        "STATE: media-jam-report\nSTATE: none\nlast words without newline"
    )
    bench.backend(f"os.write(2, {words.encode()!r}); sys.exit(1)")

    assert bench.run(TITLE).stderr == words
    assert journal.read(TOKEN).reasons == {"cover-open", "media-jam"}


def test_messages_are_passed_on_at_once(bench: Bench) -> None:
    bench.backend('os.write(2, b"INFO: half"); import time; time.sleep(30)')
    guard = bench.popen(TITLE)
    assert guard.stderr is not None

    assert guard.stderr.read(10) == "INFO: half"

    os.kill(child_of(child_of(guard.pid)), signal.SIGKILL)
    assert guard.wait(10) == 1
    close(guard)


def test_a_cups_that_does_not_listen_any_more_does_not_stop_the_card(bench: Bench, journal: FileGuardJournal) -> None:
    bench.backend(
        'os.write(2, b"INFO: up\\n"); os.write(2, b"INFO: a\\n" * 20000); os.write(2, b"STATE: +media-low\\n")'
    )
    guard = started(bench)
    close(guard)

    assert guard.wait(30) == 0
    assert journal.read(TOKEN) == replace(ended(0), reasons=frozenset({"media-low"}))


def test_back_and_side_channel_go_through(bench: Bench) -> None:
    """Descriptors 3 and 4 are CUPS's, and the journal's is neither."""
    bench.backend('os.write(3, b"back"); os.write(4, b"side")')
    read_back, write_back = os.pipe()
    read_side, write_side = os.pipe()
    script = f'exec "$0" "$@" 3>&{write_back} 4>&{write_side}'
    bench.offer(TITLE)
    done = subprocess.run(
        ["/bin/bash", "-c", script, *bench.command(TITLE)],
        env=bench.env(),
        input="card",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        pass_fds=(write_back, write_side),
    )
    os.close(write_back)
    os.close(write_side)

    assert done.returncode == 0, done.stderr
    assert (os.read(read_back, 10), os.read(read_side, 10)) == (b"back", b"side")
    os.close(read_back)
    os.close(read_side)


def test_closed_channels_stay_closed(bench: Bench, journal: FileGuardJournal) -> None:
    """A backend that writes to a channel that CUPS did not open must not write into the journal."""
    bench.backend("sys.exit(any(os.path.exists(f'/proc/self/fd/{fd}') for fd in (3, 4)))")

    assert bench.run(TITLE).returncode == 0
    assert journal.read(TOKEN).exit_status == 0


@pytest.mark.parametrize("title", [TITLE, "Surat undangan"])
def test_the_real_backend_ignores_no_signal_because_of_us(bench: Bench, title: str) -> None:
    bench.server.foreign = lambda job: True
    bench.server.open()
    """Python ignores SIGPIPE and SIGXFSZ; a backend that relies on dying of it must not inherit that."""
    (bench.backends / "fake").write_text("#!/bin/sh\ngrep SigIgn: /proc/self/status\n")

    ignored = int(bench.run(title).stdout.split()[1], 16)

    assert not ignored & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1)


def test_discovery_finds_no_device(bench: Bench) -> None:
    done = subprocess.run([bench.backends / "giliran"], capture_output=True, timeout=30, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_nothing_personal_is_written_down(bench: Bench) -> None:
    bench.run(TITLE, data="SITI CONTOH 1205010101900001")

    text = (bench.journal / TITLE).read_text()

    assert "petugas" not in text
    assert "SITI" not in text


def test_it_needs_nothing_newer_than_python_3_9(bench: Bench) -> None:
    source = (bench.backends / "giliran").read_text()

    imported = {name for line in source.splitlines() if line.startswith("import ") for name in line.split()[1:]}

    ast.parse(source, feature_version=(3, 9))
    assert imported <= sys.stdlib_module_names


def test_copies_that_somebody_asked_cups_for_do_not_reach_the_real_backend(bench: Bench) -> None:
    """`lp -i JOB -n 3` on a job that waits."""
    bench.offer(TITLE)
    command = bench.command(TITLE)
    command[4] = "3"

    bench.run_command(command)

    assert bench.told()["argv"][3] == "1"


@pytest.mark.parametrize("scheme", ["beh", "implicitclass"])
def test_a_backend_that_sends_a_document_again_is_not_run(bench: Bench, scheme: str) -> None:
    bench.backend(scheme=scheme)

    done = bench.run(TITLE, DEVICE_URI=f"giliran:/{scheme}:/1/3/1/fake:/1")

    assert (done.returncode, bench.runs(), bench.marks()) == (HOLD, 0, [])


# --- how much of the document was read -----------------------------------------------------------------------

LARGE = "x" * 3_000_000


@pytest.mark.parametrize("taken", [0, 1, 4096, 100_000, len(LARGE)])
def test_what_the_real_backend_read_is_counted_to_the_byte(bench: Bench, journal: FileGuardJournal, taken: int) -> None:
    unread = f"""#!{sys.executable} -IS
import os, sys
left = {taken}
while left:
    left -= len(os.read(0, left))
sys.exit(1)
"""
    (bench.backends / "fake").write_text(unread)

    assert bench.run(TITLE, data=LARGE).returncode == 1
    assert journal.read(TOKEN).took == taken


def test_a_backend_that_opens_its_input_anew_is_counted_too(bench: Bench, journal: FileGuardJournal) -> None:
    """As `cat /dev/stdin` does in a shell."""
    (bench.backends / "fake").write_text("#!/bin/sh\nexec 3</dev/stdin\ncat <&3 >/dev/null\n")

    bench.run(TITLE, data=LARGE)

    mark = journal.read(TOKEN)
    assert (mark.took, mark.size) == (len(LARGE), len(LARGE))


def test_what_a_backend_leaves_behind_reads_no_further(bench: Bench, journal: FileGuardJournal, tmp_path: Path) -> None:
    """It ends well and lets a child send: of that nobody would ever hear."""
    sent = tmp_path / "sent"
    (bench.backends / "fake").write_text(f"#!/bin/sh\nexec 3<&0\n(sleep 0.5; cat <&3 >{sent}) >/dev/null 2>&1 &\n")

    bench.run(TITLE, data=LARGE)

    mark = journal.read(TOKEN)
    assert (mark.kind, mark.took) == (MarkKind.ENDED, 0)
    assert judge(mark, SpoolState.COMPLETED).verdict is Verdict.NO_CARD
    lock = os.open(bench.journal / TITLE, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # nobody of it lives
    os.close(lock)
    assert not sent.exists()


def test_a_large_document_arrives_whole(bench: Bench, journal: FileGuardJournal) -> None:
    bench.run(TITLE, data=LARGE)

    assert bench.told()["data"] == LARGE
    assert journal.read(TOKEN).took == len(LARGE)


# --- at most once ---------------------------------------------------------------------------------------------


def test_a_token_that_was_printed_is_held(bench: Bench, journal: FileGuardJournal) -> None:
    bench.run(TITLE)

    again = bench.run(TITLE)

    assert again.returncode == HOLD
    assert again.stderr.startswith("ERROR: Giliran: held, not printed")
    assert bench.runs() == 1
    assert journal.read(TOKEN) == ended(0)


def test_a_void_token_is_held(bench: Bench, journal: FileGuardJournal) -> None:
    assert journal.void(TOKEN).kind is MarkKind.VOIDED

    assert bench.run(TITLE).returncode == HOLD
    assert bench.runs() == 0
    assert journal.read(TOKEN).kind is MarkKind.VOIDED


def test_fifty_at_once_have_one_winner(bench: Bench) -> None:
    """Guards and voids, all for one token."""

    def contend(number: int) -> str:
        if number % 2:
            journal = FileGuardJournal(bench.journal, SystemClock())
            return journal.void(TOKEN).kind
        return str(bench.run(TITLE).returncode)

    with ThreadPoolExecutor(max_workers=12) as pool:
        outcomes = list(pool.map(contend, range(50)))

    printed, voided = outcomes.count("0"), outcomes.count(MarkKind.VOIDED)
    assert printed + bool(voided) == 1, outcomes
    assert bench.runs() == printed
    assert bench.marks() == [TITLE]


def test_a_name_that_only_starts_like_ours_is_cancelled(bench: Bench) -> None:
    for title in ("giliran:", "giliran:1205-000001", "giliran:1205-000001:0", "giliran:a/../b:1", f"{TITLE} "):
        assert bench.run(title).returncode == CANCEL
    assert bench.runs() == 0
    assert bench.marks() == []


# --- death ----------------------------------------------------------------------------------------------------


def waiting_backend(bench: Bench) -> None:
    bench.backend('os.write(2, b"INFO: up\\n"); import time; time.sleep(30)')


def started(bench: Bench) -> subprocess.Popen[str]:
    guard = bench.popen(TITLE)
    assert guard.stderr is not None
    assert guard.stderr.readline() == "INFO: up\n"
    return guard


def close(guard: subprocess.Popen[str]) -> None:
    for pipe in (guard.stdout, guard.stderr):
        if pipe is not None:
            pipe.close()


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def open_printer(tmp_path: Path, bench: Bench, *, reads: bool = True, status: int = 0, words: str = "") -> Path:
    """A device that is with its card until this file is there; it reads its data before or never."""
    over = tmp_path / "over"
    program = f"""#!{sys.executable} -IS
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
os.write(2, {words.encode()!r})
while {reads} and os.read(0, 4096): pass
os.write(2, b"INFO: up\\n")
while not os.path.exists({str(over)!r}): time.sleep(0.02)
sys.exit({status})
"""
    (bench.backends / "fake").write_text(program)
    return over


# --- when CUPS wants it gone --------------------------------------------------------------------------------------


def test_a_card_whose_data_the_device_has_is_seen_through_when_it_is_cancelled(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    over = open_printer(tmp_path, bench)
    guard = started(bench)

    guard.terminate()
    assert journal.read(TOKEN).kind is MarkKind.RUNNING
    assert journal.void(TOKEN).kind is MarkKind.RUNNING
    assert bench.run(TITLE).returncode == HOLD
    over.touch()

    assert guard.wait(10) == 0
    assert journal.read(TOKEN) == ended(0), "it came out, and nothing of it was stopped"
    close(guard)


def test_a_device_that_has_nothing_yet_is_told_to_stop_and_made_no_card(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    open_printer(tmp_path, bench, reads=False)
    guard = started(bench)

    guard.terminate()

    assert guard.wait(10) == 5
    mark = journal.read(TOKEN)
    assert mark == Mark(kind=MarkKind.ENDED, exit_status=5, took=0, size=4, stopped=True)
    assert judge(mark, SpoolState.CANCELLED).verdict is Verdict.NO_CARD
    close(guard)


def test_a_device_that_cannot_be_reached_is_not_waited_for_though_its_backend_has_read_ahead(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    """As CUPS's ipp backend does, which then ends with 0."""
    open_printer(tmp_path, bench, words="STATE: +connecting-to-device\n")
    program = bench.backends / "fake"
    program.write_text(program.read_text().replace("sys.exit(5)", "sys.exit(0)"))
    guard = bench.popen(TITLE)
    assert guard.stderr is not None
    assert [guard.stderr.readline(), guard.stderr.readline()] == ["STATE: +connecting-to-device\n", "INFO: up\n"]

    guard.terminate()

    assert guard.wait(10) == 0
    mark = journal.read(TOKEN)
    assert (mark.took, mark.stopped) == (4, True)
    assert judge(mark, SpoolState.CANCELLED).verdict is Verdict.IN_DOUBT
    close(guard)


def test_a_guard_that_cups_kills_leaves_a_keeper_that_sees_the_card_through(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    """CUPS does so when it is stopped in order, and when a queue is deleted or gets another device."""
    over = open_printer(tmp_path, bench)
    guard = started(bench)

    guard.kill()
    guard.wait(10)
    close(guard)
    assert journal.read(TOKEN).kind is MarkKind.RUNNING
    over.touch()

    eventually(lambda: journal.read(TOKEN).kind is MarkKind.ENDED, what="the end mark")
    assert journal.read(TOKEN) == ended(0)


def test_guard_and_keeper_killed_are_running_until_the_backend_is_gone_too(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    open_printer(tmp_path, bench)
    guard = started(bench)
    keeper = child_of(guard.pid)
    backend = child_of(keeper)

    guard.kill()
    guard.wait(10)
    os.kill(keeper, signal.SIGKILL)
    assert journal.read(TOKEN).kind is MarkKind.RUNNING

    os.kill(backend, signal.SIGKILL)
    eventually(lambda: journal.read(TOKEN).kind is MarkKind.TORN, what="the torn mark")
    assert bench.run(TITLE).returncode == HOLD
    close(guard)


# --- what a success is worth ----------------------------------------------------------------------------------


def test_a_backend_that_succeeds_without_reading_everything_says_so(bench: Bench, journal: FileGuardJournal) -> None:
    for taken, verdict in ((0, Verdict.NO_CARD), (3, Verdict.IN_DOUBT), (4, Verdict.PRINTED)):
        token = Token("1205-000001", taken + 1)
        (bench.backends / "fake").write_text(
            f"#!{sys.executable} -IS\nimport os\nos.read(0, {taken}) if {taken} else 0\n"
        )

        assert bench.run(str(token)).returncode == 0
        assert judge(journal.read(token), SpoolState.COMPLETED).verdict is verdict


@pytest.mark.parametrize("said", ["job-state enum aborted", "job-state=canceled", "job-state (enum) aborted"])
def test_a_printer_that_aborts_its_job_made_no_sure_card_though_the_backend_succeeds(
    bench: Bench, journal: FileGuardJournal, said: str
) -> None:
    bench.backend(f'os.write(2, b"DEBUG: job-state enum processing\\nDEBUG: {said}\\n")')

    assert bench.run(TITLE).returncode == 0
    assert journal.read(TOKEN).job_state in ("aborted", "canceled")
    assert judge(journal.read(TOKEN), SpoolState.COMPLETED).verdict is Verdict.IN_DOUBT


def test_a_reason_that_comes_after_the_data_is_not_one_that_kept_the_card_from_being_made(
    bench: Bench, journal: FileGuardJournal
) -> None:
    program = "import os, sys\n{}\nwhile os.read(0, 4096): pass\n{}\nsys.exit(1)\n"
    say = 'os.write(2, b"STATE: +offline-error\\n"); __import__("time").sleep(0.3)'
    for attempt, (before, after) in enumerate(((say, ""), ("", say)), 1):
        (bench.backends / "fake").write_text(f"#!{sys.executable} -IS\n" + program.format(before, after))
        bench.run(str(Token("1205-000001", attempt)))

    early, late = (journal.read(Token("1205-000001", attempt)) for attempt in (1, 2))
    assert (early.before, late.before) == (frozenset({"offline"}), frozenset())
    assert judge(early, SpoolState.ABORTED).verdict is Verdict.NO_CARD
    assert judge(late, SpoolState.ABORTED).verdict is Verdict.IN_DOUBT


@pytest.mark.parametrize("severity", ["warning", "report"])
def test_a_warning_keeps_no_card_from_being_made(bench: Bench, journal: FileGuardJournal, severity: str) -> None:
    """A second hopper may be empty, and the card comes out (RFC 8011 section 5.4.12)."""
    (bench.backends / "fake").write_text(
        f"#!/bin/sh\necho 'STATE: +media-empty-{severity}' >&2\nsleep 0.1\ncat >/dev/null\nexit 1\n"
    )

    bench.run(TITLE)

    mark = journal.read(TOKEN)
    assert (mark.reasons, mark.before, mark.took) == (frozenset({"media-empty"}), frozenset(), 4)
    assert judge(mark, SpoolState.COMPLETED).verdict is Verdict.IN_DOUBT


# --- whose job it is ------------------------------------------------------------------------------------------


def test_a_token_that_giliran_did_not_submit_is_cancelled_and_nothing_is_written(bench: Bench) -> None:
    bench.server.open()

    forged = bench.run(TITLE, offered=False)

    assert forged.returncode == CANCEL
    assert forged.stderr.startswith("ERROR: Giliran: cancelled, nothing was printed")
    assert (bench.runs(), bench.marks()) == (0, [])


@pytest.mark.parametrize(("number", "queue"), [(8, "card-1"), (7, "card-2")])
def test_a_token_in_another_job_or_another_queue_than_giliran_s_is_cancelled(
    bench: Bench, number: int, queue: str
) -> None:
    bench.offer(TITLE, number=number, queue=queue)

    assert bench.run(TITLE, offered=False).returncode == CANCEL
    assert (bench.runs(), bench.marks()) == (0, [])


def test_without_a_daemon_a_job_is_held(bench: Bench) -> None:
    assert_held(bench, bench.run(TITLE, offered=False))
    bench.offer(TITLE)
    bench.server.stop()
    assert_held(bench, bench.run(TITLE, offered=False))


def test_a_document_that_was_retracted_is_nobody_s(bench: Bench) -> None:
    bench.offer(TITLE)
    bench.server.retract(TOKEN)

    assert bench.run(TITLE, offered=False).returncode == CANCEL
    assert bench.runs() == 0


def test_a_document_that_was_offered_beside_another_journal_is_nobody_s(bench: Bench) -> None:
    """Which may have known that the card came out."""
    bench.offer(TITLE)
    (bench.journal / IDENTITY_FILE).unlink()
    install_file(bench.backends, bench.backends / "fake", bench.journal)

    assert bench.run(TITLE, offered=False).returncode == CANCEL
    assert bench.runs() == 0


def test_sockets_of_dead_daemons_do_no_harm_and_are_removed(bench: Bench, journal: FileGuardJournal) -> None:
    dead = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import socket; socket.socket(socket.AF_UNIX).bind({str(bench.journal / '.documents-1')!r})",
        ],
        check=True,
    )
    assert dead.returncode == 0
    assert (bench.journal / ".documents-1").is_socket()

    assert bench.run(TITLE).returncode == 0
    assert not (bench.journal / ".documents-1").exists()


def test_a_foreign_job_takes_no_blank_unless_giliran_lets_it_pass(bench: Bench) -> None:
    heard: list[ForeignJob] = []
    assert_held(bench, bench.run("Surat undangan"))
    bench.server.open()

    refused = bench.run("Surat undangan")
    assert (refused.returncode, bench.runs(), heard) == (CANCEL, 0, [])

    def let_pass(job: ForeignJob) -> bool:
        heard.append(job)
        return True

    bench.server.foreign = let_pass
    bench.backend("sys.exit(5)")
    assert bench.run("Surat undangan").returncode == 5
    assert heard == [ForeignJob(queue="card-1", number=7, user="petugas")]
    assert bench.told()["env"]["DEVICE_URI"] == "fake://user:secret@device/1"
    assert bench.marks() == []


def test_a_mark_of_somebody_else_s_is_told_apart(bench: Bench, journal: FileGuardJournal) -> None:
    started_by_hand = {"state": "started", "token": TITLE}
    ended_by_hand = {"state": "ended", "exit": 0, "took": 4, "size": 4}
    (bench.journal / TITLE).write_text(f"{json.dumps(started_by_hand)}\n{json.dumps(ended_by_hand)}\n")

    assert journal.read(TOKEN).kind is MarkKind.FORGED
    assert bench.run(TITLE).returncode == HOLD


@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
def test_what_is_no_file_of_the_journal_s_is_not_followed(bench: Bench, journal: FileGuardJournal, kind: str) -> None:
    place = bench.journal / TITLE
    match kind:
        case "link":
            place.symlink_to("/etc/passwd")
        case "fifo":
            os.mkfifo(place)
        case "folder":
            place.mkdir()

    assert bench.run(TITLE).returncode == HOLD
    with pytest.raises(Fatal, match="cannot be read"):
        journal.read(TOKEN)


# --- what CUPS's filters make of it ---------------------------------------------------------------------------


def test_the_filters_get_the_options_that_the_daemon_meant_and_their_result_reaches_the_device(
    bench: Bench, tmp_path: Path
) -> None:
    ppd = bench.filtered_by('echo "$5"; cat "$6"')

    done = bench.run(TITLE, PPD=str(ppd))

    assert done.returncode == 0, done.stderr
    assert bench.told()["data"] == "media=CR80\ncard"
    assert bench.told()["env"]["FINAL_CONTENT_TYPE"] == "printer/card-1"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("cat > /dev/null", "no page"),
        ("printf 3SaR", "no page"),
        ("printf 'UNIRAST\\0\\0\\0\\0\\0'", "no page"),
        ("printf half; exit 1", "failed with status"),
        ("printf half; kill -9 $$", "failed with status"),
        ("printf half; kill -15 $$", "failed with status"),
    ],
)
def test_a_document_of_which_the_filters_make_nothing_reaches_no_device_and_is_at_fault(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path, script: str, why: str
) -> None:
    done = bench.run(TITLE, PPD=str(bench.filtered_by(script)))

    assert (done.returncode, bench.runs()) == (1, 0)
    mark = journal.read(TOKEN)
    assert mark.document_is_at_fault
    judgement = judge(mark, SpoolState.ABORTED)
    assert judgement.verdict is Verdict.NO_CARD
    assert why in str(judgement.reason)


def test_a_document_that_never_ends_is_given_up(bench: Bench, journal: FileGuardJournal, tmp_path: Path) -> None:
    guard = bench.backends / "giliran"
    guard.write_text(guard.read_text().replace("120, 180.0", "1, 180.0"))

    bench.run(TITLE, PPD=str(bench.filtered_by("while :; do :; done")))

    assert journal.read(TOKEN).document_is_at_fault
    assert bench.runs() == 0


def test_told_to_stop_while_the_filters_run_it_holds_and_leaves_the_token(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    ppd = bench.filtered_by("echo INFO: filtering >&2; sleep 30")
    bench.offer(TITLE)
    guard = subprocess.Popen(
        bench.command(TITLE),
        env=bench.env({"PPD": str(ppd)}),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert guard.stderr is not None
    while guard.stderr.readline() != "INFO: filtering\n":
        pass
    guard.terminate()

    assert guard.wait(10) == HOLD
    assert (bench.runs(), journal.read(TOKEN).kind) == (0, MarkKind.ABSENT)
    guard.stderr.close()


# --- never fails open -----------------------------------------------------------------------------------------


def assert_held(bench: Bench, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == HOLD
    assert done.stderr.startswith("ERROR: Giliran: held, nothing was printed")
    assert done.stderr.count("\n") == 1
    assert bench.runs() == 0


def test_no_journal_folder_holds(bench: Bench) -> None:
    bench.lose_journal()

    assert_held(bench, bench.run(TITLE, offered=False))


def test_a_file_in_place_of_the_journal_folder_holds(bench: Bench) -> None:
    bench.lose_journal()
    bench.journal.write_text("")

    assert_held(bench, bench.run(TITLE, offered=False))


def test_a_full_disk_holds(bench: Bench) -> None:
    """No byte can be written: what a full disk does, for root too."""
    bench.offer(TITLE)
    limited = ["/bin/sh", "-c", 'ulimit -f 0; exec "$0" "$@"', *bench.command(TITLE)]

    done = subprocess.run(
        limited, env=bench.env(), input="card", capture_output=True, text=True, timeout=30, check=False
    )

    assert_held(bench, done)
    assert bench.marks() == []


def test_no_more_descriptors_holds(bench: Bench) -> None:
    bench.offer(TITLE)
    limited = ["/bin/sh", "-c", 'ulimit -n 10; exec "$0" "$@"', *bench.command(TITLE)]

    done = subprocess.run(
        limited, env=bench.env(), input="card", capture_output=True, text=True, timeout=30, check=False
    )

    assert_held(bench, done)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give the folder away and drop root")
def test_a_folder_of_another_user_holds(bench: Bench) -> None:
    bench.journal.chmod(0o755)
    for folder in (bench.journal, *bench.journal.parents):
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(folder.stat().st_mode | 0o055)

    bench.offer(TITLE)
    done = subprocess.run(
        bench.command(TITLE),
        env=bench.env(),
        input="card",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        user="lp",
        group="lp",
        extra_groups=[],
    )

    assert_held(bench, done)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting takes root")
def test_a_read_only_or_full_file_system_holds(bench: Bench) -> None:
    """Mounted in a namespace of its own, which goes with its shell."""
    bench.offer(TITLE)
    for options in ("ro", "rw,size=4k,nr_inodes=1"):
        mounted = ["unshare", "-m", "/bin/sh", "-c", f'mount -t tmpfs -o {options} none "$0" && exec "$@"']

        done = subprocess.run(
            [*mounted, str(bench.journal), *bench.command(TITLE)],
            env=bench.env(),
            input="card",
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

        assert_held(bench, done)


def test_a_missing_real_backend_holds_and_leaves_the_token(bench: Bench, journal: FileGuardJournal) -> None:
    (bench.backends / "fake").unlink()

    assert_held(bench, bench.run(TITLE))
    assert journal.read(TOKEN).kind is MarkKind.ABSENT


def test_a_real_backend_that_cannot_be_run_is_known_not_to_have_started(
    bench: Bench, journal: FileGuardJournal
) -> None:
    (bench.backends / "fake").write_text("#!/no/such/interpreter\n")

    assert_held(bench, bench.run(TITLE))
    mark = journal.read(TOKEN)
    assert (mark.exit_status, mark.reasons, mark.took) == (HOLD, frozenset({"backend-not-started"}), 0)


@pytest.mark.parametrize("uri", ["", "fake:/1", "giliran:/", "giliran:/giliran:/fake:/1", "giliran:/../fake:/1"])
def test_a_device_uri_that_leads_nowhere_holds(bench: Bench, uri: str) -> None:
    assert_held(bench, bench.run(TITLE, DEVICE_URI=uri))


def test_a_guard_that_nobody_installed_holds(bench: Bench) -> None:
    guard = bench.backends / "giliran"
    guard.write_text(guard.read_text().replace(json.dumps(str(bench.journal)), '""'))

    assert_held(bench, bench.run(TITLE))


def test_an_outcome_that_cannot_be_kept_leaves_a_torn_mark_and_the_real_status(
    bench: Bench, journal: FileGuardJournal
) -> None:
    """A disk that is full by the time the card is out: room for the start, none for the end."""
    bench.backend("import resource; resource.prlimit(os.getppid(), resource.RLIMIT_FSIZE, (0, 0))")

    done = bench.run(TITLE)

    assert done.returncode == 0
    assert "could not be kept" in done.stderr
    assert journal.read(TOKEN).kind is MarkKind.TORN


def proc_status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text(encoding="ascii")


def catches_sigterm(pid: int) -> bool:
    (caught,) = (line.split()[1] for line in proc_status(pid).splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
