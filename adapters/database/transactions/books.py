"""The books of blanks as they stand in a change: entries are put off, balances are sums."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from adapters.database.sql.columns import micros
from adapters.database.transactions.statement import Row, Statement, Values, insertion
from daemon.domain import ledger
from daemon.domain.ledger import Movement

_ENTRY = insertion(
    "ledger_entry",
    "id",
    "at",
    "debit",
    "credit",
    "quantity",
    "reason",
    "actor",
    "record_id",
    "attempt",
    "batch",
    "document",
    "office",
    "witnesses",
    "note",
    "happened_on",
    "reverses",
    rank=3,
)
_OPEN = insertion("balance", "account", "quantity")
_ADD = Statement("UPDATE balance SET quantity = quantity + ? WHERE account = ?", rows=1)


class Books:
    """Balances and the number of the newest entry, read once."""

    TABLES = frozenset({"balance", "ledger_entry"})
    READ = Statement("SELECT account, quantity, (SELECT max(id) FROM ledger_entry) FROM balance")

    def __init__(self, rows: Sequence[Row]) -> None:
        """Of what READ gives."""
        self.balances: dict[str, int] = {account: quantity for account, quantity, _ in rows}
        self.entries: int = max((newest or 0 for *_, newest in rows), default=0)
        """They are numbered from 1, without gaps: whoever writes has the office's write lock."""
        self._written = self.balances
        self._entries: list[Values] = []

    def quantity(self, account: str) -> int:
        """The blanks in this account."""
        return self.balances.get(account, 0)

    def post(
        self,
        movement: Movement,
        *,
        at: datetime,
        actor: str,
        record_id: str | None = None,
        attempt: int | None = None,
    ) -> int:
        """One entry and both balances; its number. Overdrawn."""
        self.balances = ledger.post(self.balances, movement)
        self.entries += 1
        self._entries.append(
            (
                self.entries,
                micros(at),
                movement.debit,
                movement.credit,
                movement.quantity,
                movement.reason,
                actor,
                record_id,
                attempt,
                movement.batch,
                movement.document,
                movement.office,
                json.dumps(movement.witnesses, ensure_ascii=False) if movement.witnesses else None,
                movement.note,
                None if movement.happened_on is None else movement.happened_on.isoformat(),
                movement.reverses,
            )
        )
        return self.entries

    def due(self) -> Iterator[tuple[Statement, Values]]:
        """The entries, and the balances that have changed, since it was asked last."""
        entries, self._entries = self._entries, []
        for entry in entries:
            yield _ENTRY, entry
        before, self._written = self._written, self.balances
        if before is self.balances:
            return
        for account, quantity in self.balances.items():
            if account not in before:
                yield _OPEN, (account, quantity)
            elif quantity != before[account]:
                yield _ADD, (quantity - before[account], account)
