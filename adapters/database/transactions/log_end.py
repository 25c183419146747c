"""The end of the log in a change: entries are chained at once, and written with the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.database.sql.columns import micros
from adapters.database.transactions.statement import Row, Statement, Values, insertion
from daemon.domain.log import GENESIS, canonical, digest
from daemon.domain.value import value

_ENTRY = insertion("log", "sequence", "at", "actor", "event", "record_id", "details", "previous", "hash")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the log."""

    sequence: int
    hash: str


@value
class Draft:
    """What is to be logged; its place in the chain comes with writing."""

    at: datetime
    actor: str
    event: str
    record_id: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    """JSON-able; those that are None are left out."""


class LogEnd:
    """Its newest entry, what is not written yet included."""

    TABLES = frozenset({"log"})
    READ = Statement("SELECT sequence, hash FROM log ORDER BY sequence DESC LIMIT 1")

    def __init__(self, start: Place) -> None:
        self.start = start
        """Where it ended when the change began; sequence 0: it was empty."""
        self._sequence, self._hash = start.sequence, start.hash
        self._entries: list[Values] = []

    @property
    def end(self) -> Place:
        """Where it ends now."""
        return Place(self._sequence, self._hash)

    def write(self, *drafts: Draft) -> int:
        """Chain them; the sequence of the last. TypeError when details are not JSON-able."""
        for draft in drafts:
            details = canonical({name: value for name, value in draft.details.items() if value is not None})
            previous, self._sequence = self._hash, self._sequence + 1
            self._hash = digest(
                sequence=self._sequence,
                at=draft.at,
                actor=draft.actor,
                event=draft.event,
                record_id=draft.record_id,
                details=details,
                previous=previous,
            )
            self._entries.append(
                (
                    self._sequence,
                    micros(draft.at),
                    draft.actor,
                    draft.event,
                    draft.record_id,
                    details,
                    previous,
                    self._hash,
                )
            )
        return self._sequence

    def due(self) -> Iterator[tuple[Statement, Values]]:
        """The entries since it was asked last."""
        entries, self._entries = self._entries, []
        return ((_ENTRY, entry) for entry in entries)


def place(row: Row | None) -> Place:
    """Of what READ gives."""
    return Place(0, GENESIS) if row is None else Place(*row)
