"""Facts about many records, added up: two accounts are held against each other, and neither is kept in memory."""

_GROUPS = 1 << 14
"""A few hundred kilobytes, whatever is added; of a million records some sixty share a sum."""


class Sums:
    """What one side says is added, what the other says is subtracted: all is zero again where they say the same.

    Hashes are Python's own, under another key in each process: nobody can make facts whose hashes cancel each other.
    """

    def __init__(self) -> None:
        self._sums = [0] * _GROUPS

    def add(self, record_id: str, *fact: object) -> None:
        """By one side."""
        self._sums[hash(record_id) % _GROUPS] += hash((record_id, fact))

    def subtract(self, record_id: str, *fact: object) -> None:
        """By the other."""
        self._sums[hash(record_id) % _GROUPS] -= hash((record_id, fact))

    @property
    def are_even(self) -> bool:
        """Whether both sides said the same of everybody."""
        return not any(self._sums)

    def is_even(self, record_id: str) -> bool:
        """The same of this one and of those who share the sum."""
        return not self._sums[hash(record_id) % _GROUPS]
