"""What goes wrong in the world outside, each kind by its name; and how all of it is put right at the end."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from daemon.domain.link import Stage
from daemon.domain.recovery import SpoolState
from tests.simulation.central import Centre, SimulatedCentral
from tests.simulation.clock import Timeline
from tests.simulation.cups import Cups
from tests.simulation.effects import CUT_POINTS, WRITES, Cut, Effects
from tests.simulation.guard import Guard, Journal
from tests.simulation.operator import Operator
from tests.simulation.printer import CardFault, Machine
from tests.simulation.process import Process
from tests.simulation.spooler import SimulatedEvents, SimulatedSpooler
from tests.simulation.time_travel import TimeMachine
from tests.simulation.trace import Trace

MEAN_FAULTS = 15
_TRIES, _BETWEEN_TRIES_SECONDS = 60, 0.25
"""Of a fault that waits for a card in a printer."""


@dataclass(slots=True, kw_only=True)
class World:
    """Everything outside the daemon, and the daemon's process."""

    timeline: Timeline
    rng: Random
    trace: Trace
    centre: Centre
    central: SimulatedCentral
    cups: Cups
    spooler: SimulatedSpooler
    events: SimulatedEvents
    journal: Journal
    machines: tuple[Machine, ...]
    effects: Effects
    operator: Operator
    process: Process
    time_machine: TimeMachine
    injected: Counter[str] = field(default_factory=Counter)

    def later(self, least: float, most: float, action: Callable[[], None]) -> None:
        """In so many seconds."""
        self.timeline.after(self.rng.uniform(least, most), action)


def put_on_agenda(world: World, horizon_seconds: float) -> None:
    """About so many faults, at any moment up to the horizon; then all is healed."""
    names, weights = list(FAULTS), [weight for weight, _ in FAULTS.values()]
    for name in world.rng.choices(names, weights, k=world.rng.randint(MEAN_FAULTS - 7, MEAN_FAULTS + 7)):
        world.timeline.after(world.rng.uniform(0, horizon_seconds), lambda name=name: _happens(world, name))  # type: ignore[misc]
    world.timeline.after(horizon_seconds, lambda: heal(world))


def heal(world: World) -> None:
    """The end of all faults; people see to what is left."""
    world.trace.note("world: heals")
    world.effects.cut = None
    world.effects.slowness = 0.0
    world.effects.unheard_of = None
    world.central.failing_calls = world.spooler.submissions_arrive_late = world.spooler.submissions_are_cut = 0
    world.cups.next_filter_fails = False
    world.spooler.refused_records.clear()
    _line_comes_back(world)
    _room_on_disk(world)
    _room_in_journal(world)
    _guards_are_told(world)
    world.cups.restart()
    world.cups.go_on()
    for queue in world.cups.queues.values():
        queue.accepting = queue.guarded = True
    for machine in world.machines:
        machine.faults.clear()
    world.operator.is_closing = True


def _happens(world: World, name: str) -> None:
    if world.operator.is_closing:
        return
    world.injected[name] += 1
    world.trace.note(f"FAULT: {name}")
    FAULTS[name][1](world)


# --- the link, the disk, the clock -------------------------------------------------------------------------------


def _line_fails(world: World) -> None:
    world.centre.line_fails_at = world.rng.choice(tuple(Stage))
    world.later(3, 60, lambda: _line_comes_back(world))


def _line_comes_back(world: World) -> None:
    world.centre.line_fails_at = None


def _calls_fail(world: World) -> None:
    world.central.failing_calls += world.rng.randint(1, 4)


def _disk_full(world: World) -> None:
    world.effects.disk_is_full = True
    world.later(0.5, 20, lambda: _room_on_disk(world))


def _commit_unheard_of(world: World) -> None:
    """The database dies between a commit and its answer."""
    world.effects.unheard_of = world.rng.choice(sorted(WRITES))


def _room_on_disk(world: World) -> None:
    world.effects.disk_is_full = False


def _journal_full(world: World) -> None:
    world.journal.is_full = True
    world.later(0.5, 15, lambda: _room_in_journal(world))


def _room_in_journal(world: World) -> None:
    world.journal.is_full = False


def _journal_lost(world: World) -> None:
    world.journal.lose()
    world.later(1, 30, lambda: _guards_are_told(world))


def _guards_are_told(world: World) -> None:
    """`giliran printer guard`, once somebody has read the log."""
    world.journal.in_guards = int(world.journal.there)


def _slow(world: World) -> None:
    world.effects.slowness = world.rng.choice((0.3, 1.0, 5.0))
    world.later(2, 20, lambda: _fast_again(world))


