"""The rules of the order of turns as they apply in a change, and how much of the starts the lanes have had."""

import json
from collections.abc import Iterator

from adapters.database.transactions.statement import Row, Statement, Values, insertion
from daemon.domain.rules import Lane, Rules, Shares, from_details, to_details

_FIRST = insertion("order_rules", "rules", "starts", "used")
_ADOPT = Statement("UPDATE order_rules SET rules = ? WHERE id = 1", rows=1)
_COUNT = Statement("UPDATE order_rules SET starts = ?, used = ? WHERE id = 1", rows=1, rank=1)


class Order:
    """Read once; whoever changes it logs that."""

    TABLES = frozenset({"order_rules"})
    READ = Statement("SELECT rules, starts, used FROM order_rules")

    def __init__(self, row: Row | None) -> None:
        """Of what READ gives."""
        self.rules, self.shares = order_in(row)
        self._written = (self.rules, self.shares)
        self._is_first = row is None

    def due_lanes(self) -> tuple[Lane, ...]:
        """Those to which the next start may go."""
        return tuple(lane for lane in self.rules.lanes if self.shares.is_due(lane))

    def started(self, rule: str | None) -> None:
        """One more card, by this rule."""
        if not self.rules.are_plain:
            self.shares = self.shares.started(self.rules, rule)

    def due(self) -> Iterator[tuple[Statement, Values]]:
        """What has changed since it was asked last."""
        rules, shares = self._written
        if self.rules is rules and self.shares is shares:
            return
        self._written = (self.rules, self.shares)
        counted = self.shares.starts, _used(self.shares)
        if self._is_first:
            self._is_first = False
            yield _FIRST, (json.dumps(to_details(self.rules)), *counted)
            return
        if self.rules is not rules:
            yield _ADOPT, (json.dumps(to_details(self.rules)),)
        if self.shares is not shares:
            yield _COUNT, counted


def _used(shares: Shares) -> str:
    return json.dumps(dict(shares.used), sort_keys=True)


def order_in(row: Row | None) -> tuple[Rules, Shares]:
    """The rules in a row of READ, and the shares of the lanes."""
    if row is None:
        return Rules(), Shares()
    rules, starts, used = row
    return from_details(json.loads(rules)), Shares(starts=starts, used=json.loads(used))
