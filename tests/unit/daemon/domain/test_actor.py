import pytest

from daemon.domain.actor import Caller, actor
from daemon.domain.job import CENTRE, SYSTEM


def caller(
    *,
    login: str | None = None,
    real: str = "siti",
    is_root: bool = False,
    unit: str | None = None,
    behind_sudo: str | None = None,
) -> Caller:
    return Caller(login=login, real=real, is_root=is_root, unit=unit, behind_sudo=behind_sudo)


def test_the_login_counts_before_everything_else() -> None:
    asked = caller(login="budi", real="root", is_root=True, unit="backup.service", behind_sudo="siti")
    assert actor(asked) == "budi"


def test_what_sudo_says_is_kept_beside_root_and_of_nobody_else() -> None:
    assert actor(caller(real="root", is_root=True, behind_sudo="siti")) == "root (sudo says siti)"
    assert actor(caller(real="siti", behind_sudo="budi")) == "siti"


def test_a_task_is_named_by_its_unit() -> None:
    assert actor(caller(real="giliran", unit="giliran-backup.service")) == "giliran-backup.service (as giliran)"
    assert actor(caller(real="giliran", unit="")) == "a scheduled task (as giliran)"


@pytest.mark.parametrize("name", [SYSTEM, CENTRE])
def test_no_person_is_taken_for_the_daemon_or_the_centre(name: str) -> None:
    assert actor(caller(real=name)) not in (SYSTEM, CENTRE)
    assert actor(caller(login=name)) not in (SYSTEM, CENTRE)
