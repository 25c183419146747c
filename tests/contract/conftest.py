"""The store under test: one suite, every engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from daemon.ports import Store
from tests.contract import neighbour
from tests.fixtures.postgresql import PrivatePostgresql, new_database
from tests.fixtures.sqlite import NewFile

Rows = dict[str, list[tuple[object, ...]]]
NewDatabase = Callable[[], str]
"""Makes a fresh, migrated database and gives its URL."""


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PrivatePostgresql, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The same in PostgreSQL, with a neighbour: the database to be copied, and its key's folder (a credential)."""
    folder = tmp_path_factory.mktemp("key")
    name = new_database(postgresql)
    migrate(postgresql.url(name), "1205", folder / "database-key")
    neighbour.open_neighbour(postgresql.url(name), folder / "database-key")
    return name, folder


@pytest.fixture(scope="session")
def neighbours_rows(postgresql: PrivatePostgresql, postgresql_template: tuple[str, Path]) -> Rows:
    """As they have to stay."""
    return neighbour.rows(postgresql.url(postgresql_template[0]))


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewDatabase]:
    """Makes databases of each kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            new_file: NewFile = request.getfixturevalue("new_file")

            def make() -> str:
                return f"sqlite:///{new_file(tmp_path / f'database-{len(list(tmp_path.iterdir()))}')}"
        else:
            server: PrivatePostgresql = request.getfixturevalue("postgresql")
            template, credentials = request.getfixturevalue("postgresql_template")
            theirs: Rows = request.getfixturevalue("neighbours_rows")
            # Where the programs that a test starts find the key as well.
            monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))

            def make() -> str:
                name = new_database(server, template)
                stack.callback(server.administer, f"DROP DATABASE {name} WITH (FORCE)")
                stack.callback(check_neighbour, server.url(name), theirs)
                return server.url(name)

        yield make


def check_neighbour(url: str, before: Rows) -> None:
    """Nothing of the office next door was touched."""
    assert neighbour.rows(url) == before


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
