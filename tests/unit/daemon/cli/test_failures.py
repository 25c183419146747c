import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.cli import main
from daemon.cli.failure import lines_about
from daemon.domain.errors import LostRace, Overdrawn, Retryable
from tests.unit.daemon.cli.conftest import Office


def test_a_missing_configuration_is_one_line_and_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(tmp_path / "none.yaml"), "status"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_the_environment_names_the_configuration(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GILIRAN_CONFIG", str(office.config))
    assert main(["queue", "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"


@pytest.mark.parametrize("arguments", [["nonsense"], ["queue", "--nonsense"], ["job"], [], ["why"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["run"], ["job"], ["job", "confirm"], ["blanks", "load"], ["import"]])
def test_help_is_a_short_flag_everywhere(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "-h"]) == 0
    assert "Usage: giliran" in capsys.readouterr().out


def test_advice_is_added_only_where_the_message_gives_none() -> None:
    assert lines_about(Overdrawn("store holds 0"))[1] == [
        "giliran: store holds 0; see what lies where: giliran blanks balance"
    ]
    assert lines_about(Retryable("the database is busy; try again"))[1] == ["giliran: the database is busy; try again"]


def test_a_message_of_several_lines_becomes_one() -> None:
    status, lines = lines_about(LostRace("somebody\nelse"))
    assert status == 1
    assert lines == ["giliran: somebody else; look again and repeat: giliran job show RECORD"]


def test_a_file_error_names_the_file() -> None:
    assert lines_about(FileNotFoundError(2, "No such file or directory", "/x"))[1] == [
        "giliran: /x: No such file or directory; check the path and who may use it"
    ]


def test_an_old_schema_or_a_broken_database_is_one_line_without_a_traceback(office: Office) -> None:
    (office.folder / "giliran.db").write_bytes(b"no database" * 1000)
    for command in (("status",), ("queue",), ("blanks", "receive", "1", "--batch", "B")):
        outcome = office(*command)
        assert outcome.status == 1
        assert outcome.err.startswith("giliran: ")
        assert len(outcome.err.splitlines()) == 1


def test_no_command_makes_a_database_that_is_missing_nor_its_key(office: Office) -> None:
    office.without_a_database()
    before = sorted(office.folder.iterdir())
    for command in (
        ("run",),
        ("status",),
        ("queue",),
        ("job", "show", "A-1"),
        ("job", "hold", "A-1", "--reason", "x"),
        ("blanks", "balance"),
        ("printer", "list"),
        ("link", "show"),
        ("offices",),
        ("audit", "verify"),
    ):
        outcome = office(*command)
        assert outcome.status == 1, command
        [line] = outcome.err.splitlines()[-1:]
        assert "giliran.db: there is no such file" in line, command
        assert "look whether its disk is mounted" in line
        assert "a new one would print everybody again" in line
        assert sorted(office.folder.iterdir()) == before, command


def test_migrate_says_from_where_to_where(office: Office) -> None:
    office.without_a_database()
    first = office("migrate")
    assert first.status == 0
    assert first.out.startswith("a new database was made")
    assert office("migrate").out.startswith("already at ")


def started_under_systemd(*arguments: str, python_path: str = "") -> tuple[int, list[str]]:
    """The daemon's exit status, and the lines that the journal gets of it."""
    reading, writing = os.pipe()
    journal = os.fstat(writing)
    started = subprocess.run(
        [sys.executable, "-m", "daemon", *arguments, "run"],
        stderr=writing,
        env={**os.environ, "JOURNAL_STREAM": f"{journal.st_dev}:{journal.st_ino}", "PYTHONPATH": python_path},
        check=False,
        timeout=60,
    )
    os.close(writing)
    with open(reading, encoding="utf-8") as said:
        return started.returncode, said.read().splitlines()


def test_an_error_at_the_start_stands_in_the_journal_as_an_error(tmp_path: Path) -> None:
    status, lines = started_under_systemd("--config", str(tmp_path / "none.yaml"))
    assert status == 2
    assert lines
    assert all(line.startswith("<3>") for line in lines)


def test_a_traceback_at_the_start_stands_in_the_journal_as_an_error(tmp_path: Path) -> None:
    (tmp_path / "loguru.py").write_text("raise RuntimeError('half an update')\n")
    status, lines = started_under_systemd(python_path=str(tmp_path))
    assert status == 1
    assert lines[0] == "<3>Traceback (most recent call last):"
    assert lines[-1] == "<3>RuntimeError: half an update"
    assert all(line.startswith("<3>") for line in lines)
