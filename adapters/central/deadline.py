"""One deadline over a whole call, however many operations on the socket it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from daemon.ports import Clock


class Deadline:
    """A moment on the monotonic clock after which nothing more is waited for."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.seconds = seconds
        self._clock = clock
        self._at = clock.monotonic() + seconds

    def left(self) -> float:
        """Seconds; 0 when it has passed."""
        return max(0.0, self._at - self._clock.monotonic())


_current: ContextVar[Deadline] = ContextVar("deadline of the call under way in this thread")


@contextmanager
def call_within(clock: Clock, seconds: float) -> Iterator[Deadline]:
    """Every operation on the wire inside this block ends by then."""
    deadline = Deadline(clock, seconds)
    reset = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(reset)


def current() -> Deadline:
    """The deadline of the call that this thread is making."""
    return _current.get()
