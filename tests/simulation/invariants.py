"""What must hold after every step, and at the end. Each has a name under which a failing run is reported."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from daemon.domain.ledger import MAY_GO_BELOW_ZERO
from daemon.domain.recovery import Mark, MarkKind
from daemon.domain.rules import Rules, from_details
from daemon.domain.states import State
from daemon.domain.token import Token, parse_token
from tests.simulation.central import Centre
from tests.simulation.cups import CupsJob
from tests.simulation.guard import Journal
from tests.simulation.printer import Machine, Made
from tests.simulation.trace import Trace
from tests.simulation.turns import Turns
from tests.simulation.witness import Logged, Witness

_REFUSALS = frozenset({"media-empty", "cover-open", "marker-supply-empty", "offline"})


class Violation(BaseException):
    """An invariant does not hold. Not an Exception: the code under test must not catch it."""

    def __init__(self, invariant: str, found: str) -> None:
        super().__init__(f"{invariant}: {found}")
        self.invariant = invariant


@dataclass(slots=True, kw_only=True)
class Invariants:
    """Follows the log, the tapes and CUPS, and compares."""

    witness: Witness
    machines: Sequence[Machine]
    centre: Centre
    journal: Journal
    trace: Trace
    rules: Callable[[], Rules] = Rules
    """Of the order, by the daemon's configuration."""
    unconfirmed: int = 0
    reprints: Counter[str] = field(default_factory=Counter)
    """Authorised, by the log that is there."""
    _reprints_forgotten: Counter[str] = field(default_factory=Counter)
    """By a log that a copy was put in the place of."""
    _open_forgotten: set[Token] = field(default_factory=set)
    _states: dict[str, State] = field(default_factory=dict)
    _turns: Turns = field(default_factory=Turns)
    _seen: int = 0
    _version: int = -1

    # --- at the machines and at CUPS ---

    def on_data(self, name: str) -> None:
        """The first byte reaches a device: that card was authorised before, durably, and still is."""
        token = _token(name)
        if token in self._open_forgotten:
            return  # by a database that is not there any more, and before it was exchanged
        if self.witness.open_attempt(token.record_id, token.attempt) is None:
            raise Violation("authorised before it is printed", f"{name} reached the device and is no open attempt")

    def on_made(self, made: Made) -> None:
        """A card came out: one at most for each authorisation."""
        if not made.good:
            return
        record_id = _token(made.token).record_id
        good = self.good_cards()
        if good[made.token] > 1:
            raise Violation("one card at most", f"{made.token} was printed {good[made.token]} times")
        of_record = sum(count for token, count in good.items() if _token(token).record_id == record_id)
        if of_record > 1 + max(self.reprints[record_id], self._reprints_forgotten[record_id]):
            raise Violation("one card at most", f"{record_id} has {of_record} cards")

    def on_release(self, job: CupsJob) -> None:
        """CUPS is told to print: number and uuid were committed before."""
        token = _token(job.name)
        attempt = self.witness.open_attempt(token.record_id, token.attempt)
        if attempt is not None and attempt[1:] != (job.number, job.uuid):
            raise Violation("committed before it is released", f"job {job.number} {job.name} is not known by number")

    def good_cards(self) -> Counter[str]:
        """By token, over all tapes."""
        return Counter(made.token for machine in self.machines for made in machine.tape if made.good)

    def cards_of(self) -> Counter[str]:
        """Good cards by record."""
        made = self.good_cards()
        return sum((Counter({_token(name).record_id: count}) for name, count in made.items()), Counter[str]())

    # --- when a copy of the database is put back ---

    def forgets(self) -> None:
        """What the database knows now it will have forgotten: what was authorised stays so."""
        self._reprints_forgotten |= self.witness.reprints()
        self._open_forgotten |= {Token(*found) for found in self.witness.open_tokens()}

    def goes_back(self) -> None:
        """The copy is there: its log goes on from where it ends."""
        self._seen = self.witness.end_of_log()
        self._states = {record_id: State(state) for record_id, state in self.witness.states().items()}
        self.reprints = self.witness.reprints()
        self._turns = Turns()
        for entry in self.witness.log(0):
            self._turns.follow(entry)
        self._version = -1

    # --- after every step ---

    def after_step(self) -> None:
        """Everything that the log says is new, then the sums."""
        version = self.witness.data_version()
        entries = self.witness.log(self._seen) if version != self._version else []
        self._version = version
        if not entries:
            return
        for entry in entries:
            self._follow(entry)
            self._turns.follow(entry)
        self._seen = entries[-1].sequence
        self._compare()

    def _follow(self, entry: Logged) -> None:
        details, record_id = entry.details, entry.record_id
        before, after, reason = (details.get(name) for name in ("before", "after", "reason"))
        moved = f"{before or '-'} → {after}" if after else ""
        self.trace.note(f"log: #{entry.sequence} {entry.actor} {entry.event} {record_id or ''} {moved} {reason or ''}")
        if record_id is None or after is None:
            return
        was = self._states.get(record_id)
        if was != before:
            raise Violation("the log tells every move", f"#{entry.sequence}: {record_id} was {was}, not {before}")
        now = State(after)
        if was is not None and now is not was and now not in was.leaves_to:
            raise Violation("legal moves", f"#{entry.sequence}: {record_id} {was} → {now}")
        self._states[record_id] = now
        token = f"giliran:{record_id}:{details.get('attempt')}"
        match entry.event:
            case "started":
                self._check_turn(record_id, details)
            case "reprint":
                self.reprints[record_id] += 1
            case "attempt_printed" if not self.good_cards()[token]:
                raise Violation("printed means a card", f"{token} is called printed, and no good card is on the tape")
            case "attempt_in_doubt":
                self.unconfirmed += 1
                self._check_doubt(token)

    def _check_turn(self, started: str, details: Mapping[str, Any]) -> None:
        turns = {record_id: (self.centre.records[record_id].recorded_at, record_id) for record_id in self._states}
        ready = [turns[record_id] for record_id, state in self._states.items() if state is State.READY]
        if from_details(self._turns.rules) != self.rules():
            raise Violation("order", f"{started} was started, and the rules were not those of the configuration")
        fault = self._turns.fault(turns[started], ready, details)
        if fault is not None:
            raise Violation("order", fault)

    def _check_doubt(self, token: str) -> None:
        attempt = _token(token)
        mark = self.journal.look(attempt)
        is_lost = self.witness.journal_of(attempt.record_id, attempt.attempt) != self.journal.there
        if not is_lost and not _is_unclear(mark):
            raise Violation("wrongly unconfirmed", f"{token}: the journal could tell: {mark}")

    def _compare(self) -> None:
        states = self.witness.states()
        if states != self._states:
            raise Violation("nobody is lost", f"jobs are {states}, by the log {self._states}")
        counts = Counter(states.values())
        if counts != self.witness.counts():
            raise Violation("counts", f"{self.witness.counts()} are kept, {dict(counts)} are there")
        balances = self.witness.balances()
        if sum(balances.values()):
            raise Violation("ledger", f"the sum is not zero: {balances}")
        if any(quantity < 0 for account, quantity in balances.items() if account not in MAY_GO_BELOW_ZERO):
            raise Violation("ledger", f"below zero: {balances}")
        committed = counts[State.PRINTING] + counts[State.UNCONFIRMED]
        if balances.get("in_process", 0) != committed:
            raise Violation("ledger", f"{balances.get('in_process', 0)} blanks in process for {committed} jobs")


def _token(name: str) -> Token:
    token = parse_token(name)
    assert token is not None, f"{name} is no job of ours"
    return token


def _is_unclear(mark: Mark) -> bool:
    """Whether not even somebody who knows all of the journal could tell if a card was made."""
    if mark.kind is MarkKind.TORN:
        return True
    if mark.kind is not MarkKind.ENDED or mark.took == 0:
        return False
    if mark.exit_status == 0:
        is_broken_off = "connection-broken-off" in mark.reasons
        return mark.stopped or is_broken_off or mark.job_state is not None or mark.took != mark.size
    return not mark.before & _REFUSALS or "media-jam" in mark.reasons
