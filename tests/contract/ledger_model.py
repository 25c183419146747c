"""A ledger in a few plain values, to hold the real one against; and what people ask of either."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from daemon.domain import ledger
from daemon.domain.errors import Overdrawn, Rejected
from daemon.domain.ledger import Arrival, Count, Movement
from daemon.ports import Store
from tests.contract.office import CLERK, NOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """Somebody takes an entry back."""

    entry: int
    document: None = None


Command = Movement | Count | Arrival | Reversal

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
_reversals = st.builds(Reversal, entry=st.integers(1, 25))
COMMANDS: st.SearchStrategy[Command] = _movements() | _movements() | _counts | _arrivals | _reversals


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a ledger holds after some commands."""

    balances: Mapping[str, int] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Movement, ...] = ()
    lent: Mapping[str, int] = field(default_factory=dict)
    logged: int = 0
    """Entries in the log: every commit makes some, so this tells one state from every other."""

    def after(self, command: Command) -> tuple["Books", str]:
        """These books once it was asked of them, and what it was answered."""
        if isinstance(command, Reversal):
            return self._reversed(command.entry)
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

    def _reversed(self, number: int) -> tuple["Books", str]:
        taken_back = {entry.reverses for entry in self.entries}
        if number > len(self.entries) or number in taken_back or self.entries[number - 1].reverses is not None:
            return self, REFUSED
        wrong = self.entries[number - 1]
        if wrong.debit == ledger.TRANSFERRED and self.lent.get(str(wrong.office), 0) < wrong.quantity:
            return self, REFUSED
        movement = Movement(
            quantity=wrong.quantity,
            credit=wrong.debit,
            debit=wrong.credit,
            reason=wrong.reason,
            batch=wrong.batch,
            office=wrong.office,
            reverses=number,
        )
        try:
            books = self._booked(movement)
        except Overdrawn:
            return self, REFUSED
        taken_back.add(number)
        stands = any(
            entry.document == wrong.document and place not in taken_back
            for place, entry in enumerate(books.entries, start=1)
        )
        papers = {paper: gist for paper, gist in self.papers.items() if stands or paper != wrong.document}
        return replace(books, papers=papers, logged=books.logged + 1), BOOKED

    def _movements(self, command: Movement | Count | Arrival) -> tuple[Movement, ...]:
        match command:
            case Movement():
                return (command,)
            case Count():
                entry = command.variance(self.balances.get(command.account, 0))
                return () if entry is None else (entry,)
            case Arrival():
                return command.movements(self.lent.get(command.office, 0))

    def _with(self, movement: Movement) -> "Books":
        if movement.batch is not None and movement.credit not in ledger.OUTSIDE and not self._came(movement.batch):
            raise Rejected(movement.batch)
        return self._booked(movement)

    def _came(self, batch: str) -> bool:
        taken_back = {entry.reverses for entry in self.entries}
        return any(
            entry.batch == batch
            and entry.credit in ledger.OUTSIDE
            and entry.reverses is None
            and place not in taken_back
            for place, entry in enumerate(self.entries, start=1)
        )

    def _booked(self, movement: Movement) -> "Books":
        lent = dict(self.lent)
        if movement.office is not None:
            change = {movement.debit: movement.quantity, movement.credit: -movement.quantity}
            lent[movement.office] = lent.get(movement.office, 0) + change.get(ledger.TRANSFERRED, 0)
        return replace(
            self,
            balances=ledger.post(self.balances, movement),
            entries=(*self.entries, movement),
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
            case Reversal():
                store.ledger.reverse(command.entry, why="wrong", at=NOON, actor=CLERK)
                return BOOKED
            case Arrival():
                return KNOWN if store.ledger.arrive(command, at=NOON, actor=CLERK) is None else BOOKED
    except (Rejected, Overdrawn):
        return REFUSED


def without_zeros(figures: Mapping[str, int]) -> dict[str, int]:
    return {name: figure for name, figure in figures.items() if figure}
