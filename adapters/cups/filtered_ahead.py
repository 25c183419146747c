"""What CUPS's filters have made of the next cards' documents, in memory alone, until those cards are printed.

One is found by its document, its options and the driver (PPD): of the same three the filters make the same. It is
forgotten when nobody is likely to need it any more.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from adapters.clock import SystemClock
from daemon.ports import Clock

MOST_BYTES = 64 * 1024**2
"""Of all together; the oldest makes room. A card of 300 dpi is 2 MB."""
UNDER_WAY_SECONDS = 30.0
"""After that another guard may make it, too, for the first may be gone. A card takes a tenth of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """For the device."""

    content_type: str
    """Empty: the own one of the queue that prints it."""
    document: bytes


@dataclass(frozen=True, slots=True)
class _Expected:
    document: bytes
    options: str
    work: str


@dataclass(slots=True)
class FilteredAhead:
    """Several threads may ask."""

    _expected: dict[str, list[_Expected]] = field(default_factory=dict)
    """By queue, in the order in which they are likely to be printed."""
    _under_way: dict[str, tuple[str, float]] = field(default_factory=dict)
    """(key, monotonic time) by queue: what its guard was given last, and when."""
    _made: dict[str, Filtered] = field(default_factory=dict)
    """By key, the oldest first."""
    clock: Clock = field(default_factory=SystemClock)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, queue: str, documents: Sequence[bytes], options: str) -> None:
        """In the place of those that were expected on this queue."""
        expected = [_Expected(document, options, _work(document, options)) for document in documents]
        with self._lock:
            self._expected[queue] = expected

    def forget_unwanted(self, offered: Iterable[tuple[bytes, str]]) -> None:
        """All that is made, or under way, of what no queue expects, and that is not of these (document, options)."""
        wanted = {_work(document, options) for document, options in offered}
        with self._lock:
            wanted.update(each.work for expected in self._expected.values() for each in expected)
            works = tuple(wanted)
            self._made = {key: made for key, made in self._made.items() if key.startswith(works)}
            self._under_way = {queue: last for queue, last in self._under_way.items() if last[0].startswith(works)}

    def next(self, queue: str, driver: str) -> tuple[str, str, bytes] | None:
        """(key, options, document) of the first that nobody has made ready or makes now; None: there is none."""
        with self._lock:
            now = self.clock.monotonic()
            self._under_way.pop(queue, None)
            elsewhere = {key for key, since in self._under_way.values() if now - since < UNDER_WAY_SECONDS}
            for each in self._expected.get(queue, ()):
                key = _key(each.work, driver)
                if key not in self._made and key not in elsewhere:
                    self._under_way[queue] = key, now
                    return key, each.options, each.document
        return None

    def store(self, queue: str, key: str, made: Filtered) -> None:
        """Only what this queue's guard was given."""
        with self._lock:
            given, _ = self._under_way.get(queue, ("", 0.0))
            if given != key:
                return
            del self._under_way[queue]
            self._made[key] = made
            while sum(len(each.document) for each in self._made.values()) > MOST_BYTES:
                del self._made[next(iter(self._made))]

    def pop(self, document: bytes, options: str, driver: str) -> Filtered | None:
        """What was made of it, once: after that it is forgotten."""
        with self._lock:
            return self._made.pop(_key(_work(document, options), driver), None)


def _work(document: bytes, options: str) -> str:
    """What is to be made, whatever the driver. No two are the beginning of each other."""
    return f"{_digest(document)} {_digest(options.encode())}"


def _key(work: str, driver: str) -> str:
    return f"{work} {driver}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
