"""A wrong booking is put right by its reversal: an entry that takes as many blanks back and names the one it reverses.

It has the reason of the entry that it reverses, so that it counts in the same column of every report, with the other
sign: within a period the two are nothing at all, and in a later one they are a correction, never missing blanks.
"""

from collections.abc import Mapping
from typing import Protocol

from daemon.domain import ledger
from daemon.domain.errors import Overdrawn, Rejected
from daemon.domain.ledger import Movement
from daemon.domain.usage import LedgerEntry


class Booked(LedgerEntry, Protocol):
    """As much of an entry as is needed here."""

    @property
    def record_id(self) -> str | None:
        """Whose card it belongs to; None: a person booked it."""
        ...

    @property
    def office(self) -> str | None:
        """The other office of a transfer."""
        ...


def reversal(entry: Booked, *, why: str, lent: int = 0) -> Movement:
    """What takes the entry back. Rejected for one that belongs to a card, or is a reversal itself. Overdrawn.

    `lent`: how many blanks of ours the entry's other office has now.
    """
    if entry.record_id is not None:
        raise Rejected(
            f"entry {entry.id} belongs to the card of {entry.record_id} and is not reversed by hand; "
            f"{_INSTEAD.get(entry.debit, _COUNT).format(record=entry.record_id)}"
        )
    if entry.reverses is not None:
        raise Rejected(
            f"entry {entry.id} is the reversal of entry {entry.reverses}, and that is final; "
            "what was right after all is booked once more"
        )
    if entry.debit == ledger.TRANSFERRED and lent < entry.quantity:
        raise Overdrawn(f"{entry.office} has {lent:,} blanks of ours, {entry.quantity:,} were to be taken")
    return Movement(
        quantity=entry.quantity,
        credit=entry.debit,
        debit=entry.credit,
        reason=entry.reason,
        batch=entry.batch,
        office=entry.office,
        note=why,
        reverses=entry.id,
    )


_INSTEAD: Mapping[str, str] = {
    ledger.IN_PROCESS: "what became of it is said with: giliran job confirm {record} --printed | --not-printed"
    " --reason …",
    ledger.ISSUED: "where there is no good card, another is made: giliran job reprint {record} --reason R",
}
_COUNT = "what lies there otherwise is put right by a count: giliran blanks count ACCOUNT QTY --reason R"
