"""Calls to CUPS that are given up in time. libcups waits 61 s for a CUPS that hangs, and no loop may.

Each thread that calls has a thread of its own behind it, which makes the calls. One that takes too long is left to
itself: it asks CUPS nothing more (`go_on`), and until it is back every further call of the same loop fails at once.
What the call under way does at CUPS may still come about: so it is with one that fails, and recovery knows of that.
"""

import queue
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from daemon.domain.errors import Fatal
from daemon.ports import Clock, SpoolerUnreachable

T = TypeVar("T")

CALL_SECONDS = 10.0
"""For one request to CUPS."""
MOST_SECONDS = 30.0
"""For what takes several."""
LOST_SECONDS = 600.0
"""One that is not back by then never will be: libcups's own patience is a tenth of it."""


@dataclass(slots=True)
class _Call:
    run: Callable[[], Any]
    began: float
    asked_last: float
    """When the request under way was made."""
    future: "Future[Any]" = field(default_factory=Future)
    abandoned: bool = False


_Calls = queue.SimpleQueue[_Call | None]
_under_way = threading.local()


class Patience:
    """Makes calls in time, for any number of threads. SpoolerUnreachable for those that are given up."""

    def __init__(self, clock: Clock, *, call_seconds: float = CALL_SECONDS, most_seconds: float = MOST_SECONDS) -> None:
        self._clock = clock
        self._call_seconds, self._most_seconds = call_seconds, most_seconds
        self._local = threading.local()

    def call(self, run: Callable[[], T]) -> T:
        """What it returns or raises, if that comes in time."""
        caller: _Caller | None = getattr(self._local, "caller", None)
        if caller is None:
            caller = self._local.caller = _Caller(self._clock)
        result: T = caller.call(run, self._call_seconds, self._most_seconds)
        return result


class _Caller:
    """The thread behind one thread. It ends with it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: _Calls = queue.SimpleQueue()
        self._late: _Call | None = None
        """The one that was given up and is not back yet."""
        name = f"cups:{threading.current_thread().name}"
        threading.Thread(target=_make_calls, args=(self._calls, clock), name=name, daemon=True).start()
        weakref.finalize(self, self._calls.put, None)

    def call(self, run: Callable[[], Any], call_seconds: float, most_seconds: float) -> Any:
        now = self._clock.monotonic()
        if self._late is not None and not self._late.future.done():
            seconds = now - self._late.began
            if seconds > LOST_SECONDS:
                raise Fatal(f"a call to CUPS has not come back for {seconds:.0f} s and never will")
            raise SpoolerUnreachable(f"CUPS hangs: a call of {seconds:.0f} s ago has not come back")
        call = _Call(run, began=now, asked_last=now)
        self._calls.put(call)
        while True:
            try:
                return call.future.result(self._left(call, call_seconds, most_seconds))
            except TimeoutError:
                if self._left(call, call_seconds, most_seconds) > 0:
                    continue  # it was making a request after another
                call.abandoned, self._late = True, call
                raise SpoolerUnreachable(
                    f"CUPS hangs: a call was given up after {self._clock.monotonic() - now:.0f} s"
                ) from None

    def _left(self, call: _Call, call_seconds: float, most_seconds: float) -> float:
        until = min(call.asked_last + call_seconds, call.began + most_seconds)
        return max(0.0, until - self._clock.monotonic())


def _make_calls(calls: _Calls, clock: Clock) -> None:
    """Holds no reference to the caller, whose end ends it."""
    _under_way.clock = clock
    while (call := calls.get()) is not None:
        _under_way.call = call
        try:
            result = call.run()
        except BaseException as error:  # noqa: BLE001 - raised again, in the thread that asked
            call.future.set_exception(error)
        else:
            call.future.set_result(result)
        _under_way.call = call = None


def go_on() -> None:
    """Before each request: SpoolerUnreachable where nobody waits for the call any more."""
    call: _Call | None = getattr(_under_way, "call", None)
    if call is None:
        return
    if call.abandoned:
        raise SpoolerUnreachable("CUPS hung; the rest of the call is not made")
    call.asked_last = _under_way.clock.monotonic()
