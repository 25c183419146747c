"""The ledger of blanks: double entry. A balance is the fold of all entries; an entry is never changed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from daemon.domain.errors import Overdrawn, Rejected

CENTRE = "centre"
STORE = "store"
IN_PROCESS = "in_process"
ISSUED = "issued"
SPOILED = "spoiled"
DESTROYED = "destroyed"
TRANSFERRED = "transferred"
VARIANCE = "variance"

PLAIN_ACCOUNTS = frozenset({CENTRE, STORE, IN_PROCESS, ISSUED, SPOILED, DESTROYED, TRANSFERRED, VARIANCE})
MAY_GO_BELOW_ZERO = frozenset({CENTRE, VARIANCE})

SPOIL_REASONS = ("print_spoiled", "encode_failed", "factory_defect", "lost")
"""Gagal cetak, chip tidak bisa diisi, cacat pabrik, hilang."""

PRINTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
MOST_AT_ONCE = 10_000_000


def hopper(printer: str) -> str:
    """The account of the blanks that lie in this printer's hopper."""
    return f"hopper:{printer}"


def is_account(name: str) -> bool:
    """Whether there can be an account of this name."""
    kind, _, printer = name.partition(":")
    return name in PLAIN_ACCOUNTS or (kind == "hopper" and PRINTER_NAME.fullmatch(printer) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Blanks that go from one account (credited) to another (debited)."""

    quantity: int
    credit: str
    debit: str
    reason: str
    batch: str | None = None
    document: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.quantity <= MOST_AT_ONCE:
            raise Rejected(f"a quantity of blanks is between 1 and {MOST_AT_ONCE:,}, not {self.quantity:,}")
        if self.credit == self.debit:
            raise Rejected(f"blanks cannot move from {self.credit} to itself")
        for account in (self.credit, self.debit):
            if not is_account(account):
                raise Rejected(
                    f"there is no account {account!r}; accounts are {', '.join(sorted(PLAIN_ACCOUNTS))}, hopper:PRINTER"
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


def fold(movements: Iterable[Movement]) -> dict[str, int]:
    """The balances that follow from these entries, in order."""
    balances: dict[str, int] = {}
    for movement in movements:
        balances = post(balances, movement)
    return balances
