"""Who did it: each command runs in a process of its own, to which the kernel was told who logged in."""

import os
import pwd
import subprocess
import sys

import pytest

from tests.unit.daemon.cli.conftest import Office

REFUSED = 77
LOGGED_IN = f"""
import os, sys
try:
    with open("/proc/self/loginuid", "w") as file:
        file.write(sys.argv[1])
except OSError:
    sys.exit({REFUSED})
os.execv(sys.argv[2], sys.argv[2:])
"""
ME = pwd.getpwuid(os.getuid()).pw_name
NOBODY = str(2**32 - 1)
"""As the kernel writes that nobody logged in."""


def hold(office: Office, *, login: str, environ: dict[str, str] | None = None) -> str:
    """Set A-1 aside as whoever logged in with that uid; who the log says it was."""
    office.ready("A-1")
    giliran = [sys.executable, "-m", "daemon", "--config", str(office.config)]
    command = [*giliran, "job", "hold", "A-1", "--reason", "x"]
    if login != NOBODY or somebody_logged_in():
        command = [sys.executable, "-c", LOGGED_IN, login, *command]
    done = subprocess.run(
        command, env=without_a_task() | (environ or {}), capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode == REFUSED:
        pytest.skip("the kernel lets nobody say here who logged in")
    assert done.returncode == 0, done.stderr
    (actor,) = office.actors("A-1") - {"centre"}
    return actor


def somebody_logged_in() -> bool:
    try:
        with open("/proc/self/loginuid", encoding="ascii") as file:
            return file.read().strip() != NOBODY
    except FileNotFoundError:
        return False


def without_a_task() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("INVOCATION_ID", "SUDO_USER")}


def test_it_is_the_user_who_logged_in_and_not_whom_the_environment_names(office: Office) -> None:
    assert hold(office, login="1", environ={"SUDO_USER": "bin", "USER": "bin", "LOGNAME": "bin"}) == "daemon"


def test_a_login_that_has_no_name_is_recorded_by_its_number(office: Office) -> None:
    assert hold(office, login="54321") == "uid 54321"


def test_a_task_that_a_person_started_by_hand_is_that_person(office: Office) -> None:
    assert hold(office, login="1", environ={"INVOCATION_ID": "c0ffee"}) == "daemon"


def test_where_nobody_logged_in_it_is_the_real_user(office: Office) -> None:
    assert hold(office, login=NOBODY) == ME


def test_whom_sudo_names_is_never_recorded_alone(office: Office) -> None:
    actor = hold(office, login=NOBODY, environ={"SUDO_USER": "daemon"})
    assert actor == ("root (sudo says daemon)" if os.getuid() == 0 else ME)


def test_a_user_whom_this_machine_does_not_know_is_not_named(office: Office) -> None:
    assert hold(office, login=NOBODY, environ={"SUDO_USER": "nobody-of-that-name"}) == ME


def test_a_scheduled_task_is_neither_a_person_nor_the_daemon(office: Office) -> None:
    actor = hold(office, login=NOBODY, environ={"INVOCATION_ID": "c0ffee", "SUDO_USER": "daemon"})
    assert actor.endswith(f"(as {ME})")
    assert actor not in (ME, "giliran")
    assert "daemon" not in actor
