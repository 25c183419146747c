import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.clock import SystemClock
from daemon.domain.errors import Fatal, Retryable
from tests.fakes.clock import ManualClock
from tests.waiting import eventually
from workers.runner import Pause, Runner, pause
from workers.situation import Topic


@dataclass
class Scripted:
    """A loop that does one thing a step, then sleeps for an hour."""

    script: list[Callable[[], float | Pause]]
    name: str = "scripted"
    patience_seconds: float = 5.0
    steps: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    def step(self) -> float | Pause:
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


def test_what_a_loop_waits_for_makes_its_next_step_at_once() -> None:
    loop = Scripted([lambda: pause(3600, Topic.TURN)])
    runner = run(loop)
    eventually(lambda: loop.steps == 1, what="the first step")
    runner.hear(Topic.TURN)
    eventually(lambda: loop.steps == 2, what="the woken step")
    runner.stop()
    assert runner.join(5)


def test_what_a_loop_does_not_wait_for_lets_it_sleep() -> None:
    loop = Scripted([lambda: 3600, lambda: pause(3600, Topic.TURN)])
    runner, other = run(loop), Scripted([lambda: pause(3600, Topic.LINK)] * 9)
    witness = run(other)
    eventually(lambda: (loop.steps, other.steps) == (1, 1), what="the first steps")
    for steps in range(2, 9):
        runner.hear(Topic.LINK)
        witness.hear(Topic.LINK)
        eventually(lambda steps=steps: other.steps == steps, what="the step of one that does wait for it")  # type: ignore[misc]
    assert loop.steps == 1
    for each in (runner, witness):
        each.stop()
        assert each.join(5)


def test_what_happens_during_a_step_is_not_missed() -> None:
    runners: list[Runner] = []

    def meanwhile() -> Pause:
        runners[0].hear(Topic.QUEUE)
        return pause(3600, Topic.QUEUE)

    loop = Scripted([meanwhile])
    runners.append(Runner(loop, clock=SystemClock(), on_fatal=lambda error: None))
    runners[0].start()
    eventually(lambda: loop.steps == 2, what="the step after")
    runners[0].stop()
    assert runners[0].join(5)


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
