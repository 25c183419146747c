"""The lease in a file; what it shares with PostgreSQL's is in tests/contract/test_lease.py."""

import os
from pathlib import Path

import pytest

from adapters.database import open_lease
from daemon.domain.errors import Fatal


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/giliran.db"


def test_while_one_has_some_names_nobody_takes_others(url: str, tmp_path: Path) -> None:
    first, second = open_lease(url, "1205"), open_lease(url, "1205")
    assert not first.held("lead")
    assert not (tmp_path / "giliran.db.lock").exists()
    assert not first.acquire("printer card-1")
    assert (tmp_path / "giliran.db.lock").read_text() == f"{os.getpid()}\nprinter card-1\n"
    assert second.acquire("printer card-2", "lead") == {"printer card-2", "lead"}
    assert second.held("printer card-1", "printer card-2", "lead") == {"printer card-1"}
    assert not first.acquire("lead", "printer card-2")
    first.release("printer card-1")
    assert second.held("printer card-1", "printer card-2", "lead") == {"printer card-2", "lead"}
    assert first.held("printer card-1", "lead") == {"lead"}
    first.close()
    assert not second.held("lead")


def test_somebody_who_looks_all_the_time_does_not_keep_a_daemon_from_starting(url: str) -> None:
    daemon, onlooker = open_lease(url, "1205"), open_lease(url, "1205")
    for _ in range(50):
        onlooker.held("lead")
        assert not daemon.acquire("lead")
        daemon.close()


def test_a_lock_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"giliran\.db\.lock cannot be opened: No such file"):
        open_lease(f"sqlite:///{tmp_path}/nowhere/giliran.db", "1205").acquire("lead")
