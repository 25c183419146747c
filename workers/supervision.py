"""Runs the loops of one configuration until told otherwise: signals, watchdog, status line, draining."""

import queue
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from loguru import logger

from daemon.domain.errors import Fatal
from daemon.ports import Clock, ServiceManager
from workers.runner import Loop, Runner, Service
from workers.situation import Situation

TICK_SECONDS = 1.0
STEP_SECONDS = 15.0
"""How long a step under way is waited for once the cards are out."""
LAST_SECONDS = 2 * STEP_SECONDS
"""What systemd is asked for at each look while it ends: time for the steps under way, with room to spare."""

HUNG_STEP_SECONDS = 5.0
"""The same where one of them hangs: the others finish, that one does not."""
STOOD_STILL_SECONDS = 10.0
"""A main thread that looks so late was not running, and nor were the loops: the machine slept, or was too busy."""

SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


class End(Enum):
    """Why the loops were stopped."""

    STOP = auto()
    RELOAD = auto()
    FATAL = auto()
    HUNG = auto()
    """A loop did not come back from a step; what it holds is not waited for."""


class Printing(Protocol):
    """Something that may have a card under way."""

    @property
    def may_have_a_card(self) -> bool:
        """Whether it has one, or is just taking one."""
        ...


Signals = queue.SimpleQueue[signal.Signals]


def listen_for_signals() -> Signals:
    """Before any other thread starts, once: signals are waited for, not handled, so that nothing runs in their context.

    By a thread in sigwait: after a stop and a continue (SIGSTOP, SIGCONT) CPython's sigtimedwait answers with whatever
    lay on the stack, a SIGHUP or SIGTERM that never came among it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    received: Signals = queue.SimpleQueue()

    def listen() -> None:
        while True:
            received.put(signal.Signals(signal.sigwait(SIGNALS)))

    threading.Thread(target=listen, name="signals", daemon=True).start()
    return received


@dataclass(slots=True, kw_only=True)
class Supervision:
    """The main thread of the daemon."""

    loops: Sequence[Loop]
    services: Sequence[Service]
    """They run already; whether they still do is looked at."""
    printing: Sequence[Printing]
    situation: Situation
    signals: Signals
    manager: ServiceManager
    clock: Clock
    may_reload: Callable[[], bool]
    """Called on SIGHUP: whether there is a new configuration to go on with."""
    drain_seconds: float
    """How long cards in printers are waited for at the end."""
    hung: tuple[str, ...] = ()
    """Loops that did not come back."""
    _runners: Sequence[Runner] = ()

    def run(self) -> End:
        """Start the loops, wait for a reason to stop them, stop them."""
        fatal: list[Fatal] = []
        runners = [Runner(loop, clock=self.clock, on_fatal=fatal.append) for loop in self.loops]
        self._runners = runners
        for runner in runners:
            self.situation.listen(runner.hear)
        for runner in runners:
            runner.start()
        self.manager.ready()
        end = self._watch(runners, fatal)
        self._stop(runners, end)
        return end

    def stepped(self) -> dict[str, datetime]:
        """When each loop finished its latest step. Safe from any thread."""
        return {runner.name: runner.stepped_at for runner in self._runners if runner.stepped_at is not None}

    def _watch(self, runners: Sequence[Runner], fatal: list[Fatal]) -> End:
        looked_at = self.clock.monotonic()
        while not fatal:
            now = self.clock.monotonic()
            if now - looked_at > STOOD_STILL_SECONDS:
                for runner in runners:
                    runner.excuse(now - looked_at)
            looked_at = now
            ended = [service.name for service in self.services if not service.is_alive()]
            if ended:
                logger.critical("{} does not run any more: the daemon ends, and is started anew", ", ".join(ended))
                return End.FATAL
            hung = [runner.name for runner in runners if not runner.is_alive_by(now)]
            if hung:
                logger.critical("no step in time from {}: the daemon ends, and is started anew", ", ".join(hung))
                self.hung = tuple(hung)
                return End.HUNG
            self.manager.alive()
            received = self._received(TICK_SECONDS)
            if received is None:
                continue
            if received is not signal.SIGHUP:
                logger.info("{} received", received.name)
                return End.STOP
            self.manager.reloading()
            if self.may_reload():
                return End.RELOAD
            self.manager.ready()
        return End.FATAL

    def _received(self, seconds: float) -> signal.Signals | None:
        """The next signal; None when none comes."""
        try:
            return self.signals.get(timeout=seconds)
        except queue.Empty:
            return None

    def _stop(self, runners: Sequence[Runner], end: End) -> None:
        """Nothing new; at an orderly end cards in printers are waited for; the next start recovers what is left."""
        self.situation.ending.set()
        if end is End.STOP:
            self.manager.stopping(LAST_SECONDS)
            self._drain(runners)
        for runner in runners:
            runner.stop()
        deadline = self.clock.monotonic() + (HUNG_STEP_SECONDS if end is End.HUNG else STEP_SECONDS)
        for runner in runners:
            if not runner.join(max(0.1, deadline - self.clock.monotonic())):
                logger.warning("{} is still in a step; it ends with the process", runner.name)

    def _drain(self, runners: Sequence[Runner]) -> None:
        deadline = self.clock.monotonic() + self.drain_seconds
        while waiting := sum(printing.may_have_a_card for printing in self.printing):
            now = self.clock.monotonic()
            if now >= deadline:
                logger.warning(
                    "cards still in printers after {:.0f} s (cups.drain): {}; the next start goes on with them",
                    self.drain_seconds,
                    waiting,
                )
                return
            self.manager.status(f"stopping: cards still in printers: {waiting}")
            if all(runner.is_alive_by(now) for runner in runners):
                self.manager.alive()
                self.manager.stopping(LAST_SECONDS)
            if self._received(TICK_SECONDS / 5) in (signal.SIGTERM, signal.SIGINT):
                logger.warning("told to stop again: not waiting for the cards in the printers")
                return
