"""The installed guard as CUPS runs it, in front of a real backend of the test's own. No CUPS here."""

import ast
import json
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import SystemClock
from adapters.cups import FileGuardJournal, guard_backend
from daemon.domain.recovery import Mark, MarkKind
from daemon.domain.token import Token
from tests.unit.adapters.cups.conftest import Bench
from tests.waiting import eventually

TOKEN = Token("1205-000001", 1)
TITLE = str(TOKEN)
HOLD = 3


def told(bench: Bench) -> dict[str, Any]:
    """What the real backend's one run was given."""
    (line,) = (bench.backends / "runs").read_text().splitlines()
    result: dict[str, Any] = json.loads(line)
    return result


# --- what goes through ----------------------------------------------------------------------------------------


def test_arguments_environment_and_stdin_reach_the_real_backend(bench: Bench) -> None:
    done = bench.run(TITLE, data="the card", CUSTOM="kept")

    assert done.returncode == 0
    given = told(bench)
    assert given["argv"] == ["7", "petugas", TITLE, "1", "media=CR80"]
    assert given["data"] == "the card"
    assert given["env"]["DEVICE_URI"] == "fake://user:secret@device/1"
    assert (given["env"]["CUSTOM"], given["env"]["PRINTER"]) == ("kept", "card-1")


