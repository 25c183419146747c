"""The cards made last, in memory alone: one that was tried when it was pulled need not be made again to be printed."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from daemon.ports import Card

MOST = 32


class Recent:
    """By template and content. Several threads may ask."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, card: Card, template: str, make: Callable[[], bytes]) -> bytes:
        """The one that is here, or a new one."""
        key = template, _digest(card)
        with self._lock:
            known = self._made.get(key)
            if known is not None:
                self._made.move_to_end(key)
                return known
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > MOST:
                self._made.popitem(last=False)
        return made


def _digest(card: Card) -> bytes:
    digest = hashlib.sha256(card.record_id.encode())
    for name, value in sorted(card.fields.items()):
        digest.update(f"\0{name}\0{value}".encode(errors="surrogatepass"))
    digest.update(b"\0" + (card.photo or b""))
    return digest.digest()
