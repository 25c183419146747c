"""The daemon's process: the real loops, stepped one at a time on the virtual clock, until they die.

While one loop waits in a call, others make their steps inside it, as threads would: whole steps, never two of the
same loop, and none that would wait for a lock the waiting one holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from daemon.domain.errors import Fatal, GiliranError
from daemon.settings.models import Cups
from tests.simulation.clock import Timeline
from tests.simulation.effects import Death, Effects
from tests.simulation.trace import Trace
from workers.assembly import Office
from workers.backoff import Backoff
from workers.centre.link_watch import LinkWatch
from workers.leadership import Led
from workers.printing.print_queue import PrintQueue
from workers.runner import FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS, Loop, Pause, pause
from workers.situation import Topic

RESTARTS_AFTER_SECONDS = (1.0, 20.0)
DRAIN_SECONDS = Cups().drain.total_seconds()
"""As the product has it."""
QUIET_STEPS = 1
LATEST_SECONDS = 20.0


class LoopBroke(Exception):
    """A loop raised what no loop may raise."""


@dataclass(slots=True, eq=False)
class _Slot:
    """What workers/runner.py keeps of a loop."""

    loop: Loop
    due_at: float
    backoff: Backoff = field(
        default_factory=lambda: Backoff(first_seconds=FIRST_RETRY_SECONDS, longest_seconds=LONGEST_RETRY_SECONDS)
    )
    quiet_steps: int = 0
    """In a row, in which nothing whatever happened anywhere."""
    lines: int = 0
    in_step: bool = False
    heard: set[Topic] = field(default_factory=set)
    but_for: frozenset[Topic] = frozenset()


class Life(StrEnum):
    """Of the process."""

    DOWN = "down"
    STARTING = "starting"
    RUNNING = "running"


class Process:
    """Starts, steps, waits, dies, starts again."""

    def __init__(
        self, *, timeline: Timeline, rng: Random, trace: Trace, effects: Effects, assemble: Callable[[], Office]
    ) -> None:
        self.deaths = 0
        self.after_step: Callable[[], None] = lambda: None
        self.laziness: tuple[float, ...] = (1.0,)
        """By such factors a loop comes later than it meant to."""
        self.waking_seconds = 0.2
        """So long it may take until a loop that was woken makes its step."""
        self._timeline, self._rng, self._trace, self._effects = timeline, rng, trace, effects
        self._assemble = assemble
        self._life = Life.DOWN
        self._due_at = timeline.monotonic()
        self._office: Office | None = None
        self._slots: list[_Slot] = []
        self._stop_by: float | None = None
        self._fatal = False

    @property
    def due_at(self) -> float:
        """When it does something next."""
        return self._due_at if self._life is Life.DOWN else min(slot.due_at for slot in self._slots)

    @property
    def is_running(self) -> bool:
        """Whether its loops run."""
        return self._life is Life.RUNNING

    @property
    def is_there(self) -> bool:
        """Whether it could answer somebody."""
        return self._life is not Life.DOWN

    def go_on(self) -> None:
        """What is due now: the start, or a step of one loop."""
        try:
            if self._life is Life.DOWN:
                self._start()
            else:
                self._step(min(self._slots, key=lambda slot: slot.due_at))
                self._end_in_order()
        except Death as death:
            self._die(str(death))
        except GiliranError as error:  # Fatal in a loop, or anything at the start
            self._die(f"{type(error).__name__}: {error}")

    def kill(self) -> None:
        """SIGKILL, at this very moment."""
        if any(slot.in_step for slot in self._slots) or self._life is Life.STARTING:
            self._effects.killed = True
        elif self._life is Life.RUNNING:
            self._die("killed between steps")

    def stop(self) -> None:
        """SIGTERM: nothing new is started, cards in printers are waited for."""
        if self._life is Life.RUNNING and self._office is not None and self._stop_by is None:
            self._trace.note("daemon: told to stop")
            self._office.situation.ending.set()
            self._stop_by = self._timeline.monotonic() + DRAIN_SECONDS

    def wait(self, seconds: float) -> None:
        """A call takes so long: the world and the other loops go on."""
        if self._timeline.acting:
            return
        end = self._timeline.monotonic() + seconds
        while True:
            slot = self._runnable()
            moment = min(self._timeline.next_at, slot.due_at if slot is not None else end, end)
            self._timeline.run_until(moment)
            if self._timeline.monotonic() >= end or self._effects.killed:
                return
            slot = self._runnable()
            if slot is not None and slot.due_at <= self._timeline.monotonic():
                self._step(slot)

    def _start(self) -> None:
        self._trace.note("daemon: starts")
        self._life, self._stop_by, self._fatal = Life.STARTING, None, False
        self._effects.killed = False
        self._slots = []
        office = self._office = self._assemble()
        office.at_start()
        now = self._timeline.monotonic()
        self._slots = [_Slot(loop, now) for loop in office.loops]
        office.situation.listen(self._hear)
        self._life = Life.RUNNING
        self.after_step()

    def _step(self, slot: _Slot) -> None:
        slot.in_step = True
        slot.due_at = float("inf")
        slot.heard.clear()
        try:
            asked = slot.loop.step()
        except Fatal:
            raise
        except GiliranError as error:
            self._trace.note(f"  {slot.loop.name}: {type(error).__name__} {error}")
            asked = slot.backoff.failed()
        except Exception as error:
            raise LoopBroke(f"{slot.loop.name}: {type(error).__name__}: {error}") from error
        else:
            slot.backoff.succeeded()
        finally:
            slot.in_step = False
        wait = asked if isinstance(asked, Pause) else pause(asked)
        lag = self._rng.uniform(0.0001, 0.01)
        due_at = (
            self._timeline.monotonic() + wait.seconds * self._rng.choice(self.laziness) * self._patience(slot) + lag
        )
        slot.but_for, slot.due_at = wait.but_for, due_at
        if slot.heard & slot.but_for:
            self._wake(slot)
        self.after_step()

    def _patience(self, slot: _Slot) -> int:
        """A loop in a world where nothing happens comes ever later: it would find nothing, and runs are to be short."""
        if isinstance(slot.loop, Led) and isinstance(slot.loop.loop, LinkWatch):
            return 1  # the moments of its probes are what is looked at
        lines = len(self._trace.lines)
        slot.quiet_steps = slot.quiet_steps + 1 if lines == slot.lines else 0
        slot.lines = lines
        return 1 << min(max(0, slot.quiet_steps - QUIET_STEPS), 5)

    def _runnable(self) -> _Slot | None:
        """The next loop that may make a step while another one waits in a call."""
        if self._office is None or self._life is not Life.RUNNING:
            return None
        turn_is_taken = any(queue.turn.locked() for queue in self._office.print_queues)
        free = [
            slot
            for slot in self._slots
            if not slot.in_step and not (turn_is_taken and isinstance(slot.loop, PrintQueue) and not slot.loop.is_busy)
        ]
        return min(free, key=lambda slot: slot.due_at, default=None)

    def _hear(self, topic: Topic) -> None:
        for slot in self._slots:
            if slot.in_step:
                slot.heard.add(topic)
            elif topic in slot.but_for:
                self._wake(slot)

    def _wake(self, slot: _Slot) -> None:
        slot.due_at = min(slot.due_at, self._timeline.monotonic() + self._rng.uniform(0.0001, self.waking_seconds))

    def _end_in_order(self) -> None:
        if self._stop_by is None or self._office is None:
            return
        busy = any(queue.is_busy for queue in self._office.print_queues)
        if not busy or self._timeline.monotonic() >= self._stop_by:
            self._die("stopped" if not busy else "stopped with a card in a printer")

    def _die(self, how: str) -> None:
        self._trace.note(f"daemon: dead ({how})")
        self.deaths += 1
        self._life = Life.DOWN
        self._office = None
        self._slots = []
        self._effects.killed = False
        self._due_at = self._timeline.monotonic() + self._rng.uniform(*RESTARTS_AFTER_SECONDS)
