"""A database that is put back under a daemon that runs starts no card: neither PostgreSQL nor SQLite's file."""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from adapters.database.copying import copy_sqlite
from daemon.domain.errors import Fatal, Retryable
from daemon.domain.job import Verdict, conclude
from daemon.domain.states import State
from daemon.ports import Store
from tests.contract.office import NOON, in_line, print_next, start, stock
from tests.fixtures.postgresql import PrivatePostgresql
from tests.waiting import eventually


def claim(store: Store) -> object:
    """As the print queue does: where the connection broke, again."""

    def tried() -> object:
        try:
            return store.jobs.claim("card-1", NOON, journal="J-1")
        except Retryable:
            return None

    return eventually(tried, 30, "a connection")


def snapshot(server: PrivatePostgresql, name: str) -> None:
    """Of the whole server, which stands still."""
    subprocess.run(["cp", "-a", server.folder / "data", server.folder / name], check=True)


def test_a_server_that_is_put_back_under_a_daemon_is_noticed_before_anybody_is_printed(
    new_postgresql: PrivatePostgresql, tmp_path: Path
) -> None:
    url, key = new_postgresql.url(), tmp_path / "key"
    migrate(url, "1205", key)
    with closing(open_store(url, "1205", SystemClock(), key)) as store:
        stock(store)
        in_line(store, "A", "B", "C")
        print_next(store)
        new_postgresql.stop()
        snapshot(new_postgresql, "yesterday")
        new_postgresql.start()
        eventually(lambda: _printed(store), 30, "B printed")

        new_postgresql.kill()
        shutil.rmtree(new_postgresql.folder / "data")
        (new_postgresql.folder / "yesterday").rename(new_postgresql.folder / "data")
        new_postgresql.start()
        with pytest.raises(Fatal, match=r"went back in time while Giliran ran .* no card was started"):
            claim(store)
        assert store.jobs.job("B").state is State.READY
        assert store.jobs.attempts("B") == []


def _printed(store: Store) -> bool:
    try:
        return print_next(store).record_id == "B"
    except Retryable:
        return False


def overwritten(file: Path, copy: Path) -> None:
    """As `sqlite3 FILE '.restore COPY'` does it."""
    subprocess.run(
        ["python3", "-c", "import sqlite3,sys; sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))",
         copy, file], check=True,
    )  # fmt: skip


def moved_in(file: Path, copy: Path) -> None:
    copy.replace(file)


@pytest.mark.parametrize(
    ("put_back", "words"), [(overwritten, "went back in time"), (moved_in, "its file was exchanged")]
)
def test_a_file_that_is_put_back_under_a_daemon_is_noticed_before_anybody_is_printed(
    tmp_path: Path, put_back: Callable[[Path, Path], None], words: str
) -> None:
    file, copy = tmp_path / "giliran.db", tmp_path / "copy.db"
    url = f"sqlite:///{file}"
    migrate(url, "1205")
    with closing(open_store(url, "1205", SystemClock())) as store:
        stock(store)
        in_line(store, "A", "B", "C")
        print_next(store)
        copy_sqlite(file, copy)
        print_next(store)
        put_back(file, copy)
        with pytest.raises(Fatal, match=words):
            store.jobs.claim("card-1", NOON, journal="J-1")


def test_a_card_that_is_concluded_on_a_database_that_went_back_starts_no_other(tmp_path: Path) -> None:
    file, copy = tmp_path / "giliran.db", tmp_path / "copy.db"
    url = f"sqlite:///{file}"
    migrate(url, "1205")
    with closing(open_store(url, "1205", SystemClock())) as store:
        stock(store)
        in_line(store, "A", "B")
        copy_sqlite(file, copy)
        made = conclude(start(store), Verdict.PRINTED, reason=None, at=NOON)
        overwritten(file, copy)
        with pytest.raises(Fatal, match="went back in time"):
            store.jobs.conclude_and_claim(made, "card-1", NOON, journal="J-1")
        assert store.jobs.job("A").state is State.READY
