"""Turns a loop's step into a thread: waiting, waking, errors, liveness and the end live here and nowhere else."""

import threading
from collections.abc import Callable
from typing import Protocol

from loguru import logger

from daemon.domain.errors import Fatal, GiliranError
from daemon.ports import Clock

FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 30.0


class Loop(Protocol):
    """Something that is done again and again."""

    @property
    def name(self) -> str:
        """Of the thread, and in the log."""
        ...

    @property
    def patience_seconds(self) -> float:
        """How long one step may take at most before the loop counts as hung."""
        ...

    def step(self) -> float:
        """Do what there is to do; seconds until the next step (less when woken)."""
        ...

    def close(self) -> None:
        """The loop's thread ends: give back what belongs to the thread."""
        ...


class Runner:
    """One loop in one thread."""

    def __init__(self, loop: Loop, *, clock: Clock, on_fatal: Callable[[Fatal], None]) -> None:
        self.name = loop.name
        self._loop = loop
        self._clock = clock
        self._on_fatal = on_fatal
        self._stop = False
        self._wake = threading.Event()
        self._retry_seconds = FIRST_RETRY_SECONDS
        self._due_by = clock.monotonic() + loop.patience_seconds
        self._thread = threading.Thread(target=self._run, name=loop.name, daemon=True)

    def start(self) -> None:
        """Begin; the first step is made at once."""
        self._thread.start()

    def wake(self) -> None:
        """Make the next step now. Safe from any thread and from a signal handler's follow-up."""
        self._wake.set()

    def stop(self) -> None:
        """Make no further step; the one under way is finished."""
        self._stop = True
        self._wake.set()

    def join(self, timeout_seconds: float) -> bool:
        """Wait for the end; False if it is still running then."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def is_alive_by(self, monotonic: float) -> bool:
        """Whether the loop made its step in time: what the watchdog is fed from."""
        return self._thread.is_alive() and monotonic <= self._due_by

    def _run(self) -> None:
        try:
            while not self._stop:
                delay_seconds = self._step()
                self._due_by = self._clock.monotonic() + delay_seconds + self._loop.patience_seconds
                self._wake.wait(delay_seconds)
                self._wake.clear()
        finally:
            self._loop.close()

    def _step(self) -> float:
        """The one boundary of this thread: whatever goes wrong in a step is told, and the loop goes on."""
        try:
            delay_seconds = self._loop.step()
        except Fatal as error:
            logger.bind(loop=self.name).critical("{}", error)
            self._on_fatal(error)
            return LONGEST_RETRY_SECONDS
        except GiliranError as error:
            logger.bind(loop=self.name).warning("{}", error)
        except Exception:  # noqa: BLE001  an error of ours in one loop must not take the others down
            logger.bind(loop=self.name).exception("the loop {} failed; it goes on", self.name)
        else:
            self._retry_seconds = FIRST_RETRY_SECONDS
            return delay_seconds
        delay_seconds = self._retry_seconds
        self._retry_seconds = min(LONGEST_RETRY_SECONDS, self._retry_seconds * 2)
        return delay_seconds
