"""The people of the office: they see to printers, settle by the tape what is unconfirmed, and have whims."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from random import Random

from daemon.domain import job as moves
from daemon.domain import ledger
from daemon.domain.errors import GiliranError, LostRace
from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.ledger import Movement
from daemon.domain.recovery import UNPRINTABLE
from daemon.domain.states import State
from daemon.ports import Store
from tests.simulation.clock import Timeline
from tests.simulation.cups import Cups
from tests.simulation.effects import Effects
from tests.simulation.printer import Machine
from tests.simulation.time_travel import TimeMachine
from tests.simulation.trace import Trace
from tests.simulation.witness import Witness

NAME = "SITI"
SHIPMENT = 200
LOADED = 4

Move = Callable[[Job, datetime], Transition]


class Operator:
    """Acts through the store, as the command line does; knows of the machines what can be seen."""

    def __init__(
        self,
        *,
        store: Store,
        witness: Witness,
        machines: Sequence[Machine],
        cups: Cups,
        effects: Effects,
        timeline: Timeline,
        rng: Random,
        trace: Trace,
        time_machine: TimeMachine,
    ) -> None:
        self.acts = 0
        self.whims = 0.25
        """How likely a visit brings an act that nothing asked for."""
        self.is_closing = False
        """Nothing is left undone from now on."""
        self._store, self._witness, self._machines, self._cups = store, witness, machines, cups
        self._effects, self._timeline, self._rng, self._trace = effects, timeline, rng, trace
        self._time_machine = time_machine

    def open_the_office(self) -> None:
        """A shipment, some of it in the hoppers."""
        self._book(Movement(quantity=SHIPMENT, credit=ledger.CENTRE, debit=ledger.STORE, reason="received", batch="B1"))
        for machine in self._machines:
            self._store.printers.set_guarded_driver(machine.name, "card printer")  # `giliran printer guard`
            self._load(machine, self._rng.randint(2, 6))
        self._come_again()

    def _come_again(self) -> None:
        self._timeline.after(5.0 if self.is_closing else self._rng.uniform(1, 15), self._visit)

    def _visit(self) -> None:
        self._come_again()
        if self._effects.disk_is_full:
            return
        for machine in self._machines:
            if machine.needs_a_person and (self.is_closing or self._rng.random() < 0.5):
                self._see_to(machine)
        self._time_machine.see_to_it()
        states = self._witness.states()
        for record_id, state in states.items():
            if state == State.UNCONFIRMED and (self.is_closing or self._rng.random() < 0.6):
                self._confirm(record_id)
            elif state == State.HELD and (self.is_closing or self._rng.random() < 0.2):
                self._do(record_id, lambda job, at: moves.release(job, at=at, actor=NAME))
        if self.is_closing or self._rng.random() < 0.2:
            self._try_again()
        for queue in self._cups.queues.values():
            if queue.stopped and self._cups.alive and (self.is_closing or self._rng.random() < 0.5):
                self._cups.set_stopped(queue, stopped=False)
        if self.is_closing:
            paused = self._witness.paused()
            for machine in self._machines:
                if machine.name in paused or self._rng.random() < 0.2:
                    self._pause(machine, paused=False)
        elif states and self._rng.random() < self.whims:
            self._act(states)

    def _see_to(self, machine: Machine) -> None:
        self._trace.note(f"operator: sees to {machine.name} ({machine.condition or 'hopper or hung card'})")
        machine.clear()
        if machine.hopper == 0:
            self._load(machine, LOADED)
        self._pause(machine, paused=False)

    def _confirm(self, record_id: str) -> None:
        """By what lies there. While the machine is at work on that very card, it is waited for."""
        if self._time_machine.names_only and self._time_machine.is_in_a_machine(record_id):
            return
        token = f"giliran:{record_id}:{self._witness.attempts_of_jobs()[record_id]}"
        if any(machine.card is not None and machine.card.token == token for machine in self._machines):
            return
        if self._time_machine.knows_a_later(token):
            return
        lying = self._time_machine.lying_since(token)
        good = self._time_machine.surplus(record_id) > 0 if self._time_machine.names_only else any(lying)
        verdict = Verdict.PRINTED if good else Verdict.SPOILED if lying else Verdict.NO_CARD
        self._do(record_id, lambda job, at: moves.confirm(job, verdict, reason="looked", at=at, actor=NAME))

    def _try_again(self) -> None:
        """Those whose document was at fault: `job hold`, and at another visit `job release`."""
        for faulty in self._store.view.faulty(50):
            if UNPRINTABLE in str(faulty.reason):  # what the centre sent amiss it has to send again
                self._do(faulty.record_id, lambda job, at: moves.hold(job, reason="try once more", at=at, actor=NAME))

    def _act(self, states: dict[str, str]) -> None:
        record_id = self._rng.choice(sorted(states))
        machine = self._rng.choice(list(self._machines))
        whim = self._rng.random()
        if whim < 0.15:
            self._pause(machine, paused=self._rng.random() < 0.4)
        elif whim < 0.25:
            self._load(machine, 1)
        elif whim < 0.32 and machine.hopper > 1 and machine.card is None:
            self._spoil(machine)
        elif states[record_id] in (State.WAITING, State.READY):
            if self._rng.random() < 0.85:
                self._do(record_id, lambda job, at: moves.hold(job, reason="papers", at=at, actor=NAME))
            else:
                self._do(record_id, lambda job, at: moves.cancel(job, reason="moved away", at=at, actor=NAME))
        elif states[record_id] == State.PRINTED:
            if self._rng.random() < 0.3:
                self._do(record_id, lambda job, at: moves.reprint(job, reason="misprint", at=at, actor=NAME))
            else:
                self._do(record_id, lambda job, at: moves.hand_over(job, at=at, actor=NAME))

    def _do(self, record_id: str, move: Move) -> None:
        self.acts += 1
        with suppress(GiliranError):
            try:
                self._apply(record_id, move)
            except LostRace:
                self._apply(record_id, move)

    def _apply(self, record_id: str, move: Move) -> None:
        self._store.jobs.apply(move(self._store.jobs.job(record_id), self._timeline.now()))

    def _pause(self, machine: Machine, *, paused: bool) -> None:
        self._store.printers.set_paused(machine.name, paused, self._timeline.now(), NAME)

    def _load(self, machine: Machine, quantity: int) -> None:
        self._book(Movement(quantity=quantity, credit=ledger.STORE, debit=ledger.hopper(machine.name), reason="loaded"))
        machine.hopper += quantity

    def _spoil(self, machine: Machine) -> None:
        with suppress(GiliranError):
            self._book(
                Movement(quantity=1, credit=ledger.hopper(machine.name), debit=ledger.SPOILED, reason="factory_defect")
            )
            machine.hopper -= 1

    def _book(self, movement: Movement) -> None:
        self._store.ledger.move(movement, at=self._timeline.now(), actor=NAME)
