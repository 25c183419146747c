"""Turns a loop's step into a thread: waiting, waking, errors, liveness and the end live here and nowhere else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from loguru import logger

from daemon.domain.errors import Fatal, GiliranError
from daemon.ports import Clock
from workers.backoff import Backoff
from workers.situation import Topic

FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 30.0
PATIENCE_SECONDS = 45.0
"""How long a step may take where nothing else is said. After one call that a stopped CUPS has blocked (10 s, 30 for a
long one) the others fail at once."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How long a loop has nothing to do, and what ends that earlier."""

    seconds: float
    but_for: frozenset[Topic]


def pause(seconds: float, *but_for: Topic) -> Pause:
    """Wait so long, unless one of these topics comes first."""
    return Pause(seconds, frozenset(but_for))


class Loop(Protocol):
    """Something that is done again and again, step by step, in a thread of the Runner's."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Of the thread, and in the log."""
        ...

    @property
    def patience_seconds(self) -> float:
        """How long one step may take at most before the loop counts as hung."""
        return PATIENCE_SECONDS

    def step(self) -> float | Pause:
        """Do what there is to do; seconds until the next step. In a Pause the loop says what wakes it before that."""
        ...

    def close(self) -> None:
        """The loop's thread ends: give back what belongs to the thread, where something does."""
        return


class Service(Protocol):
    """Something that runs by itself, in threads of its own: a server, a calendar."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """In the log."""
        ...

    def start(self) -> None:
        """Run from now on."""
        ...

    def stop(self) -> None:
        """Run no more. What did not run is stopped already."""
        ...

    def is_alive(self) -> bool:
        """Whether it still does what it was started for."""
        ...


_Running = TypeVar("_Running", bound=Service)


@contextmanager
def running(service: _Running) -> Iterator[_Running]:
    """While inside, it runs."""
    service.start()
    try:
        yield service
    finally:
        service.stop()


class Runner:
    """One loop in one thread."""

    def __init__(self, loop: Loop, *, clock: Clock, on_fatal: Callable[[Fatal], None]) -> None:
        self.name = loop.name
        self._loop = loop
        self._clock = clock
        self._on_fatal = on_fatal
        self._stop = False
        self._news = threading.Condition()
        self._heard: set[Topic] = set()
        """Since the step under way, or the last one, began."""
        self._backoff = Backoff(first_seconds=FIRST_RETRY_SECONDS, longest_seconds=LONGEST_RETRY_SECONDS)
        self._due_by = clock.monotonic() + loop.patience_seconds
        self.stepped_at: datetime | None = None
        """When it finished its latest step."""
        self._thread = threading.Thread(target=self._run, name=loop.name, daemon=True)

    def start(self) -> None:
        """Begin; the first step is made at once."""
        self._thread.start()

    def hear(self, topic: Topic) -> None:
        """Make the next step now, if the loop wants to be woken by this. Safe from any thread."""
        with self._news:
            self._heard.add(topic)
            self._news.notify()

    def stop(self) -> None:
        """Make no further step; the one under way is finished."""
        with self._news:
            self._stop = True
            self._news.notify()

    def join(self, timeout_seconds: float) -> bool:
        """Wait for the end; False if it is still running then."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def is_alive_by(self, monotonic: float) -> bool:
        """Whether the loop made its step in time: what the watchdog is fed from."""
        return self._thread.is_alive() and monotonic <= self._due_by

    def excuse(self, seconds: float) -> None:
        """The whole process stood still for so long: that was none of the loop's doing."""
        self._due_by += seconds

    def _run(self) -> None:
        try:
            while not self._stop:
                with self._news:
                    self._heard.clear()
                self._due_by = self._clock.monotonic() + self._loop.patience_seconds
                asked = self._step()
                self.stepped_at = self._clock.now()
                wait = asked if isinstance(asked, Pause) else pause(asked)
                self._due_by = self._clock.monotonic() + wait.seconds + self._loop.patience_seconds
                self._wait(wait)
        finally:
            self._loop.close()

    def _wait(self, wait: Pause) -> None:
        with self._news:
            self._news.wait_for(lambda: self._stop or self._heard & wait.but_for, wait.seconds)

    def _step(self) -> float | Pause:
        """The one boundary of this thread: whatever goes wrong in a step is told, and the loop goes on."""
        try:
            wait = self._loop.step()
        except Fatal as error:
            logger.bind(loop=self.name).critical("{}", error)
            self._on_fatal(error)
            return LONGEST_RETRY_SECONDS
        except GiliranError as error:
            logger.bind(loop=self.name).warning("{}", error)
        except Exception:  # noqa: BLE001  an error of ours in one loop must not take the others down
            logger.bind(loop=self.name).exception("the loop {} failed; it goes on", self.name)
        else:
            self._backoff.succeeded()
            return wait
        return self._backoff.failed()
