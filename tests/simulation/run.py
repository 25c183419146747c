"""One run: a world, the daemon in it, faults; from a seed to a verdict."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from loguru import logger

from daemon.settings import Central, Database, Outage, Printer, Probing, Settings, Syncing
from daemon.settings import Office as OfficeSettings
from tests.fakes.lease import LoneLease
from tests.simulation import faults, people
from tests.simulation.bugs import NO_BUG, Bug
from tests.simulation.central import Centre, Renderer, SimulatedCentral
from tests.simulation.clock import Timeline
from tests.simulation.cups import Cups, CupsJob, CupsQueue
from tests.simulation.database import Database as Disk
from tests.simulation.effects import Effects
from tests.simulation.ending import Ending
from tests.simulation.guard import Answer, Guard, Journal
from tests.simulation.instructions import Instructions
from tests.simulation.invariants import Invariants, Violation
from tests.simulation.memory import SimulatedMemory
from tests.simulation.operator import Operator
from tests.simulation.printer import Machine
from tests.simulation.process import LoopBroke, Process
from tests.simulation.spooler import SimulatedEvents, SimulatedSpooler
from tests.simulation.time_travel import TimeMachine
from tests.simulation.trace import Trace
from tests.simulation.witness import Witness
from workers.assembly import Office, Outside, assemble

HORIZON_SECONDS = (30.0, 80.0)
"""So long things go wrong."""
PATIENCE_SECONDS = 1800.0
"""So long after that everything is settled."""
INSTRUCTED = 0.25
"""How likely a run has rules above the recording time."""
LEFT_OUT = 0.1
"""How likely a start of the daemon has a configuration that knows the first printer alone."""
CLOCK_IS_SET_RIGHT_AFTER_SECONDS = 700.0
"""What waits by the wall clock may have had it set back under its feet: it must not wait for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a seed."""

    seed: int
    violation: str | None
    """None when every invariant held."""
    injected: Counter[str]
    deaths: int
    cards: int
    unconfirmed: int
    virtual_seconds: float
    calls: int
    waited_for_clock: bool
    """Settled only when the wall clock was set forward again."""
    digest: str
    lines: tuple[str, ...]
    """The trace."""


def run(seed: int, disk: Disk, bug: Bug = NO_BUG) -> Result:
    """The same seed gives the same trace, always."""
    logger.disable("workers")
    try:
        simulation = Simulation(seed, disk, bug)
        violation = simulation.play()
    finally:
        logger.enable("workers")
    world = simulation.world
    return Result(
        seed=seed,
        violation=violation,
        injected=world.injected,
        deaths=world.process.deaths,
        cards=sum(simulation.invariants.good_cards().values()),
        unconfirmed=simulation.invariants.unconfirmed,
        virtual_seconds=world.timeline.monotonic(),
        calls=world.effects.calls,
        waited_for_clock=simulation.waited_for_clock,
        digest=world.trace.digest(),
        lines=tuple(world.trace.lines),
    )


class Simulation:
    """A world with a daemon in it."""

    def __init__(self, seed: int, disk: Disk, bug: Bug) -> None:
        self._rng = rng = Random(seed)
        self._timeline = timeline = Timeline()
        self._bug = bug
        self.waited_for_clock = False
        self._left_out = False
        self._settings = _settings(rng)
        chance = Random(f"instructions of {seed}")
        self._instructions = Instructions(
            rng=chance,
            timeline=timeline,
            are_given=chance.random() < INSTRUCTED,
            is_closing=lambda: self.world.operator.is_closing,
        )
        self._filter_seconds = rng.choice((0.2, 3.0, 20.0))
        self._store = disk.empty(timeline)
        trace = Trace(timeline.monotonic)
        witness = Witness(disk.witness)
        effects = Effects(timeline, rng, trace)
        effects.data_version = witness.data_version
        process = Process(timeline=timeline, rng=rng, trace=trace, effects=effects, assemble=self._assemble)
        process.laziness = rng.choice(((1.0,), (1.0, 1.0, 4.0), (1.0, 4.0, 16.0), (4.0, 16.0)))
        process.waking_seconds = rng.choice((0.05, 2.0, 5.0))
        effects.wait = process.wait
        machines = tuple(Machine(printer.name, timeline, rng, trace) for printer in self._settings.printers)
        centre = Centre(timeline, rng, trace)
        central = SimulatedCentral(centre, rng, timeline, process.wait)
        journal = Journal(trace)
        cups = _cups(self._settings, machines, timeline=timeline, rng=rng, trace=trace)
        cups.start_guard = self._start_guard
        spooler = SimulatedSpooler(cups, journal, process.wait, lambda job: self.invariants.on_release(job))
        self.invariants = Invariants(
            witness=witness,
            machines=machines,
            centre=centre,
            journal=journal,
            trace=trace,
            rules=lambda: self._instructions.rules,
        )
        for machine in machines:
            machine.on_data, machine.on_made = self.invariants.on_data, self.invariants.on_made
        process.after_step = self.invariants.after_step
        self.ending = Ending(invariants=self.invariants, cups=cups, store=self._store)
        time_machine = TimeMachine(
            process=process,
            disk=disk,
            store=self._store,
            journal=journal,
            invariants=self.invariants,
            machines=machines,
            cups=cups,
            spooler=spooler,
            centre=centre,
            central=central,
            timeline=timeline,
            rng=rng,
            trace=trace,
            bringing=bug.bringing,
        )
        self.world = faults.World(
            timeline=timeline,
            rng=rng,
            trace=trace,
            centre=centre,
            central=central,
            cups=cups,
            spooler=spooler,
            events=SimulatedEvents(cups, process.wait),
            journal=journal,
            machines=machines,
            effects=effects,
            operator=Operator(
                store=self._store,
                witness=witness,
                machines=machines,
                cups=cups,
                effects=effects,
                timeline=timeline,
                rng=rng,
                trace=trace,
                time_machine=time_machine,
            ),
            process=process,
            time_machine=time_machine,
        )

    def play(self) -> str | None:
        """Until all is settled and checked; the violation, if there is one."""
        try:
            self._play()
        except Violation as violation:
            self.world.trace.note(f"VIOLATED: {violation}")
            return str(violation)
        except LoopBroke as broken:
            self.world.trace.note(f"VIOLATED: no loop breaks: {broken}")
            return f"no loop breaks: {broken}"
        return None

    def _play(self) -> None:
        timeline, world = self._timeline, self.world
        horizon_seconds = self._rng.uniform(*HORIZON_SECONDS)
        healed_at = timeline.monotonic() + horizon_seconds
        crowd = people.crowd(self._rng)
        crowd = replace(crowd, records=self._instructions.classified(crowd.records))
        people.put_on_agenda(crowd, world.centre, timeline, self._rng, horizon_seconds)
        everybody = [record.record_id for record in crowd.records]
        self._instructions.put_on_agenda(self._store.order, everybody, self._settings)
        world.operator.open_the_office()
        registered = [record for record in crowd.records if record.record_id in crowd.registered]
        self._store.records.register(registered, timeline.now(), "SITI")
        faults.put_on_agenda(world, horizon_seconds)
        unsettled: str | None = "not looked yet"
        look_at = healed_at
        while unsettled is not None:
            timeline.run_until(min(timeline.next_at, world.process.due_at))
            if world.process.due_at <= timeline.monotonic():
                world.process.go_on()
            if world.operator.is_closing and (self._left_out or self._instructions.hold_somebody_back):
                world.process.stop()  # the configuration is put right
            if timeline.monotonic() >= look_at:
                unsettled = self.ending.unsettled() if world.process.is_running else "the daemon is down"
                if unsettled is None and world.time_machine.is_to_count:
                    unsettled = "the hoppers are not counted yet"
                look_at = timeline.monotonic() + 1.0
            if timeline.monotonic() > healed_at + CLOCK_IS_SET_RIGHT_AFTER_SECONDS and not self.waited_for_clock:
                self.waited_for_clock = True
                timeline.jump(timedelta(days=1))
            if timeline.monotonic() > healed_at + PATIENCE_SECONDS:
                raise Violation("everything is settled in the end", str(unsettled))
        self.invariants.after_step()
        self.ending.check()

    def _assemble(self) -> Office:
        world, effects = self.world, self.world.effects
        world.journal.expect(None)  # a daemon that starts knows nothing yet
        world.spooler.offers.clear()
        self.invariants.after_step()  # by the rules of the life before
        settings = self._instructions.into(self._settings_of_this_life())
        outside = Outside(
            store=effects.store(self._store, but_for=self._instructions.without_chance),
            central=effects.around("central", world.central),
            spooler=effects.around("spooler", world.spooler),
            events=effects.around("events", world.events),
            journal=effects.around("journal", world.journal),
            memory=effects.around("memory", SimulatedMemory(world.journal)),
            renderer=effects.around("render", Renderer()),
            lease=LoneLease(),
            clock=self._timeline,
            chance=Random(self._rng.random()),
        )
        return self._bug.office(assemble(settings, self._bug.outside(outside)))

    def _start_guard(self, job: CupsJob, machine: Machine, exited: Callable[[int], None]) -> Guard:
        world, bug = self.world, self._bug
        return Guard(
            token=job.name,
            machine=machine,
            journal=world.journal,
            fetch=lambda: self._answer(job),
            filters_fail=world.cups.filters_fail,
            filter_seconds=self._filter_seconds,
            exited=exited,
            timeline=self._timeline,
            rng=self._rng,
            fails_open=bug.guard_fails_open,
            keeps_what_was_taken_back=bug.guard_keeps_what_was_taken_back,
            believes_exit_zero=bug.guard_believes_exit_zero,
            prints_what_nobody_granted=bug.guard_asks_nobody,
        )

    def _answer(self, job: CupsJob) -> Answer:
        """The daemon's, to the guard of this job."""
        if not self.world.process.is_there:
            return Answer.NOBODY
        offered = self.world.spooler.offers.get(job.name)
        asked = (job.number, job.queue, self.world.journal.there)
        return Answer.GRANTED if offered == asked else Answer.REFUSED

    def _settings_of_this_life(self) -> Settings:
        """Now and then the second printer is taken out of the configuration, whatever is in it."""
        self._left_out = not self.world.operator.is_closing and self._rng.random() <= LEFT_OUT
        if not self._left_out:
            return self._settings
        return self._settings.model_copy(update={"printers": self._settings.printers[:1]})


