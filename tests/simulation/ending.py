"""The end of a run: when faults have stopped and time has passed, everything is settled and every sum is right."""

from collections import Counter
from dataclasses import dataclass

from daemon.domain import ledger
from daemon.domain.ledger import Movement
from daemon.domain.log import is_intact
from daemon.domain.states import State
from daemon.ports import Store
from daemon.queries.fairness import order_violations, whole_log
from tests.ledger_fold import fold
from tests.simulation.cups import Cups
from tests.simulation.invariants import Invariants, Violation

_ISSUED = frozenset({State.PRINTED, State.HANDED_OVER})
_STILL_TO_DO = frozenset({State.READY, State.PRINTING, State.UNCONFIRMED, State.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is asked at the end."""

    invariants: Invariants
    cups: Cups
    store: Store

    def unsettled(self) -> str | None:
        """What is still to do; None when all is done."""
        witness, centre = self.invariants.witness, self.invariants.centre
        states = {record_id: State(state) for record_id, state in witness.states().items()}
        for record_id, record in centre.records.items():
            if record.status is not None and record_id not in states:
                return f"{record_id} is at the centre and not here"
        for record_id, state in states.items():
            if state in _STILL_TO_DO:
                return f"{record_id} is {state}"
            if state is State.WAITING and centre.is_print_ready(record_id):
                return f"{record_id} is print-ready at the centre and waits here"
        if witness.undelivered():
            return "the centre was not told of every card"
        left = sorted(job.name for job in self.cups.unfinished())
        return f"CUPS still holds {left}" if left else None

    def check(self) -> None:
        """Sums, chain, order, tape, reports."""
        self._check_blanks()
        self._check_log()
        self._check_reports()

    def _check_blanks(self) -> None:
        witness, machines = self.invariants.witness, self.invariants.machines
        balances = witness.balances()
        folded = fold(
            Movement(quantity=quantity, credit=credit, debit=debit, reason="fold")
            for debit, credit, quantity in witness.ledger()
        )
        if {account: sum_ for account, sum_ in folded.items() if sum_} != {
            account: sum_ for account, sum_ in balances.items() if sum_
        }:
            raise Violation("ledger", f"the sums that are kept are not the fold: {balances}, {folded}")
        for machine in machines:
            booked = balances.get(ledger.hopper(machine.name), 0)
            if booked != machine.hopper:
                raise Violation("blanks as they lie", f"{machine.name} has {machine.hopper} blanks, booked {booked}")
        made_of, booked_of = self.invariants.cards_of(), Counter(record_id for record_id, _ in witness.issued())
        if made_of != booked_of:
            raise Violation("every card is in the books", f"made are {dict(made_of)}, booked {dict(booked_of)}")
        good = sum(made.good for machine in machines for made in machine.tape)
        if balances.get(ledger.ISSUED, 0) != good:
            raise Violation("blanks as they lie", f"{good} cards made, {balances.get(ledger.ISSUED, 0)} booked")

    def _check_log(self) -> None:
        entries = list(whole_log(self.store.log))
        for number, entry in enumerate(entries, start=1):
            if entry.sequence != number or not is_intact(entry):
                raise Violation("log", f"broken at #{entry.sequence}")
        passed_over = order_violations(entries)
        if passed_over:
            raise Violation("order", str(passed_over[0]))

    def _check_reports(self) -> None:
        invariants = self.invariants
        if invariants.centre.doubled:
            raise Violation("reported once", f"{invariants.centre.doubled} cards were reported twice")
        cards = Counter(record_id for record_id, _ in invariants.witness.delivered())
        for record_id, told in (invariants.centre.told | cards).items():
            if not cards[record_id] == told == invariants.centre.told[record_id]:
                raise Violation("reported once", f"{record_id}: {told} cards reported, {cards[record_id]} by the books")
        for record_id, state in invariants.witness.states().items():
            expected = invariants.reprints[record_id] + (State(state) in _ISSUED)
            if cards[record_id] > 1 + invariants.reprints[record_id] or cards[record_id] < expected:
                raise Violation("reported once", f"{record_id} is {state}, {cards[record_id]} cards reported")
