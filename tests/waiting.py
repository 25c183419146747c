"""Waiting in tests: on a condition with a deadline, never for a length of time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.02


def eventually(predicate: Callable[[], T], timeout_seconds: float = 10, what: str = "the condition") -> T:
    """The predicate's first true value; an AssertionError that says what was waited for when it never comes."""
    deadline = time.monotonic() + timeout_seconds  # noqa: TID251 - the tests' own patience, not the service's clock
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() >= deadline:  # noqa: TID251
            raise AssertionError(f"{what} did not come true within {timeout_seconds:g} s (last seen: {value!r})")
        time.sleep(_POLL_SECONDS)  # noqa: TID251
