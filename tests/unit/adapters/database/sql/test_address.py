import pytest

from adapters.database import describe
from adapters.database.sql.address import is_postgresql, sqlite_file
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
def test_only_a_file_of_its_own_is_an_sqlite_database(url: str) -> None:
    with pytest.raises(Fatal) as refusal:
        sqlite_file(url)
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_psycopg_is_the_one_way_to_postgresql() -> None:
    assert is_postgresql("postgresql+psycopg://giliran@db.example/giliran")
    assert not is_postgresql("sqlite:////a.db")
    for other in ("postgresql+asyncpg://giliran:secret@db.example/giliran", "mysql://giliran:secret@db.example/x"):
        with pytest.raises(Fatal, match="only sqlite:// and postgresql") as refusal:
            is_postgresql(other)
        assert "secret" not in str(refusal.value)