def test_a_job_given_as_a_file_reaches_the_real_backend(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "card.pdf"
    file.write_text("the card in a file")

    assert bench.run(TITLE, str(file)).returncode == 0
    assert told(bench)["data"] == "the card in a file"
    assert told(bench)["argv"][-1] == str(file)


def test_argv0_is_the_device_uri_without_its_password(bench: Bench) -> None:
    """What a compiled backend sees; a script's argv[0] is its path."""
    program = bench.backends / "fake"
    program.unlink()
    program.symlink_to("/bin/sh")
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
    assert journal.read(TOKEN) == Mark(kind=MarkKind.ENDED, exit_status=status, took=4)


def test_a_backend_killed_by_a_signal_is_a_failure_not_a_success(bench: Bench, journal: FileGuardJournal) -> None:
    bench.backend("os.kill(os.getpid(), 11)")

    assert bench.run(TITLE).returncode == 1
    assert journal.read(TOKEN) == Mark(kind=MarkKind.ENDED, exit_status=-11, took=4)


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

    guard.terminate()
    assert guard.wait(10) == 1
    close(guard)


def test_a_cups_that_does_not_listen_any_more_does_not_stop_the_card(bench: Bench, journal: FileGuardJournal) -> None:
    bench.backend(
        'os.write(2, b"INFO: up\\n"); os.write(2, b"INFO: a\\n" * 20000); os.write(2, b"STATE: +media-low\\n")'
    )
    guard = started(bench)
    close(guard)

    assert guard.wait(30) == 0
    assert journal.read(TOKEN) == Mark(kind=MarkKind.ENDED, exit_status=0, reasons=frozenset({"media-low"}), took=4)


def test_back_and_side_channel_go_through(bench: Bench) -> None:
    """Descriptors 3 and 4 are CUPS's, and the journal's is neither."""
    bench.backend('os.write(3, b"back"); os.write(4, b"side")')
    read_back, write_back = os.pipe()
    read_side, write_side = os.pipe()
    script = f'exec "$0" "$@" 3>&{write_back} 4>&{write_side}'
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


def test_a_foreign_job_goes_through_and_leaves_no_mark(bench: Bench) -> None:
    bench.backend("sys.exit(5)")

    assert bench.run("Surat undangan", data="a letter").returncode == 5
    assert told(bench)["data"] == "a letter"
    assert told(bench)["env"]["DEVICE_URI"] == "fake://user:secret@device/1"
    assert bench.marks() == []


@pytest.mark.parametrize("title", [TITLE, "Surat undangan"])
def test_the_real_backend_ignores_no_signal_because_of_us(bench: Bench, title: str) -> None:
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


def test_it_needs_nothing_newer_than_python_3_9() -> None:
    source = Path(guard_backend.__file__).read_text()

    imported = {name for line in source.splitlines() if line.startswith("import ") for name in line.split()[1:]}

    ast.parse(source, feature_version=(3, 9))
    assert imported <= sys.stdlib_module_names


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


def test_a_large_document_arrives_whole(bench: Bench, journal: FileGuardJournal) -> None:
    bench.run(TITLE, data=LARGE)

    assert told(bench)["data"] == LARGE
    assert journal.read(TOKEN).took == len(LARGE)


def test_a_file_that_the_backend_opens_itself_is_not_counted(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    file = tmp_path / "card.pdf"
    file.write_text("card")

    bench.run(TITLE, str(file))

    assert journal.read(TOKEN).took is None


# --- at most once ---------------------------------------------------------------------------------------------


def test_a_token_that_was_printed_is_held(bench: Bench, journal: FileGuardJournal) -> None:
    bench.run(TITLE)

    again = bench.run(TITLE)

    assert again.returncode == HOLD
    assert again.stderr.startswith("ERROR: Giliran: held, not printed")
    assert bench.runs() == 1
    assert journal.read(TOKEN) == Mark(kind=MarkKind.ENDED, exit_status=0, took=4)


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


def test_a_name_that_only_starts_like_ours_is_held(bench: Bench) -> None:
    for title in ("giliran:", "giliran:1205-000001", "giliran:1205-000001:0", "giliran:a/../b:1", f"{TITLE} "):
        assert bench.run(title).returncode == HOLD
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


def child_of(guard: subprocess.Popen[str]) -> int:
    return int(Path(f"/proc/{guard.pid}/task/{guard.pid}/children").read_text().split()[0])


def test_sigterm_reaches_the_real_backend_whose_answer_counts(bench: Bench, journal: FileGuardJournal) -> None:
    bench.backend(
        "import signal, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n"
        'os.write(2, b"INFO: up\\n")\ntime.sleep(30)'
    )
    guard = started(bench)

    guard.terminate()

    assert guard.wait(10) == 5
    assert journal.read(TOKEN) == Mark(kind=MarkKind.ENDED, exit_status=5, took=4)
    close(guard)


def test_the_mark_is_running_while_the_backend_runs(bench: Bench, journal: FileGuardJournal) -> None:
    waiting_backend(bench)
    guard = started(bench)

    assert journal.read(TOKEN).kind is MarkKind.RUNNING
    assert journal.void(TOKEN).kind is MarkKind.RUNNING
    assert bench.run(TITLE).returncode == HOLD

    guard.terminate()
    assert guard.wait(10) == 1
    assert journal.read(TOKEN) == Mark(kind=MarkKind.ENDED, exit_status=-signal.SIGTERM, took=4)
    close(guard)


def test_a_guard_killed_alone_is_running_until_its_backend_is_gone_too(bench: Bench, journal: FileGuardJournal) -> None:
    waiting_backend(bench)
    guard = started(bench)
    backend = child_of(guard)

    guard.kill()
    guard.wait(10)
    assert journal.read(TOKEN).kind is MarkKind.RUNNING

    os.kill(backend, signal.SIGKILL)
    eventually(lambda: journal.read(TOKEN).kind is MarkKind.TORN, what="the torn mark")
    assert bench.run(TITLE).returncode == HOLD
    close(guard)


# --- never fails open -----------------------------------------------------------------------------------------


def assert_held(bench: Bench, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == HOLD
    assert done.stderr.startswith("ERROR: Giliran: held, nothing was printed")
    assert done.stderr.count("\n") == 1
    assert bench.runs() == 0


def test_no_journal_folder_holds(bench: Bench) -> None:
    bench.lose_journal()

    assert_held(bench, bench.run(TITLE))


def test_a_file_in_place_of_the_journal_folder_holds(bench: Bench) -> None:
    bench.lose_journal()
    bench.journal.write_text("")

    assert_held(bench, bench.run(TITLE))


def test_a_full_disk_holds(bench: Bench) -> None:
    """No byte can be written: what a full disk does, for root too."""
    limited = ["/bin/sh", "-c", 'ulimit -f 0; exec "$0" "$@"', *bench.command(TITLE)]

    done = subprocess.run(
        limited, env=bench.env(), input="card", capture_output=True, text=True, timeout=30, check=False
    )

    assert_held(bench, done)
    assert bench.marks() == []


def test_no_more_descriptors_holds(bench: Bench) -> None:
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


# --- a document that ends with CUPS -----------------------------------------------------------------------------


def test_a_document_that_ends_because_cups_died_is_held_and_its_token_is_free(
    bench: Bench, journal: FileGuardJournal
) -> None:
    """The filters die of the same broken pipe, and what they sent ends in the middle."""
    bench.backend()
    heard, stderr = os.pipe()
    guard = subprocess.Popen(bench.command(TITLE), env=bench.env(), stdin=subprocess.PIPE, stderr=stderr)
    os.close(stderr)
    os.close(heard)
    guard.communicate(b"half a ca")

    assert guard.returncode == HOLD
    assert (bench.runs(), journal.read(TOKEN).kind) == (0, MarkKind.ABSENT)


def test_a_document_that_ends_because_cups_stops_its_jobs_is_held_and_its_token_is_free(
    bench: Bench, journal: FileGuardJournal
) -> None:
    bench.backend()
    guard = subprocess.Popen(bench.command(TITLE), env=bench.env(), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert guard.stdin is not None
    guard.stdin.write(b"half a ca")
    guard.stdin.flush()
    eventually(lambda: catches_sigterm(guard.pid), what="the guard's start")
    guard.terminate()

    assert guard.wait(10) == HOLD, "it does not wait for the rest"
    _, words = guard.communicate()
    assert b"told to stop" in words
    assert (bench.runs(), journal.read(TOKEN).kind) == (0, MarkKind.ABSENT)


def test_a_document_whose_filter_may_have_been_killed_for_memory_is_held_and_its_token_is_free(
    bench: Bench, journal: FileGuardJournal, tmp_path: Path
) -> None:
    """CUPS takes a killed filter for one that ended well; the kernel's own count of such deaths tells."""
    counts = tmp_path / "vmstat"
    counts.write_text("nr_free_pages 5\noom_kill 3\n")
    installed = bench.backends / "giliran"
    text = installed.read_text()
    assert '"/proc/vmstat"' in text
    installed.write_text(text.replace('"/proc/vmstat"', f'"{counts}"'))
    guard = subprocess.Popen(bench.command(TITLE), env=bench.env(), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert guard.stdin is not None
    guard.stdin.write(b"half a ca")
    guard.stdin.flush()
    eventually(lambda: catches_sigterm(guard.pid), what="the guard's start")
    counts.write_text("nr_free_pages 5\noom_kill 4\n")
    _, words = guard.communicate()

    assert guard.returncode == HOLD
    assert b"ran out of memory" in words
    assert (bench.runs(), journal.read(TOKEN).kind) == (0, MarkKind.ABSENT)
    assert bench.run(TITLE).returncode == 0, "it was another document's bad luck"


def test_cups_may_die_once_the_document_is_whole(bench: Bench, journal: FileGuardJournal, tmp_path: Path) -> None:
    over = tmp_path / "over"
    bench.backend(f"import time\nwhile not os.path.exists({str(over)!r}): time.sleep(0.02)")
    heard, stderr = os.pipe()
    guard = subprocess.Popen(bench.command(TITLE), env=bench.env(), stdin=subprocess.PIPE, stderr=stderr)
    os.close(stderr)
    assert guard.stdin is not None
    guard.stdin.write(b"card")
    guard.stdin.close()
    eventually(lambda: bench.runs() == 1, what="the whole document in the backend")
    os.close(heard)
    over.touch()

    assert guard.wait(10) == 0
    assert journal.read(TOKEN) == Mark(kind=MarkKind.ENDED, exit_status=0, took=4)


def proc_status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text(encoding="ascii")


def catches_sigterm(pid: int) -> bool:
    (caught,) = (line.split()[1] for line in proc_status(pid).splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
