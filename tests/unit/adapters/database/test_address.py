import pytest

from adapters.database import describe
from adapters.database.address import sqlite_file
from daemon.domain.errors import Fatal


def test_a_password_is_not_shown() -> None:
    assert describe("postgresql+psycopg://giliran:secret@db.example/giliran") == (
        "postgresql+psycopg://giliran:***@db.example/giliran"
    )


def test_what_is_no_url_is_not_quoted() -> None:
    with pytest.raises(Fatal) as refusal:
        describe("giliran:secret")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///giliran.db?mode=ro",
        "sqlite+aiosqlite:///giliran.db",
        "postgresql+psycopg://giliran:secret@db.example/giliran",
    ],
)
def test_only_an_sqlite_file_can_be_opened_so_far(url: str) -> None:
    with pytest.raises(Fatal) as refusal:
        sqlite_file(url)
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
