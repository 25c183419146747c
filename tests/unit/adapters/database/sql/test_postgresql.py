"""What psycopg raises, as one line. Real servers say the same in tests/integration/test_postgresql.py."""

import psycopg
import pytest
from psycopg import errors

from adapters.database.sql.failures import translated
from daemon.domain.errors import Fatal, GiliranError, Retryable


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("25006", Retryable, "standby"),
        ("40001", Retryable, "try again"),
        ("40P01", Retryable, "try again"),
        ("53100", Retryable, "disk is full"),
        ("53300", Retryable, "too many connections"),
        ("55P03", Retryable, "busy"),
        ("57P01", Retryable, "being stopped"),
        ("57P03", Retryable, "is starting"),
        ("08006", Retryable, "connection to the server was lost"),
        ("28P01", Fatal, "password is wrong"),
        ("3D000", Fatal, "no such database"),
        ("42501", Fatal, "no permission"),
        ("XX001", Fatal, "restore a backup"),
        ("42P01", Fatal, "UndefinedTable 42P01"),
    ],
)
def test_each_failure_is_one_line_of_the_right_class(state: str, kind: type[GiliranError], words: str) -> None:
    with pytest.raises(kind, match=words) as told, translated("postgresql+psycopg://db.example/giliran"):
        raise errors.lookup(state)("INSERT INTO person VALUES ('SITI CONTOH')\nDETAIL: 1205010101900001")
    assert str(told.value).startswith("database postgresql+psycopg://db.example/giliran: ")
    assert "\n" not in str(told.value)
    assert "SITI" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (
            'connection to server at "10.0.0.1", port 5432 failed: Connection refused\n\tIs the server running?',
            Retryable,
            r"cannot be reached: Connection refused$",
        ),
        ('connection failed: FATAL:  password authentication failed for user "giliran"', Fatal, "password is wrong"),
        ('connection failed: FATAL:  database "giliran" does not exist', Fatal, "no such database"),
        ('connection failed: FATAL:  role "giliran" does not exist', Fatal, "does not let this user in"),
        ("connection failed: FATAL:  the database system is starting up", Retryable, "is starting"),
        ("connection failed: FATAL:  sorry, too many clients already", Retryable, "too many connections"),
        ("consuming input failed: server closed the connection unexpectedly", Retryable, "was lost; try again$"),
        ("the connection is closed", Retryable, "was lost; try again$"),
    ],
)
def test_a_failed_connection_has_words_alone(text: str, kind: type[GiliranError], words: str) -> None:
    with pytest.raises(kind, match=words), translated("here"):
        raise psycopg.OperationalError(text)
