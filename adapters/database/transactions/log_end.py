"""The end of the log in a change: each entry gets its leaf's hash at once, and is written with the rest."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.database.sql.columns import micros
from adapters.database.transactions.statement import Row, Statement, Values, insertion
from adapters.database.transactions.subjects import Subjects
from daemon.domain.log import GENESIS, SALT_BYTES, canonical, commitment_to, leaf, public
from daemon.domain.merkle import leaf_hash
from daemon.domain.value import value

_ENTRY = insertion(
    "log", "sequence", "at", "actor", "event", "record_id", "details", "salt", "subject", "commitment", "hash"
)


@dataclass(frozen=True, slots=True)
class LogPlace:
    """An entry of the log. Its hash is of random bytes, too: no other entry that is ever written has it."""

    sequence: int
    hash: str


@value
class Draft:
    """What is to be logged; its place in the log comes with writing."""

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

    def __init__(self, start: LogPlace, subjects: Subjects) -> None:
        self.start = start
        """Where it ended when the change began; sequence 0: it was empty."""
        self.subjects = subjects
        """What stands for records in their leaves."""
        self._sequence, self._hash = start.sequence, start.hash
        self._entries: list[Values] = []

    @property
    def end(self) -> LogPlace:
        """Where it ends now."""
        return LogPlace(self._sequence, self._hash)

    def write(self, *drafts: Draft) -> int:
        """Append them; the sequence of the last. TypeError when details are not JSON-able."""
        if len(drafts) > 1:
            self.subjects.look_up(draft.record_id for draft in drafts if draft.record_id is not None)
        for draft in drafts:
            details = {name: value for name, value in draft.details.items() if value is not None}
            text = canonical(details)
            self._sequence += 1
            salt = secrets.token_bytes(SALT_BYTES)
            subject = None if draft.record_id is None else self.subjects.of(draft.record_id)
            commitment = commitment_to(salt, draft.actor, text)
            self._hash = leaf_hash(
                leaf(
                    sequence=self._sequence,
                    at=draft.at,
                    event=draft.event,
                    public=public(details),
                    subject=subject,
                    commitment=commitment,
                )
            ).hex()
            self._entries.append(
                (
                    self._sequence,
                    micros(draft.at),
                    draft.actor,
                    draft.event,
                    draft.record_id,
                    text,
                    salt,
                    subject,
                    commitment,
                    self._hash,
                )
            )
        return self._sequence

    def due(self) -> Iterator[tuple[Statement, Values]]:
        """The entries since it was asked last."""
        entries, self._entries = self._entries, []
        yield from self.subjects.due()
        for entry in entries:
            yield _ENTRY, entry


def place(row: Row | None) -> LogPlace:
    """Of what READ gives."""
    return LogPlace(0, GENESIS) if row is None else LogPlace(*row)
