"""The state of the link to the central server, with hysteresis so that a flapping link does not flap the office."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class LinkState(StrEnum):
    """up: it answers. degraded: it failed lately, not often enough to be down. down: paused. unknown: not tried yet."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"

    @property
    def lets_cards_start(self) -> bool:
        """Whether a new card may be started under the policy `pause`."""
        return self in (LinkState.UP, LinkState.DEGRADED)


class Stage(StrEnum):
    """How far a probe came before it failed."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    ANSWER = "answer"
    LOGIN = "login"


class Cause(StrEnum):
    """Why the link fails, in the stable words that people are told: the stage, or more where more is known."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    ANSWER = "answer"
    LOGIN = "login"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CLOCK_WRONG = "clock_wrong"
    CAPTIVE_PORTAL = "captive_portal"
    BUSY = "busy"
    """The centre asks to be left alone for a while."""
    NO_CARRIER = "no_carrier"
    """By courier: nobody has brought anything so far."""
    CARRIER_REFUSED = "carrier_refused"
    """By courier: what was brought cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One look at the link; a real call that failed counts as one."""

    at: datetime
    failed_stage: Stage | None
    cause: Cause | None = None
    """Where more is known than the stage."""
    detail: str | None = None
    """What was seen, for the administrator. No personal data."""

    @property
    def ok(self) -> bool:
        """Whether every stage was passed."""
        return self.failed_stage is None

    @property
    def why(self) -> Cause | None:
        """The cause; None when every stage was passed."""
        return None if self.failed_stage is None else self.cause or Cause(self.failed_stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hysteresis:
    """How many failures in a row make the link down, how many successes bring it up."""

    down_after: int
    up_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is known of the link."""

    state: LinkState
    since: datetime
    cause: Cause | None = None
    detail: str | None = None
    failures: int = 0
    """In a row, up to now."""
    successes: int = 0
    """In a row, up to now."""
    failing_since: datetime | None = None


def unknown(at: datetime) -> Link:
    """The link before the first probe."""
    return Link(state=LinkState.UNKNOWN, since=at)


def observe(link: Link, probe: Probe, hysteresis: Hysteresis) -> Link:
    """The link after one more probe.

    An outage starts at the first failure of the streak that took the link down, not at the last.
    From `unknown` a single success is enough: there is no earlier state to protect from flapping.
    """
    return _after_success(link, probe, hysteresis) if probe.ok else _after_failure(link, probe, hysteresis)


FIRST_PART = 1 / 8
"""Of the interval: how soon a link that has just gone is tried again. Then twice as long each time …"""
LONGEST_PART = 3 / 4
"""… up to this. The rest is for the successes that confirm it: a link that returns is up within one interval."""
LEAST_PART = 7 / 8
"""Of each pause, by chance: offices that lost their centre together do not come back in step."""


def until_next_probe(link: Link, hysteresis: Hysteresis, interval_seconds: float, chance: float) -> float:
    """Seconds from the beginning of a probe to the next one; `chance` is any number from 0 up to 1."""
    part = 1.0
    if link.state is LinkState.DOWN and link.successes:
        part = (1 - LONGEST_PART) / max(1, hysteresis.up_after - 1)
    elif link.state is LinkState.DOWN:
        doublings = max(0, link.failures - hysteresis.down_after)
        part = LONGEST_PART if doublings > 8 else min(LONGEST_PART, FIRST_PART * 2**doublings)
    return interval_seconds * part * (LEAST_PART + (1 - LEAST_PART) * chance)


def _after_success(link: Link, probe: Probe, hysteresis: Hysteresis) -> Link:
    seen = replace(link, failures=0, successes=link.successes + 1, failing_since=None)
    if link.state is LinkState.UP:
        return seen
    if link.state is LinkState.UNKNOWN or seen.successes >= hysteresis.up_after:
        return replace(seen, state=LinkState.UP, since=probe.at, cause=None, detail=None)
    return seen


def _after_failure(link: Link, probe: Probe, hysteresis: Hysteresis) -> Link:
    since = link.failing_since or probe.at
    seen = replace(
        link,
        failures=link.failures + 1,
        successes=0,
        failing_since=since,
        cause=probe.why,
        detail=probe.detail,
    )
    if link.state is LinkState.DOWN:
        return seen
    if seen.failures >= hysteresis.down_after:
        return replace(seen, state=LinkState.DOWN, since=since)
    if link.state is LinkState.UP:
        return replace(seen, state=LinkState.DEGRADED, since=since)
    return seen


def drain_until(link: Link, drain_for: timedelta | None) -> datetime | None:
    """Until when cards are started without the link. None: none are now. `drain_for`: None under `pause`."""
    return None if drain_for is None or link.state is not LinkState.DOWN else link.since + drain_for


def is_draining(link: Link, drain_for: timedelta | None, at: datetime) -> bool:
    """Whether cards are started without the link then."""
    until = drain_until(link, drain_for)
    return until is not None and at < until