def _cups(settings: Settings, machines: tuple[Machine, ...], *, timeline: Timeline, rng: Random, trace: Trace) -> Cups:
    queues = {
        printer.queue: CupsQueue(printer.queue, machine)
        for printer, machine in zip(settings.printers, machines, strict=True)
    }
    return Cups(
        timeline=timeline,
        rng=rng,
        trace=trace,
        queues=queues,
        saves_after_seconds=rng.choice((0.0, 0.0, 2.0, 30.0)),
        keeps_history=rng.random() < 0.8,
        start_seconds=rng.choice((0.1, 1.0)),
    )


def _settings(rng: Random) -> Settings:
    """One or two card printers; a line that is asked more often than in life, so that runs are short."""
    return Settings(
        office=OfficeSettings(code="1205", name="Kantor Contoh"),
        database=Database(url="sqlite:////nowhere/giliran.db"),
        central=Central(
            url="https://central.example/api",
            probe=Probing(interval=timedelta(seconds=rng.choice((5, 15)))),
            sync=Syncing(interval=timedelta(seconds=rng.choice((8, 20))), page_size=rng.choice((2, 500, 500))),
        ),
        outage=Outage(policy=rng.choice(("pause", "pause", "drain")), drain_for=timedelta(seconds=30)),
        printers=tuple(
            Printer(name=f"card-{number}", kind="card", queue=f"Cards_{number}", options={"media": "CR80"})
            for number in range(1, rng.choice((1, 2, 2)) + 1)
        ),
    )
