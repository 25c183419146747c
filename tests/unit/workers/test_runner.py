import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.clock import SystemClock
from daemon.domain.errors import Fatal, Retryable
from tests.fakes.clock import ManualClock
from tests.waiting import eventually
from workers.runner import Runner


@dataclass
class Scripted:
    """A loop that does one thing a step, then sleeps for an hour."""

    script: list[Callable[[], float]]
    name: str = "scripted"
    patience_seconds: float = 5.0
    steps: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    def step(self) -> float:
        self.steps += 1
        return self.script.pop(0)() if self.script else 3600.0

    def close(self) -> None:
        self.closed.set()


def fails(error: Exception) -> Callable[[], float]:
    def step() -> float:
        raise error

    return step


def run(loop: Scripted, fatal: list[Fatal] | None = None) -> Runner:
    runner = Runner(loop, clock=SystemClock(), on_fatal=(fatal if fatal is not None else []).append)
    runner.start()
    return runner


def test_a_step_that_fails_is_tried_again() -> None:
    loop = Scripted([fails(Retryable("not now")), fails(ValueError("a bug"))])
    runner = run(loop)
    eventually(lambda: loop.steps == 3, what="the third step")
    runner.stop()
    assert runner.join(5)
    assert loop.closed.is_set()


def test_a_wake_makes_the_next_step_at_once() -> None:
    loop = Scripted([])
    runner = run(loop)
    eventually(lambda: loop.steps == 1, what="the first step")
    runner.wake()
    eventually(lambda: loop.steps == 2, what="the woken step")
    runner.stop()
    assert runner.join(5)


def test_what_is_fatal_is_told_and_the_thread_lives_on_to_be_stopped() -> None:
    told: list[Fatal] = []
    runner = run(Scripted([fails(Fatal("the journal is gone"))]), told)
    eventually(lambda: told, what="the fatal error")
    runner.stop()
    assert runner.join(5)
    assert str(told[0]) == "the journal is gone"


def test_a_hung_step_is_seen_after_its_patience() -> None:
    clock, release = ManualClock(), threading.Event()
    told: list[Fatal] = []
    runner = Runner(Scripted([lambda: float(release.wait(30))]), clock=clock, on_fatal=told.append)
    runner.start()
    assert runner.is_alive_by(clock.monotonic() + 4.9)
    assert not runner.is_alive_by(clock.monotonic() + 5.1)
    release.set()
    runner.stop()
    assert runner.join(5)
    assert not runner.is_alive_by(clock.monotonic()), "a thread that ended is not alive"