def _fast_again(world: World) -> None:
    world.effects.slowness = 0.0


def _document_refused(world: World) -> None:
    record_id = world.rng.choice(sorted(world.centre.records))
    world.spooler.refused_records.add(record_id)
    world.later(5, 60, lambda: world.spooler.refused_records.discard(record_id))


def _clock_jumps(world: World) -> None:
    world.timeline.jump(timedelta(seconds=world.rng.uniform(-12, 12) * 3600))


# --- CUPS --------------------------------------------------------------------------------------------------------


def _cups_dies(world: World, *, with_backends: bool) -> None:
    world.cups.die(with_backends=with_backends)
    lost = world.rng.random() < 0.1
    world.later(0.2, 25, lambda: world.cups.restart(spool_is_lost=lost))


def _cups_hangs(world: World) -> None:
    if world.cups.alive:
        world.cups.hung = True
        world.later(1, 90, world.cups.go_on)


def _submission_is_late(world: World) -> None:
    world.spooler.submissions_arrive_late += 1


def _submission_is_cut(world: World) -> None:
    world.spooler.submissions_are_cut += 1


def _queue_refuses(world: World) -> None:
    queue = world.rng.choice(list(world.cups.queues.values()))
    queue.accepting = False
    world.later(2, 30, lambda: setattr(queue, "accepting", True))


def _queue_stops(world: World) -> None:
    world.cups.set_stopped(world.rng.choice(list(world.cups.queues.values())), stopped=True)


def _cancelled_by_hand(world: World) -> None:
    _try(world, lambda: _meddle(world, world.cups.cancel, {SpoolState.HELD, SpoolState.PENDING, SpoolState.PROCESSING}))


def _released_by_hand(world: World) -> None:
    _try(world, lambda: _meddle(world, world.cups.release, {SpoolState.HELD}))


def _meddle(world: World, act: Callable[..., None], states: set[SpoolState]) -> bool:
    jobs = [job for job in world.cups.unfinished() if job.state in states]
    if not jobs or not world.cups.alive or world.cups.hung:
        return False
    act(world.rng.choice(jobs))
    return True


def _foreign_job(world: World) -> None:
    if world.cups.alive and not world.cups.hung:
        world.cups.foreign_job(world.rng.choice(list(world.cups.queues)))


def _forged_token(world: World) -> None:
    """Anybody who may print names a job as ours are named."""
    if world.cups.alive and not world.cups.hung:
        record_id, attempt = world.rng.choice(sorted(world.centre.records)), world.rng.randint(1, 3)
        world.cups.foreign_job(world.rng.choice(list(world.cups.queues)), f"giliran:{record_id}:{attempt}")


def _job_moved(world: World) -> None:
    """lpmove, to any queue."""
    queue = world.rng.choice(list(world.cups.queues))
    states = {SpoolState.HELD, SpoolState.PENDING, SpoolState.PROCESSING}
    _try(world, lambda: _meddle(world, lambda job: world.cups.move(job, queue), states))


def _guard_taken_away(world: World) -> None:
    """`lpadmin -v`, by somebody who does not know of the guard."""
    queue = world.rng.choice(list(world.cups.queues.values()))
    if world.cups.alive and not world.cups.hung:
        queue.guarded = False
        if queue.guard is not None:
            queue.guard.lose_front()
        world.later(2, 40, lambda: setattr(queue, "guarded", True))


def _cups_stopped_in_order(world: World) -> None:
    """As every night, when its logs are rotated."""
    world.cups.stop()
    world.later(0.2, 10, world.cups.restart)


def _events_missed(world: World) -> None:
    world.events.gap = True


def _filter_fails(world: World) -> None:
    world.cups.next_filter_fails = True


# --- guard and printer -------------------------------------------------------------------------------------------


def _guard_dies(world: World, *, with_backend: bool) -> None:
    _try(world, lambda: _with_guard(world, lambda guard, machine: guard.kill(with_backend=with_backend)))


def _front_dies(world: World) -> None:
    _try(world, lambda: _with_guard(world, lambda guard, machine: guard.lose_front()))


def _backend_dies(world: World) -> None:
    _try(world, lambda: _with_guard(world, lambda guard, machine: machine.kill_running()))


def _with_guard(world: World, act: Callable[[Guard, Machine], None]) -> bool:
    queues = [queue for queue in world.cups.queues.values() if queue.guard is not None]
    if not queues:
        return False
    queue = world.rng.choice(queues)
    assert queue.guard is not None
    act(queue.guard, queue.machine)
    return True


