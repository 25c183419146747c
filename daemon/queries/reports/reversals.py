"""Reversals, as a paper tells of them: what was booked wrongly and taken back is in no figure, and not hidden."""

from daemon.ports import LedgerRow
from daemon.queries.reports.wording import number


def described(entry: LedgerRow) -> str:
    """One sentence on an entry that reverses another."""
    return (
        f"Pembukuan #{entry.reverses} ({number(entry.quantity)} keping) dibatalkan dengan #{entry.id} "
        f"oleh {entry.actor}: {entry.note}."
    )
