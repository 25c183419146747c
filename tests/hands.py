"""Other hands in the same folder, while something is done there."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(do: Callable[[], None]) -> Iterator[None]:
    """Somebody does that again and again."""
    over = threading.Event()

    def again() -> None:
        while not over.is_set():
            do()

    hands = threading.Thread(target=again)
    hands.start()
    try:
        yield
    finally:
        over.set()
        hands.join()
