"""Retry-After: the centre asks to be left alone for a while, and is."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from daemon.domain.link import Cause, Stage
from daemon.ports import Clock, LinkFailure

MOST_SECONDS = 900.0
"""A Retry-After of a year would be a slip; the centre is asked again after this at the latest."""
LATER_BY = 0.25
"""Up to this part of it later, by chance: offices that were sent away together do not come back together."""
_CLOSE_SECONDS = 0.05
"""Who has waited may be early by the grain of a clock."""


class Quiet:
    """Until when the centre asked to be left alone. Shared by all that call it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = clock.monotonic()

    def extend(self, seconds: float) -> None:
        """From now on."""
        self._until = max(self._until, self._clock.monotonic() + seconds)

    def check(self) -> None:
        """LinkFailure while it lasts: nothing is sent."""
        left = self._until - self._clock.monotonic()
        if left > _CLOSE_SECONDS:
            raise LinkFailure(Stage.ANSWER, f"the centre asks to be left alone for another {left:.0f} s", Cause.BUSY)


def asked_for(response: httpx2.Response, clock: Clock) -> float | None:
    """Seconds of the header, a number or a date, bounded and a little longer by chance; None where there is none."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        until = http_date(text)
        if until is None:
            return None
        theirs = http_date(response.headers.get("date", "")) or clock.now()
        seconds = max(0.0, (until - theirs).total_seconds())
    return min(seconds, MOST_SECONDS) * random.uniform(1, 1 + LATER_BY)  # noqa: S311 - no secret hangs on it


def http_date(text: str) -> datetime | None:
    """As in the header Date; None for what is none."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
