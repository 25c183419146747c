from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from adapters.database.sql.columns import Moment

DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_comes_back_to_the_microsecond_in_utc(moment: datetime) -> None:
    back = Moment().process_result_value(Moment().process_bind_param(moment, DIALECT), DIALECT)
    assert back == moment.astimezone(UTC)
    assert back is not None
    assert back.tzinfo is UTC


def test_a_moment_before_1970_is_a_moment() -> None:
    jakarta = timezone(timedelta(hours=7))
    assert Moment().process_bind_param(datetime(1970, 1, 1, 6, 59, 59, 999999, tzinfo=jakarta), DIALECT) == -1


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(AssertionError):
        Moment().process_bind_param(datetime(2026, 1, 1), DIALECT)  # noqa: DTZ001 - that is the point
