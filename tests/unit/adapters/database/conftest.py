"""A fresh, migrated SQLite database for each test."""

from pathlib import Path

import pytest

from adapters.database import migrate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Its file."""
    path = tmp_path / "giliran.db"
    migrate(f"sqlite:///{path}", "1205")
    return path


@pytest.fixture
def url(file: Path) -> str:
    """Its URL."""
    return f"sqlite:///{file}"
