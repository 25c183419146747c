"""The numbers of jobs by state, by how much they differ in a change."""

from collections import Counter
from collections.abc import Iterator, Mapping

from adapters.database.transactions.statement import Statement, Values
from daemon.domain.states import State

_COUNT = Statement("UPDATE job_count SET n = n + ? WHERE state = ?", rows=1)


class Counts:
    """What has been added."""

    TABLES = frozenset({"job_count"})

    def __init__(self) -> None:
        self._deltas: Counter[State] = Counter()

    def add(self, deltas: Mapping[State, int]) -> None:
        """So many more jobs in each of these states, or fewer."""
        for state, delta in deltas.items():
            self._deltas[state] += delta

    def due(self) -> Iterator[tuple[Statement, Values]]:
        """Those that do not cancel out, since it was asked last."""
        if not self._deltas:
            return
        deltas, self._deltas = self._deltas, Counter()
        for state, delta in deltas.items():
            if delta:
                yield _COUNT, (delta, str(state))
