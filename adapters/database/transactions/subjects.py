"""What stands for records in the leaves of the log: a commitment that each record gets with its first entry."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence

from adapters.database.sql.seal import Seal
from adapters.database.transactions.statement import Row, Statement, Values, insertion
from daemon.domain.log import PERSONS_SALT_BYTES, subject_of

_INSERT = insertion("log_subject", "record_id", "subject", "salt")
FIND = Statement("SELECT subject FROM log_subject WHERE record_id = ?")
MOST_REMEMBERED = 50_000
"""Some ten megabytes."""

Ask = Callable[[Statement, Sequence[Values]], list[Row | None]]
"""Of each of these values the row that there is."""


class Remembered:
    """Those that this process has seen committed: they never change."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}
        self._end = 0, ""
        self.seal: Seal | None = None
        """What their salts are sealed with; None: nothing is logged of anybody."""

    def hold_against(self, sequence: int, digest: str) -> None:
        """Where the log ends now: what was seen in a database that went back since is forgotten."""
        if sequence < self._end[0] or (sequence == self._end[0] and digest != self._end[1]):
            self._known.clear()

    def get(self, record_id: str) -> bytes | None:
        """None: not seen lately."""
        return self._known.get(record_id)

    def forget(self, record_id: str) -> None:
        """It was erased."""
        self._known.pop(record_id, None)

    def add(self, known: dict[str, bytes], sequence: int, digest: str) -> None:
        """These are committed, and the log ends with this entry."""
        self._end = sequence, digest
        if len(self._known) + len(known) > MOST_REMEMBERED:
            self._known.clear()
        self._known.update(known)


class Subjects:
    """Of one change."""

    def __init__(self, remembered: Remembered, ask: Ask) -> None:
        self._remembered = remembered
        self._ask = ask
        self._found: dict[str, bytes] = {}
        self._new: list[Values] = []

    def look_up(self, record_ids: Iterable[str]) -> None:
        """All of these at once; who has none gets one."""
        unknown = {each: None for each in record_ids if self._known(each) is None}
        if not unknown:
            return
        rows = self._ask(FIND, [(each,) for each in unknown])
        for record_id, row in zip(unknown, rows, strict=True):
            self._found[record_id] = self._made(record_id) if row is None else bytes(row[0])

    def of(self, record_id: str) -> bytes:
        """Of this one; who has none gets one."""
        known = self._known(record_id)
        if known is None:
            self.look_up((record_id,))
            known = self._found[record_id]
        return known

    def forget(self, record_id: str) -> None:
        """It is erased: whatever is written of it later is about somebody new."""
        self._found.pop(record_id, None)
        self._remembered.forget(record_id)

    def due(self) -> Iterator[tuple[Statement, Values]]:
        """New ones since it was asked last."""
        new, self._new = self._new, []
        return ((_INSERT, values) for values in new)

    def committed(self, sequence: int, digest: str) -> None:
        """They are for good, and the log ends with this entry."""
        self._remembered.add(self._found, sequence, digest)

    def _known(self, record_id: str) -> bytes | None:
        return self._found.get(record_id) or self._remembered.get(record_id)

    def _made(self, record_id: str) -> bytes:
        seal = self._remembered.seal
        assert seal is not None, "whoever logs something of a person has the key"
        salt = secrets.token_bytes(PERSONS_SALT_BYTES)
        subject = subject_of(salt, record_id)
        self._new.append((record_id, subject, seal.seal_salt(record_id, salt)))
        return subject
