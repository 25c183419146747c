"""Reversals, as a report tells of them: what was booked wrongly and taken back is in no figure, and not hidden."""

from daemon.locale.language import Language
from daemon.ports import LedgerRow


def described(entry: LedgerRow, words: Language) -> str:
    """One sentence on an entry that reverses another."""
    return words.ngettext(
        "Entry #{entry} ({quantity:,} card) was reversed by #{reversal}, booked by {actor}: {note}.",
        "Entry #{entry} ({quantity:,} cards) was reversed by #{reversal}, booked by {actor}: {note}.",
        entry.quantity,
        entry=entry.reverses,
        quantity=entry.quantity,
        reversal=entry.id,
        actor=entry.actor,
        note=entry.note,
    )
