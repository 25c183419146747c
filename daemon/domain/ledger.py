"""The ledger of blanks: double entry. A balance is the fold of all entries; an entry is never changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from daemon.domain.errors import Overdrawn, Rejected
from daemon.domain.value import value

CENTRE = "centre"
STORE = "store"
IN_PROCESS = "in_process"
ISSUED = "issued"
SPOILED = "spoiled"
DESTROYED = "destroyed"
TRANSFERRED = "transferred"
VARIANCE = "variance"

PLAIN_ACCOUNTS = frozenset({CENTRE, STORE, IN_PROCESS, ISSUED, SPOILED, DESTROYED, TRANSFERRED, VARIANCE})
OUTSIDE = frozenset({CENTRE, TRANSFERRED})
"""What comes from there may be of a batch that is new here."""
MAY_GO_BELOW_ZERO = frozenset({CENTRE, VARIANCE})

SPOIL_REASONS = ("print_spoiled", "encode_failed", "factory_defect", "lost")
"""Gagal cetak, chip tidak bisa diisi, cacat pabrik, hilang."""

FOREIGN = "foreign"
"""A blank that somebody else's job took, where the configuration lets such jobs pass."""

RECEIVED = "received"
LOADED = "loaded"
UNLOADED = "unloaded"
TRANSFERRED_OUT = "transferred_out"
TRANSFERRED_IN = "transferred_in"
COUNTED = "counted"
WRITTEN_OFF = "destroyed"
"""Reasons of what people book; SPOIL_REASONS are others. A card's own: print, printed, no_card, print_spoiled."""

PRINTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
MOST_AT_ONCE = 10_000_000


def hopper(printer: str) -> str:
    """The account of the blanks that lie in this printer's hopper."""
    return f"hopper:{printer}"


def usable(balances: Mapping[str, int]) -> int:
    """Blanks in the store and in the hoppers, whoever has them."""
    return sum(blanks for account, blanks in balances.items() if account == STORE or account.startswith("hopper:"))


@lru_cache(maxsize=1000)
def is_account(name: str) -> bool:
    """Whether there can be an account of this name."""
    kind, _, printer = name.partition(":")
    return name in PLAIN_ACCOUNTS or (kind == "hopper" and PRINTER_NAME.fullmatch(printer) is not None)


def is_countable(account: str) -> bool:
    """Whether these blanks lie somewhere where a person can count them."""
    return account in (STORE, SPOILED) or account.startswith("hopper:")


@value
class Movement:
    """Blanks that go from one account (credited) to another (debited)."""

    quantity: int
    credit: str
    debit: str
    reason: str
    batch: str | None = None
    document: str | None = None
    office: str | None = None
    """The other office of a transfer."""
    witnesses: tuple[str, ...] = ()
    """Officials who saw a destruction."""
    note: str | None = None
    """What the person who booked it said."""
    happened_on: date | None = None
    """The paper's date, where it is not the day of booking."""
    serials: tuple[str, ...] = ()
    """Of a delivery, where the office has them: as many as there are blanks."""
    reverses: int | None = None
    """The number of the entry that this one takes back (reversal.py)."""

    def __post_init__(self) -> None:
        _check_quantity(self.quantity, least=1)
        if self.serials and (len(self.serials) != self.quantity or self.batch is None):
            raise Rejected("serials come with a batch, one for each blank")
        if self.credit == self.debit:
            raise Rejected(f"blanks cannot move from {self.credit} to itself")
        for account in (self.credit, self.debit):
            if not is_account(account):
                raise Rejected(
                    f"there is no account {account!r}; accounts are {', '.join(sorted(PLAIN_ACCOUNTS))}, hopper:PRINTER"
                )

    @property
    def gist(self) -> str:
        """What its paper says: booked again under the same number, it must say the same."""
        of_serials = f", serials {self.serials[0]} to {self.serials[-1]}" if self.serials else ""
        return _words(
            f"{self.quantity} from {self.credit} to {self.debit} ({self.reason}){of_serials}",
            batch=self.batch,
            office=self.office,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a person counted in an account (stock opname)."""

    account: str
    quantity: int
    note: str
    """Why it was counted, or what explains the difference."""
    batch: str | None = None
    document: str | None = None
    happened_on: date | None = None

    def __post_init__(self) -> None:
        _check_quantity(self.quantity, least=0)
        if not is_countable(self.account):
            raise Rejected(f"{self.account} cannot be counted; what can be is store, spoiled and hopper:PRINTER")

    @property
    def gist(self) -> str:
        """What its paper says."""
        return _words(f"count of {self.account}: {self.quantity}", batch=self.batch)

    def variance(self, held: int) -> Movement | None:
        """The one entry that makes the ledger, which says `held`, agree; None when it does."""
        if self.quantity == held:
            return None
        missing = self.quantity < held
        return Movement(
            quantity=abs(self.quantity - held),
            credit=self.account if missing else VARIANCE,
            debit=VARIANCE if missing else self.account,
            reason=COUNTED,
            batch=self.batch,
            document=self.document,
            note=self.note,
            happened_on=self.happened_on,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Blanks that come from another office: ours that it had, and what it lends us."""

    quantity: int
    office: str
    batch: str | None = None
    document: str | None = None
    note: str | None = None
    happened_on: date | None = None

    def __post_init__(self) -> None:
        _check_quantity(self.quantity, least=1)

    @property
    def gist(self) -> str:
        """What its paper says."""
        return _words(f"{self.quantity} arrive", batch=self.batch, office=self.office)

    def movements(self, lent: int) -> tuple[Movement, ...]:
        """What comes back of the blanks that this office has of ours first; the rest is new here, as from the centre.

        So no office can give back more than it has, and `transferred` never goes below zero.
        """
        back = min(self.quantity, lent)
        return tuple(
            Movement(
                quantity=quantity,
                credit=credit,
                debit=STORE,
                reason=TRANSFERRED_IN,
                batch=self.batch,
                document=self.document,
                office=self.office,
                note=self.note,
                happened_on=self.happened_on,
            )
            for credit, quantity in ((TRANSFERRED, back), (CENTRE, self.quantity - back))
            if quantity
        )


def post(balances: Mapping[str, int], movement: Movement) -> dict[str, int]:
    """The balances after this movement, or Overdrawn; the sum over all accounts stays what it was."""
    left = balances.get(movement.credit, 0) - movement.quantity
    if left < 0 and movement.credit not in MAY_GO_BELOW_ZERO:
        raise Overdrawn(
            f"{movement.credit} holds {left + movement.quantity:,} blanks, {movement.quantity:,} were to be taken"
        )
    return {
        **balances,
        movement.credit: left,
        movement.debit: balances.get(movement.debit, 0) + movement.quantity,
    }


def _check_quantity(quantity: int, *, least: int) -> None:
    if not least <= quantity <= MOST_AT_ONCE:
        raise Rejected(f"a quantity of blanks is between {least} and {MOST_AT_ONCE:,}, not {quantity:,}")


def _words(what: str, *, batch: str | None = None, office: str | None = None) -> str:
    of_batch = f", batch {batch}" if batch else ""
    of_office = f", office {office}" if office else ""
    return f"{what}{of_batch}{of_office}"
