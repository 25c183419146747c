"""A fresh, migrated SQLite database for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.database.sql.connections import writing_engine
from tests.fixtures.sqlite import NewFile


@pytest.fixture
def file(tmp_path: Path, new_file: NewFile) -> Path:
    """Its file."""
    return new_file(tmp_path)


@pytest.fixture
def url(file: Path) -> str:
    """Its URL."""
    return f"sqlite:///{file}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """What writes to it."""
    engine = writing_engine(url, "1205")
    yield engine
    engine.dispose()
