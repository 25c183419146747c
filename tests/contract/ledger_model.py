"""A ledger in a few plain values, to hold the real one against; and what people ask of either."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from daemon.domain import ledger
from daemon.domain.errors import Overdrawn, Rejected
from daemon.domain.ledger import Arrival, Count, Movement
from daemon.ports import Store
from tests.contract.office import CLERK, NOON

Command = Movement | Count | Arrival

BOOKED, KNOWN, REFUSED = "booked", "known", "refused"

HOPPERS = ("hopper:card-1", "hopper:card-2")
WAYS = (
    (ledger.CENTRE, ledger.STORE, ledger.RECEIVED),
    *((ledger.STORE, hopper, ledger.LOADED) for hopper in HOPPERS),
    *((hopper, ledger.STORE, ledger.UNLOADED) for hopper in HOPPERS),
    *((account, ledger.SPOILED, "lost") for account in (ledger.STORE, *HOPPERS)),
    (ledger.STORE, ledger.TRANSFERRED, ledger.TRANSFERRED_OUT),
    (ledger.SPOILED, ledger.DESTROYED, ledger.WRITTEN_OFF),
)
NUMBERS = st.none() | st.sampled_from(["P1", "P2", "P3", "P4", "P5", "P6"])
BATCHES = st.sampled_from([None, None, None, "B1", "B2"])
OFFICES = st.sampled_from(["Medan", "Binjai"])
QUANTITIES = st.integers(1, 9)


@st.composite
def _movements(draw: st.DrawFn) -> Movement:
    credit, debit, reason = draw(st.sampled_from(WAYS))
    return Movement(
        quantity=draw(QUANTITIES),
        credit=credit,
        debit=debit,
        reason=reason,
        batch=draw(BATCHES),
        document=draw(NUMBERS),
        office=draw(OFFICES) if debit == ledger.TRANSFERRED else None,
        witnesses=("Budi",) if debit == ledger.DESTROYED else (),
    )


_counts = st.builds(
    Count,
    account=st.sampled_from([ledger.STORE, ledger.SPOILED, *HOPPERS]),
    quantity=st.integers(0, 12),
    note=st.just("counted"),
    document=NUMBERS,
)
_arrivals = st.builds(Arrival, quantity=QUANTITIES, office=OFFICES, batch=BATCHES, document=NUMBERS)
COMMANDS: st.SearchStrategy[Command] = _movements() | _movements() | _counts | _arrivals


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a ledger holds after some commands."""

    balances: Mapping[str, int] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    batches: frozenset[str] = frozenset()
    lent: Mapping[str, int] = field(default_factory=dict)
    logged: int = 0
    """Entries in the log: every commit makes some, so this tells one state from every other."""

    def after(self, command: Command) -> tuple["Books", str]:
        """These books once it was asked of them, and what it was answered."""
        number = command.document
        if number is not None and number in self.papers:
            return self, KNOWN if self.papers[number] == command.gist else REFUSED
        books = self
        try:
            movements = self._movements(command)
            for movement in movements:
                books = books._with(movement)
        except Rejected:
            return self, REFUSED
        books = replace(books, logged=books.logged + (1 if isinstance(command, Count) else len(movements)))
        if number is not None:
            books = replace(books, papers={**books.papers, number: command.gist})
        return books, BOOKED

    def _movements(self, command: Command) -> tuple[Movement, ...]:
        match command:
            case Movement():
                return (command,)
            case Count():
                entry = command.variance(self.balances.get(command.account, 0))
                return () if entry is None else (entry,)
            case Arrival():
                return command.movements(self.lent.get(command.office, 0))

    def _with(self, movement: Movement) -> "Books":
        comes_in = movement.credit in ledger.OUTSIDE
        if movement.batch is not None and not comes_in and movement.batch not in self.batches:
            raise Rejected(movement.batch)
        lent = dict(self.lent)
        if movement.office is not None:
            change = {movement.debit: movement.quantity, movement.credit: -movement.quantity}
            lent[movement.office] = lent.get(movement.office, 0) + change.get(ledger.TRANSFERRED, 0)
        return replace(
            self,
            balances=ledger.post(self.balances, movement),
            batches=self.batches | ({movement.batch} if movement.batch and comes_in else set()),
            lent=lent,
        )


def give(store: Store, command: Command) -> str:
    """Ask it of a real ledger, and what it answered."""
    try:
        match command:
            case Movement():
                return BOOKED if store.ledger.move(command, at=NOON, actor=CLERK) else KNOWN
            case Count():
                return KNOWN if store.ledger.count(command, at=NOON, actor=CLERK) is None else BOOKED
            case Arrival():
                return KNOWN if store.ledger.arrive(command, at=NOON, actor=CLERK) is None else BOOKED
    except (Rejected, Overdrawn):
        return REFUSED


def without_zeros(figures: Mapping[str, int]) -> dict[str, int]:
    return {name: figure for name, figure in figures.items() if figure}
