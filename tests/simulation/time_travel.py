"""The database is replaced by a copy from earlier in the run; and what the people of the office do about it then."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from daemon.domain import ledger
from daemon.domain.continuity import Behind
from daemon.domain.errors import GiliranError
from daemon.domain.job import reprint
from daemon.domain.ledger import Count
from daemon.domain.states import State
from daemon.domain.token import Token, parse_token
from daemon.ports import LinkFailure, Store
from tests.simulation.central import Centre, SimulatedCentral
from tests.simulation.clock import Timeline
from tests.simulation.cups import Cups
from tests.simulation.database import Copy, Database
from tests.simulation.guard import Journal
from tests.simulation.invariants import Invariants
from tests.simulation.memory import JournalAtHand, SimulatedMemory
from tests.simulation.printer import Machine
from tests.simulation.process import Process
from tests.simulation.spooler import SimulatedSpooler
from tests.simulation.trace import Trace
from workers.reconciliation import Reconciliation, known_at

OFFICE = "1205"
_LOOK_SECONDS = 0.1


@dataclass(slots=True, kw_only=True)
class TimeMachine:
    """Puts copies back, and knows what was done about it."""

    process: Process
    disk: Database
    store: Store
    journal: Journal
    invariants: Invariants
    machines: tuple[Machine, ...]
    cups: Cups
    spooler: SimulatedSpooler
    centre: Centre
    central: SimulatedCentral
    timeline: Timeline
    rng: Random
    trace: Trace
    bringing: type[Reconciliation] = Reconciliation
    names_only: bool = False
    """A copy was put back, and the journal lost: which attempt a card in the tray is of, nobody can tell any more."""
    is_to_count: bool = False
    """What was loaded and spoiled since the copy is forgotten too: somebody looks into the hoppers."""
    _lay_before: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Copy:
        """As `giliran migrate` or an administrator makes one."""
        return self.disk.copy()

    def travel(self, copy: Copy, *, journal_lost: bool) -> None:
        """Kill the daemon; once it is dead, put the copy back before it starts again."""
        if self.process.is_there:
            self.process.kill()
            self.timeline.after(_LOOK_SECONDS, lambda: self.travel(copy, journal_lost=journal_lost))
        else:
            self._put_back(copy, journal_lost=journal_lost)

    def see_to_it(self) -> None:
        """One visit of the person who does as the runbook says: the daemon is started first, so that it syncs."""
        if not (self.process.is_running and self._printers_are_still() and self._is_in_sync()):
            return
        behind = self.store.past.behind()
        if behind is not None:
            self._reconcile(behind)
        if self.is_to_count and self.store.past.behind() is None and not self._is_under_way():
            self._count_hoppers()

    def surplus(self, record_id: str) -> int:
        """Cards of this person that lie there and are in no book."""
        return self._lying()[record_id] - len(self.store.issuances.of(record_id))

    def knows_a_later(self, name: str) -> bool:
        """`job confirm` sends one to reconcile first: the card that lies there may be the later attempt's."""
        token = parse_token(name)
        return token is not None and str(Token(token.record_id, token.attempt + 1)) in self.journal.names()

    def lying_since(self, token: str) -> list[bool]:
        """Of each card under this name whether it is good: those there when the journal was lost are others."""
        return [
            made.good
            for machine in self.machines
            for made in machine.tape[self._lay_before.get(machine.name, 0) :]
            if made.token == token
        ]

    def is_in_a_machine(self, record_id: str) -> bool:
        """Whether a card of theirs is being made."""
        names = [machine.card.token for machine in self.machines if machine.card is not None]
        return any(token.record_id == record_id for token in map(parse_token, names) if token)

    def _put_back(self, copy: Copy, *, journal_lost: bool) -> None:
        """By `giliran restore FILE`, or by hand where whatever outlives it will tell."""
        self.invariants.forgets()
        self.disk.put_back(copy)
        self.invariants.goes_back()
        by_hand = self._is_known_elsewhere() if journal_lost else self._would_be_seen() and self.rng.random() < 0.7
        if journal_lost:
            self.journal.lose()
            self.names_only = True
            self._lay_before = {machine.name: len(machine.tape) for machine in self.machines}
        self.trace.note(f"time: the database is put back{' by hand' if by_hand else ''}")
        if not by_hand:
            head = self.store.past.head()
            since = None if head is None else head.at
            behind = Behind(why="a copy was put back", since=since, journal_lost=journal_lost)
            self.store.past.found_behind(behind, self.timeline.now())
        self.is_to_count = True  # whether or not anybody notices: what was loaded since is forgotten

    def _would_be_seen(self) -> bool:
        """A copy of the same minute that has forgotten no card is as good as new but for what the centre was told."""
        kept = self.journal.checkpoints.get(OFFICE)
        return kept is not None and self.store.past.hash_at(kept.sequence) != kept.hash

    def _is_known_elsewhere(self) -> bool:
        """Without a journal: a copy from before the first start, of an office that the centre has heard of no card of,
        is a new office to all who could look."""
        knows_a_journal = any(self.store.printers.journal(machine.name) for machine in self.machines)
        return knows_a_journal or bool(self.centre.told)

    def _is_in_sync(self) -> bool:
        """As `status` shows it. Who is not known here yet cannot be looked for."""
        known = self.invariants.witness.states()
        at_centre = (record_id for record_id, record in self.centre.records.items() if record.status is not None)
        return self.centre.line_fails_at is None and all(record_id in known for record_id in at_centre)

    def _is_under_way(self) -> bool:
        """Blanks of theirs are neither in a hopper nor booked to their end."""
        counts = self.store.view.counts()
        return bool(counts[State.PRINTING] or counts[State.UNCONFIRMED])

    def _printers_are_still(self) -> bool:
        at_work = any(machine.card is not None for machine in self.machines)
        return not at_work and all(queue.guard is None for queue in self.cups.queues.values())

    def _reconcile(self, behind: Behind) -> None:
        """`giliran restore --reconcile`, and by name whoever lies in the tray and is in no book, if that is asked."""
        try:
            at_centre = known_at(self.central)
        except LinkFailure:
            return
        bringing = self.bringing(
            office=OFFICE,
            store=self.store,
            journal=JournalAtHand(self.journal),
            memory=SimulatedMemory(self.journal),
            spooler=self.spooler,
            printers={machine.name: machine.name for machine in self.machines},
            at=self.timeline.now(),
            actor="SITI",
            journal_lost=behind.journal_lost,
            at_centre=at_centre,
        )
        try:
            found = bringing.from_journal()
            not_now = found.not_now + bringing.from_centre().not_now
            bringing.mark_reported()
            for record_id in sorted(self._lying()) if behind.journal_lost else ():
                for _ in range(self.surplus(record_id)):
                    if not bringing.by_word(record_id, "it lies in the tray"):
                        self._reprint(record_id)
                        bringing.by_word(record_id, "another lies in the tray")
            if not not_now:
                bringing.finish("reconciled")
                self.is_to_count = True
        except GiliranError as error:
            self.trace.note(f"operator: reconciling waits: {error}")
            return
        self.trace.note(f"operator: reconciled, {len(found.printed)} brought in, not now: {not_now}")

    def _reprint(self, record_id: str) -> None:
        """Another card of somebody who is printed in these books: `giliran job reprint`, before it is named again."""
        job = self.store.jobs.job(record_id)
        self.store.jobs.apply(reprint(job, reason="two lie there", at=self.timeline.now(), actor="SITI"))

    def _count_hoppers(self) -> None:
        for machine in self.machines:
            count = Count(account=ledger.hopper(machine.name), quantity=machine.hopper, note="a copy was put back")
            self.store.ledger.count(count, at=self.timeline.now(), actor="SITI")
        self.is_to_count = False

    def _lying(self) -> Counter[str]:
        good = (parse_token(made.token) for machine in self.machines for made in machine.tape if made.good)
        return Counter(token.record_id for token in good if token)
