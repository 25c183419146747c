import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.token import RECORD_ID, Token, parse_token


@given(st.from_regex(RECORD_ID, fullmatch=True), st.integers(1, 999_999_999))
def test_a_token_reads_back_as_itself(record_id: str, attempt: int) -> None:
    assert parse_token(str(Token(record_id, attempt))) == Token(record_id, attempt)


@pytest.mark.parametrize(
    "name",
    ["", "Test Page", "giliran:R-1:0", "giliran:R-1:01", "giliran:R-1", "giliran:a/b:1", "giliran:R-1:1 ", "x:R:1"],
)
def test_a_foreign_job_s_name_is_no_token(name: str) -> None:
    assert parse_token(name) is None
