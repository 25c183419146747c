"""`giliran` as a person at a shell has it: a process, pipes, signals."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from daemon.demo.cups import PrivateCups, VirtualCardPrinter
from tests.waiting import eventually

GILIRAN = Path(sys.executable).with_name("giliran")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("an-invented-token\n")
    path = tmp_path / "giliran.yaml"
    path.write_text(
        f"""
office: {{code: "1205", name: "Disdukcapil Contoh"}}
database: {{url: "sqlite:///{tmp_path}/giliran.db"}}
central: {{url: "http://127.0.0.1:9", token_file: "{tmp_path}/token"}}
cups: {{server: "{tmp_path}/cups.sock", guard_journal: "{tmp_path}/journal"}}
printers:
  - {{name: card-1, kind: card, queue: Evolis_1, options: {{media: CR80}}}}
"""
    )
    assert giliran(path, "migrate").returncode == 0, "a new office"
    return path


@pytest.fixture
def cups(config: Path) -> Iterator[PrivateCups]:
    """A real server with the queue of the configuration; not in tmp_path, where the user lp cannot look."""
    folder = Path(tempfile.mkdtemp(prefix="giliran-cli-"))
    with PrivateCups(folder) as server:
        printer = VirtualCardPrinter(server.printer_folder("Evolis_1"), seconds_per_card=0.05)
        server.add_card_queue("Evolis_1", printer, guarded=False)
        text = config.read_text()
        text = text.replace(f"{config.parent}/cups.sock", server.server)
        config.write_text(text.replace(f"{config.parent}/journal", f"{server.journal}"))
        yield server
    shutil.rmtree(folder)


def giliran(config: Path, *arguments: str, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [GILIRAN, "--config", config, *arguments],
        capture_output=True,
        timeout=60,
        env={**os.environ, "LC_ALL": locale},
        check=False,
    )


def registrations(folder: Path, number: int) -> Path:
    path = folder / "rows.csv"
    rows = (f"R-{n:06},1205010101900001,SITI CONTOH,2026-01-02T08:30:00+07:00,,," for n in range(number))
    path.write_text("\n".join(["record_id,nik,name,recorded_at,district,village,request_class", *rows]) + "\n")
    return path


def test_a_newcomer_needs_no_migration_first(config: Path) -> None:
    received = giliran(config, "blanks", "receive", "100", "--batch", "B1")
    assert (received.returncode, received.stderr) == (0, b"")
    assert json.loads(giliran(config, "status", "--json").stdout)["blanks"]["store"] == 100


def test_json_is_utf_8_whatever_the_locale_says(config: Path) -> None:
    giliran(config, "import", str(registrations(config.parent, 1)))
    held = giliran(config, "job", "hold", "R-000000", "--reason", "foto salah – ulang", locale="C")
    assert held.returncode == 0, held.stderr
    told = giliran(config, "queue", "--json", locale="POSIX")
    assert json.loads(told.stdout.decode("utf-8"))[0]["reason"] == "foto salah – ulang"


def test_a_reader_that_leaves_early_is_no_error(config: Path) -> None:
    giliran(config, "import", str(registrations(config.parent, 5000)))
    for arguments in (["queue"], ["queue", "--json"], ["status"]):
        with subprocess.Popen(
            [GILIRAN, "--config", config, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""
            process.wait(60)
        assert process.returncode == 0


def test_registrations_come_through_a_pipe(config: Path) -> None:
    rows = registrations(config.parent, 3).read_bytes()
    taken = subprocess.run(
        [GILIRAN, "--config", config, "import", "-"], input=rows, capture_output=True, timeout=60, check=False
    )
    assert taken.returncode == 0, taken.stderr
    assert taken.stdout.startswith(b"3 new")


def test_ctrl_c_ends_quietly_with_130(config: Path) -> None:
    with subprocess.Popen(
        ["env", "--default-signal=INT", GILIRAN, "--config", config, "import", "-"],  # we may ignore it ourselves
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"record_id,nik,name,recorded_at,district,village,request_class\n")
        process.stdin.flush()
        eventually(lambda: has_open(process.pid, config.parent / "giliran.db"), what="the import has begun")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert err == b""


def has_open(pid: int, file: Path) -> bool:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since
            if os.path.realpath(descriptor) == str(file):
                return True
    return False


def test_a_folder_where_nothing_may_be_written_is_one_line(config: Path) -> None:
    config.write_text(config.read_text().replace(f"{config.parent}/giliran.db", "/proc/giliran.db"))
    outcome = giliran(config, "status")
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(b"giliran: ")
    assert len(outcome.stderr.splitlines()) == 1


OF_THE_DAEMON = {"starlette", "uvicorn", "faker", "typst", "cups", "httpx2", "apprise", "apscheduler", "PIL"}
NOT_FOR_A_SCREEN = OF_THE_DAEMON | {"alembic", "rich", "psycopg", "sqlalchemy.dialects.postgresql"}
NOT_FOR_HELP = NOT_FOR_A_SCREEN | {
    "sqlalchemy",
    "pydantic",
    "yaml",
    "loguru",
    "babel",
    "daemon.settings",
    "daemon.ports",
}


@pytest.mark.parametrize(
    ("arguments", "not_needed"),
    [
        ("--help", NOT_FOR_HELP),
        ("status", NOT_FOR_A_SCREEN),
        ("queue", NOT_FOR_A_SCREEN),
        ("blanks balance", NOT_FOR_A_SCREEN),
    ],
    ids=["--help", "status", "queue", "blanks balance"],
)
def test_a_word_comes_without_what_it_does_not_need(config: Path, arguments: str, not_needed: set[str]) -> None:
    loads = (
        "import sys\nfrom daemon.cli import main\n*arguments, names = sys.argv[1:]\nstatus = main(arguments)\n"
        "sys.exit(', '.join(sorted(set(names.split()) & set(sys.modules))) or status)\n"
    )
    command = [sys.executable, "-c", loads, "--config", str(config), *arguments.split(), " ".join(not_needed)]
    outcome = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert outcome.returncode == 0, outcome.stderr


def test_the_guard_is_put_in_front_of_a_queue_and_taken_away_again(config: Path, cups: PrivateCups) -> None:
    backends = str(cups.backend_dir)
    assert b"no guard" in giliran(config, "check").stdout
    put = giliran(config, "printer", "guard", "card-1", "--backend-dir", backends)
    assert (put.returncode, put.stderr) == (0, b"")
    assert b"the guard stands in front of it" in giliran(config, "check").stdout
    assert b"already" in giliran(config, "printer", "guard", "card-1", "--backend-dir", backends).stdout
    taken = giliran(config, "printer", "unguard", "card-1", "--backend-dir", backends)
    assert (taken.returncode, taken.stderr) == (0, b"")
    assert b"no guard" in giliran(config, "check").stdout


def test_a_queue_that_cups_does_not_know_is_an_error_of_check(config: Path, cups: PrivateCups) -> None:
    cups.delete_queue("Evolis_1")
    outcome = giliran(config, "check")
    assert outcome.returncode == 1
    assert b"error    printer card-1: no CUPS queue Evolis_1" in outcome.stdout


def test_the_simulated_centre_answers_check_and_gives_the_registrations(config: Path, tmp_path: Path) -> None:
    csv = tmp_path / "office.csv"
    command = [str(GILIRAN), "central-simulator", "--listen", "127.0.0.1:0", "--people", "5", "--csv", str(csv)]
    with subprocess.Popen(
        [*command, "--token-file", str(tmp_path / "token")],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        url = next(word for word in said.split() if word.startswith("http://"))
        config.write_text(config.read_text().replace("http://127.0.0.1:9", url))
        checked = giliran(config, "check").stdout
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"ok       central server: {url} answers".encode() in checked
    assert giliran(config, "import", str(csv)).stdout.startswith(b"5 new")
