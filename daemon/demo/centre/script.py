"""A script of outages: `AT KIND FOR`, one a line or separated by `;`: `12s refuse 6s; 30s cut 5s bytes=50`."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from loguru import logger

from daemon.demo.centre.line import UP, Condition, Line, Weather
from daemon.domain.errors import Rejected
from daemon.ports import Clock

_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h)?")
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_OPTIONS = {
    Weather.CUT: ("bytes", "cut_after_bytes"),
    Weather.SLOW: ("rate", "bytes_per_second"),
}
_KINDS = ", ".join(weather for weather in Weather if weather is not Weather.UP)


class BadScript(Rejected):
    """The script of outages cannot be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One stretch of bad weather, counted from the start of the script."""

    at_seconds: float
    for_seconds: float
    condition: Condition

    @property
    def ends_at_seconds(self) -> float:
        """When the link is up again."""
        return self.at_seconds + self.for_seconds


def parse_script(text: str) -> list[Outage]:
    """The outages in order of time. Empty parts and `#` comments are skipped. BadScript."""
    parts = [part.strip() for line in text.splitlines() for part in line.partition("#")[0].split(";")]
    outages = [_outage(number, part) for number, part in enumerate(filter(None, parts), 1)]
    outages.sort(key=lambda outage: outage.at_seconds)
    for earlier, later in pairwise(outages):
        if later.at_seconds < earlier.ends_at_seconds:
            raise BadScript(
                f"the outage at {later.at_seconds:g} s begins before the one at {earlier.at_seconds:g} s is over"
            )
    return outages


class OutagePlayer:
    """Plays outages on a link, in a thread of its own, from start() to stop() or the script's end."""

    def __init__(self, line: Line, outages: Sequence[Outage], clock: Clock) -> None:
        self._line = line
        self._outages = tuple(outages)
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._play, name="outages", daemon=True)

    def start(self) -> None:
        """Count from now."""
        self._started = self._clock.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """End, with the link up."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def join(self, timeout_seconds: float) -> bool:
        """Wait for the script's end; False if it goes on after that."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _play(self) -> None:
        for outage in self._outages:
            if not self._wait_until(outage.at_seconds):
                return
            weather = outage.condition.weather
            logger.info("simulated outage begins: {} for {:g} s", weather, outage.for_seconds)
            self._line.switch(outage.condition)
            self._wait_until(outage.ends_at_seconds)
            self._line.switch(UP)
            logger.info("simulated outage ends: {}", weather)

    def _wait_until(self, seconds: float) -> bool:
        """False when it is to stop instead."""
        while (left := self._started + seconds - self._clock.monotonic()) > 0:
            if self._stopping.wait(left):
                return False
        return not self._stopping.is_set()


def _outage(number: int, text: str) -> Outage:
    where = f"outage {number} ({text!r})"
    words = text.split()
    if len(words) < 3:
        raise BadScript(f"{where}: say AT KIND FOR, for example 12s refuse 6s")
    at, kind, length, *options = words
    if kind == Weather.UP or kind not in list(Weather):
        raise BadScript(f"{where}: there is no kind {kind!r}; kinds are {_KINDS}")
    weather = Weather(kind)
    for_seconds = _seconds(where, length)
    if for_seconds <= 0:
        raise BadScript(f"{where}: an outage lasts longer than nothing")
    settings = dict(_option(where, weather, option) for option in options)
    return Outage(
        at_seconds=_seconds(where, at),
        for_seconds=for_seconds,
        condition=Condition(weather=weather, **settings),
    )


def _seconds(where: str, text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise BadScript(f"{where}: {text!r} is no duration; write 12s, 500ms or 2m")
    return float(match[1]) * _UNIT_SECONDS[match[2]]


def _option(where: str, weather: Weather, text: str) -> tuple[str, int]:
    name, _, value = text.partition("=")
    known = _OPTIONS.get(weather)
    if known is None or name != known[0]:
        takes = f"{known[0]}=NUMBER" if known else "no options"
        raise BadScript(f"{where}: {text!r} is not understood; {weather} takes {takes}")
    if not re.fullmatch(r"[1-9][0-9]{0,8}", value):
        raise BadScript(f"{where}: {name} takes a number above 0")
    return known[1], int(value)
