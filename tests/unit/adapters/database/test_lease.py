import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.database import open_lease
from daemon.domain.errors import Fatal
from tests.waiting import eventually

HOLDER = """
import sys
from adapters.database import open_lease
lease = open_lease(sys.argv[1])
print(lease.take(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/giliran.db"


def test_one_at_a_time_has_it(url: str, tmp_path: Path) -> None:
    first, second = open_lease(url), open_lease(url)
    assert not first.is_taken()
    assert not (tmp_path / "giliran.db.lock").exists()
    assert first.take()
    assert first.take()
    assert (tmp_path / "giliran.db.lock").read_text() == f"{os.getpid()}\n"
    assert first.is_taken()
    assert second.is_taken()
    assert not second.take()
    first.give_back()
    first.give_back()
    assert not second.is_taken()
    assert second.take()
    second.give_back()


def test_the_system_frees_it_when_the_daemon_dies(url: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lease = open_lease(url)
        assert lease.is_taken()
        assert not lease.take()
        holder.kill()
    eventually(lease.take, what="the lease of a dead daemon")
    lease.give_back()


def test_somebody_who_looks_all_the_time_does_not_keep_a_daemon_from_starting(url: str) -> None:
    daemon, onlooker = open_lease(url), open_lease(url)
    for _ in range(50):
        onlooker.is_taken()
        assert daemon.take()
        daemon.give_back()


def test_a_lock_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"giliran\.db\.lock cannot be opened: No such file"):
        open_lease(f"sqlite:///{tmp_path}/nowhere/giliran.db").take()
