"""The store under test: one suite, every engine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from daemon.ports import Store


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh SQLite database and its key, to be copied: migrating takes longer than most tests."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(f"sqlite:///{folder}/giliran.db")
    return folder


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> str:
    """A fresh database of each kind."""
    assert request.param == "sqlite"
    shutil.copytree(migrated, tmp_path / "database")
    return f"sqlite:///{tmp_path}/database/giliran.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """The store on it."""
    opened = open_store(url, SystemClock())
    yield opened
    opened.close()
