import os
import pwd
import subprocess
import sys

import pytest

from adapters.database import try_writing
from daemon.domain.errors import Fatal
from tests.unit.daemon.cli.conftest import Office, Outcome


def findings(outcome: Outcome) -> dict[str, str]:
    """Level by part."""
    lines = [line.split(maxsplit=1) for line in outcome.out.splitlines()[:-1]]
    return {what.partition(":")[0]: level for level, what in lines}


def test_a_sound_office_passes_offline(office: Office) -> None:
    office("migrate")
    (office.folder / "journal").mkdir()
    outcome = office("check", "--offline")
    assert outcome.status == 0, outcome.out
    assert {level for part, level in findings(outcome).items() if not part.startswith("printers")} == {"ok"}
    assert outcome.out.splitlines()[-1].startswith("0 errors, ")


def test_every_problem_of_the_configuration_is_told_with_file_and_line(office: Office) -> None:
    office.configure(extra="qeue: {}\nblanks: {low: -1}\noutage: {policy: wait}\n")
    outcome = office("check")
    assert outcome.status == 2
    assert outcome.out == ""
    assert len(outcome.err.splitlines()) == 3
    assert all(line.startswith(f"{office.config}:") for line in outcome.err.splitlines())


def test_what_has_no_effect_so_far_is_said(office: Office) -> None:
    office.configure(extra="board: {listen: '127.0.0.1:8080'}\n")
    outcome = office("check", "--offline")
    assert "warning  board.listen: accepted, but has no effect so far" in outcome.out


def test_a_database_that_does_not_exist_yet_is_not_made_by_looking(office: Office) -> None:
    office.without_a_database()
    outcome = office("check", "--offline")
    assert findings(outcome)["database"] == "warning"
    assert not (office.folder / "giliran.db").exists()


def test_a_file_that_is_no_database_is_an_error(office: Office) -> None:
    (office.folder / "giliran.db").write_text("this is no database, " * 100)
    outcome = office("check", "--offline")
    assert outcome.status == 1
    assert findings(outcome)["database"] == "error"


def test_a_database_that_cannot_be_written_is_an_error(office: Office) -> None:
    (office.folder / "journal").mkdir()
    file = office.folder / "giliran.db"
    command = [sys.executable, "-m", "daemon", "--config", str(office.config), "check", "--offline"]
    if os.geteuid() == 0:  # root writes everywhere, unless that is taken from it
        command = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", *command]
    told = subprocess.run(command, capture_output=True, text=True)
    assert "answers and can be written" in told.stdout
    file.chmod(0o444)
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 1
    assert f"error    database: database {file}: the file cannot be written" in told.stdout


@pytest.mark.parametrize(
    ("mode", "group", "may"), [(0o600, False, False), (0o660, True, True), (0o606, False, True), (0o606, True, False)]
)
def test_root_asks_for_the_daemons_user(office: Office, mode: int, group: bool, may: bool) -> None:
    file = office.folder / "giliran.db"
    file.chmod(mode)
    office.folder.chmod(0o777)
    gid = file.stat().st_gid if group else 4242
    other = pwd.struct_passwd(("nobody", "x", 4711, gid, "", "/", "/bin/false"))
    office.ready("A-1")
    if may:
        try_writing(f"sqlite:///{file}", "1205", other)
    else:
        with pytest.raises(Fatal, match="cannot be written by nobody, the daemon's user"):
            try_writing(f"sqlite:///{file}", "1205", other)


@pytest.mark.parametrize(("content", "mode", "level"), [("x", 0o644, "warning"), ("", 0o600, "error")])
def test_the_token_is_there_and_nobody_elses(office: Office, content: str, mode: int, level: str) -> None:
    token = office.folder / "token"
    token.write_text(content)
    token.chmod(mode)
    outcome = office("check", "--offline")
    assert findings(outcome)["central.token_file"] == level
    assert outcome.status == (level == "error")


def test_a_missing_token_is_an_error(office: Office) -> None:
    (office.folder / "token").unlink()
    assert findings(office("check", "--offline"))["central.token_file"] == "error"


def test_the_alerts_urls_are_checked_and_never_shown(office: Office) -> None:
    urls = office.folder / "alert-urls"
    office.configure(extra=f"blanks: {{low: 5}}\nalerts: {{urls_file: '{urls}'}}\n")
    assert findings(office("check", "--offline"))["alerts.urls_file"] == "error"
    urls.write_text("json://user:sesame@127.0.0.1:9/x\n")
    urls.chmod(0o600)
    sound = office("check", "--offline")
    assert (findings(sound)["alerts.urls_file"], findings(sound)["alerts"]) == ("ok", "ok")
    urls.write_text("json://user:sesame@127.0.0.1:9/x\nfoo://sesame\n")
    urls.chmod(0o644)
    outcome = office("check", "--offline")
    assert outcome.status == 1
    assert f"{urls}:2: no URL that apprise knows" in outcome.out
    assert findings(outcome)["alerts.urls_file"] == "warning"
    assert "sesame" not in outcome.out + outcome.err


def test_a_journal_that_is_no_folder_is_an_error(office: Office) -> None:
    (office.folder / "journal").touch()
    assert findings(office("check", "--offline"))["cups.guard_journal"] == "error"


def test_a_journal_that_was_lost_and_made_again_is_an_error(office: Office) -> None:
    journal = office.folder / "journal"
    journal.mkdir()
    assert findings(office("check", "--offline"))["cups.guard_journal"] == "ok"
    with office.store() as store:
        store.printers.serve("card-1", queue="Cards", journal="the one before", at=office.now)
    told = office("check", "--offline")
    assert findings(told)["cups.guard_journal"] == "error"
    assert "giliran printer guard PRINTER" in told.out
    assert list(journal.iterdir()) == []


def test_neither_cups_nor_the_centre_answering_is_told_all_the_same(office: Office) -> None:
    outcome = office("check")
    assert outcome.status == 1
    found = findings(outcome)
    assert found["cups.server"] == "error"
    assert found["central server"] == "error"
    assert "connect (" in outcome.out


def test_the_key_of_the_log_is_there_and_nobody_elses(office: Office) -> None:
    key = office.folder / "giliran.db.log-key"
    outcome = office("check", "--offline")
    assert (findings(outcome)["log.key_file"], outcome.status) == ("warning", 0)
    assert f"{key} cannot be read: No such file or directory; `giliran migrate` makes one where none is" in outcome.out
    assert office("migrate").status == 0
    assert findings(office("check", "--offline"))["log.key_file"] == "ok"
    key.chmod(0o644)
    outcome = office("check", "--offline")
    assert findings(outcome)["log.key_file"] == "warning"
    assert f"{key} can be read by everybody on this machine; chmod o= {key}" in outcome.out
    key.chmod(0o600)
    key.write_text(key.read_text().replace("giliran/1205", "giliran/1206"))
    outcome = office("check", "--offline")
    assert (findings(outcome)["log.key_file"], outcome.status) == ("error", 1)
    key.unlink()
    key.mkdir()
    assert findings(office("check", "--offline"))["log.key_file"] == "error"