def _card_fault(world: World) -> None:
    world.rng.choice(world.machines).faults.append(world.rng.choice(tuple(CardFault)))


def _printer_refuses(world: World) -> None:
    machine = world.rng.choice(world.machines)
    machine.condition = world.rng.choice(("media-empty", "cover-open", "marker-supply-empty", "offline"))


# --- the daemon, and everything at once --------------------------------------------------------------------------


def _daemon_dies_at_a_point(world: World) -> None:
    world.effects.cut = Cut(world.rng.choice(CUT_POINTS), world.rng.randint(1, 2), world.rng.random() < 0.6)


def _daemon_and_cups_die_at_a_point(world: World) -> None:
    """Aimed at the moments at which CUPS has the job and the printer does not."""
    point = world.rng.choice(("spooler.submit_held", "jobs.submitted", "spooler.release", "jobs.released"))
    with_backends = world.rng.random() < 0.5
    world.effects.cut = Cut(
        point, 1, world.rng.random() < 0.8, also=lambda: _cups_dies(world, with_backends=with_backends)
    )


def _daemon_dies_soon(world: World) -> None:
    world.effects.cut = Cut(None, world.rng.randint(1, 60), world.rng.random() < 0.5)


def _time_travel(world: World, *, journal_lost: bool) -> None:
    """An administrator puts a copy back that was made a while ago; or the disk died, and the copy is all there is."""
    copy = world.time_machine.copy()

    def back() -> None:
        if not world.operator.is_closing:
            world.time_machine.travel(copy, journal_lost=journal_lost)
            world.later(1, 30, lambda: _guards_are_told(world))

    world.later(1, 50, back)


def _power_cut(world: World) -> None:
    world.process.kill()
    _cups_dies(world, with_backends=True)
    for machine in world.machines:
        machine.kill_all()
        machine.power_cut()


def _try(world: World, act: Callable[[], bool], left: int = _TRIES) -> None:
    """Now, or as soon as there is something to do it to."""
    if not act() and left and not world.operator.is_closing:
        world.timeline.after(_BETWEEN_TRIES_SECONDS, lambda: _try(world, act, left - 1))


FAULTS: Mapping[str, tuple[int, Callable[[World], None]]] = {
    "line down": (6, _line_fails),
    "central call fails": (4, _calls_fail),
    "disk full": (4, _disk_full),
    "commit unheard of": (4, _commit_unheard_of),
    "journal disk full": (2, _journal_full),
    "journal disk lost": (2, _journal_lost),
    "everything slow": (3, _slow),
    "wall clock jumps": (3, _clock_jumps),
    "cups killed, backend lives": (5, lambda world: _cups_dies(world, with_backends=False)),
    "cups killed with backend": (5, lambda world: _cups_dies(world, with_backends=True)),
    "cups hangs": (3, _cups_hangs),
    "submission arrives late": (3, _submission_is_late),
    "submission cut": (2, _submission_is_cut),
    "queue refuses jobs": (2, _queue_refuses),
    "document refused": (3, _document_refused),
    "queue stopped": (2, _queue_stops),
    "job cancelled by hand": (3, _cancelled_by_hand),
    "job released by hand": (2, _released_by_hand),
    "foreign job": (1, _foreign_job),
    "forged token": (2, _forged_token),
    "job moved": (3, _job_moved),
    "guard taken away": (2, _guard_taken_away),
    "cups stopped in order": (4, _cups_stopped_in_order),
    "events missed": (1, _events_missed),
    "filter fails": (3, _filter_fails),
    "guard killed": (4, lambda world: _guard_dies(world, with_backend=False)),
    "guard's front killed": (3, _front_dies),
    "guard and backend killed": (4, lambda world: _guard_dies(world, with_backend=True)),
    "backend killed": (3, _backend_dies),
    "card fault": (12, _card_fault),
    "printer refuses": (6, _printer_refuses),
    "daemon killed at a cut point": (14, _daemon_dies_at_a_point),
    "daemon and cups killed at a cut point": (6, _daemon_and_cups_die_at_a_point),
    "daemon killed soon": (6, _daemon_dies_soon),
    "daemon killed now": (4, lambda world: world.process.kill()),
    "daemon stopped": (2, lambda world: world.process.stop()),
    "power cut": (6, _power_cut),
    "time travel": (5, lambda world: _time_travel(world, journal_lost=False)),
    "time travel, journal lost": (2, lambda world: _time_travel(world, journal_lost=True)),
}
"""How often in proportion, and what happens."""
