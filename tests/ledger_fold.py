"""A balance is the fold of all entries: what the sums that are kept are held against."""

from collections.abc import Iterable

from daemon.domain.ledger import Movement, post


def fold(movements: Iterable[Movement]) -> dict[str, int]:
    """The balances that follow from these entries, in order."""
    balances: dict[str, int] = {}
    for movement in movements:
        balances = post(balances, movement)
    return balances
