"""What CUPS's filters have made of the next cards' documents, in memory alone, until those cards are printed.

One is found by its document, its options and the driver (PPD): of the same three the filters make the same.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_BYTES = 64 * 1024**2
"""Of all together; the oldest makes room. A card of 300 dpi is 2 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """For the device."""

    content_type: str
    document: bytes


@dataclass(frozen=True, slots=True)
class _Expected:
    document: bytes
    digest: str
    options: str


@dataclass(slots=True)
class FilteredAhead:
    """Several threads may ask."""

    _expected: dict[str, list[_Expected]] = field(default_factory=dict)
    """By queue, in the order in which they are likely to be printed."""
    _under_way: dict[str, str] = field(default_factory=dict)
    """Key by queue: what its guard was given last."""
    _made: dict[str, Filtered] = field(default_factory=dict)
    """By key, the oldest first."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, queue: str, documents: Sequence[bytes], options: str) -> None:
        """In the place of those that were expected on this queue."""
        expected = [_Expected(document, _digest(document), options) for document in documents]
        with self._lock:
            self._expected[queue] = expected

    def next(self, queue: str, driver: str) -> tuple[str, str, bytes] | None:
        """(key, options, document) of the first that nobody has made ready or makes now; None: there is none."""
        with self._lock:
            self._under_way.pop(queue, None)
            for each in self._expected.get(queue, ()):
                key = _key(each.digest, each.options, driver)
                if key not in self._made and key not in self._under_way.values():
                    self._under_way[queue] = key
                    return key, each.options, each.document
        return None

    def keep(self, queue: str, key: str, made: Filtered) -> None:
        """Only what this queue's guard was given."""
        with self._lock:
            if self._under_way.get(queue) != key:
                return
            del self._under_way[queue]
            self._made[key] = made
            while sum(len(each.document) for each in self._made.values()) > MOST_BYTES:
                del self._made[next(iter(self._made))]

    def pop(self, document: bytes, options: str, driver: str) -> Filtered | None:
        """What was made of it, once: after that it is forgotten."""
        with self._lock:
            return self._made.pop(_key(_digest(document), options, driver), None)


def _key(digest: str, options: str, driver: str) -> str:
    return f"{digest} {_digest(options.encode())} {driver}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
