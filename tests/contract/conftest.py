"""The store under test: one suite, every engine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from daemon.domain.ledger import PLAIN_ACCOUNTS
from daemon.ports import Store
from tests.contract import neighbour
from tests.fixtures import emptying
from tests.fixtures.postgresql import PrivatePostgresql, new_database
from tests.fixtures.sqlite import NewFile

NewDatabase = Callable[[], str]
"""Gives the URL of a database as `giliran migrate` leaves it; the one that it gave before is not used any more."""


class SharedDatabase:
    """One in PostgreSQL for every test of a process, emptied for each: making one takes longer than most tests."""

    def __init__(self, server: PrivatePostgresql, folder: Path) -> None:
        self.credentials = folder
        self._server = server
        self._name = new_database(server)
        self.url = server.url(self._name)
        migrate(self.url, "1205", folder / "database-key")
        neighbour.open_neighbour(self.url, folder / "database-key")
        self._neighbours_rows = neighbour.rows(self.url)

    def emptied(self) -> str:
        """Its URL; what was in it is gone."""
        self._empty()
        return self.url

    def check_neighbour(self) -> None:
        """Nothing of the office next door was touched."""
        assert neighbour.rows(self.url) == self._neighbours_rows

    def _empty(self) -> None:
        """Our office as `giliran migrate` leaves it, whoever is still connected."""
        steps = [
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            'SET search_path = "giliran_1205"',
            *emptying.STATEMENTS,
            "UPDATE office SET behind_why = NULL, behind_since = NULL, behind_journal_lost = NULL",
            *(f"INSERT INTO balance VALUES ('{account}', 0)" for account in sorted(PLAIN_ACCOUNTS)),
        ]
        self._server.run_in(self._name, *steps)


@pytest.fixture(scope="session")
def shared_database(postgresql: PrivatePostgresql, tmp_path_factory: pytest.TempPathFactory) -> SharedDatabase:
    return SharedDatabase(postgresql, tmp_path_factory.mktemp("key"))


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewDatabase]:
    """Of each kind."""
    if request.param == "sqlite":
        new_file: NewFile = request.getfixturevalue("new_file")
        yield lambda: f"sqlite:///{new_file(tmp_path / f'database-{len(list(tmp_path.iterdir()))}')}"
    else:
        shared: SharedDatabase = request.getfixturevalue("shared_database")
        # Where the programs that a test starts find the key as well.
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(shared.credentials))
        yield shared.emptied
        shared.check_neighbour()


@pytest.fixture
def url(fresh_database: NewDatabase) -> str:
    """A fresh database of each kind."""
    return fresh_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """The store on it."""
    opened = open_store(url, "1205", SystemClock())
    yield opened
    opened.close()
