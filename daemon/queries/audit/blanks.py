"""The ledger in step with the log: each entry of the one follows from an entry of the other, in the same order."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from daemon.domain import ledger
from daemon.domain.job import Verdict
from daemon.domain.log import LogEntry
from daemon.domain.states import State
from daemon.ports import Booked, Store

_PAGE = 5000


@dataclass(frozen=True, slots=True)
class _Move:
    """So many blanks from one account to another."""

    credit: str
    debit: str
    quantity: int
    record_id: str | None = None
    attempt: int | None = None

    def __str__(self) -> str:
        whose = "" if self.record_id is None else f" for {self.record_id}"
        return f"{self.quantity:,} from {self.credit} to {self.debit}{whose}"


class Ledger:
    """Follows it while the log is read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._page: deque[Booked] = deque()
        self._newest = self._read = 0
        self._is_followed = True
        """Until one does not fit: what comes after it would not, either."""

    def add(self, entry: LogEntry) -> Iterator[str]:
        """The next entry of the log. KeyError, TypeError, ValueError: it cannot be read."""
        move = _moved(entry)
        if move is None or not self._is_followed:
            return
        booked = self.peek()
        if booked is not None and entry.record_id is None:  # of somebody who was erased, or of nobody
            move = replace(move, record_id=booked.record_id if entry.subject is not None else None)
        if booked is None or move != _of(booked):
            self._is_followed = False
            has = "there is no more" if booked is None else f"#{booked.id} is {_of(booked)}"
            yield f"blanks: by log #{entry.sequence} the ledger's next entry is {move}; {has}"
            return
        if booked.id != self._read + 1:
            yield f"blanks: the ledger's entry #{booked.id} follows #{self._read}"
        self._page.popleft()
        self._read = booked.id

    def peek(self) -> Booked | None:
        """The next one of the ledger, of which the log has not told yet."""
        if not self._is_followed:
            return None
        if not self._page:
            self._page.extend(self._store.ledger.booked(self._newest, _PAGE))
            if self._page:
                self._newest = self._page[-1].id
        return self._page[0] if self._page else None


def left_over(booked: Booked) -> str:
    """The log is read to its end, and does not tell of this."""
    return f"blanks: the ledger's entry #{booked.id}, {_of(booked)}, is not in the log"


def _of(booked: Booked) -> _Move:
    return _Move(booked.credit, booked.debit, booked.quantity, booked.record_id, booked.attempt)


def _moved(entry: LogEntry) -> _Move | None:
    """What it says of blanks: of those that people book, or of the one that a card takes."""
    details = entry.details
    if entry.subject is None:
        if "credit" in details and "debit" in details:
            return _Move(str(details["credit"]), str(details["debit"]), int(str(details["quantity"])))
        return _counted(entry) if entry.event == "blanks_counted" else None
    verdict = details.get("verdict")
    if verdict is None and details.get("after") != State.PRINTING:
        return None
    hopper, attempt = ledger.hopper(str(details["printer"])), int(str(details["attempt"]))
    if verdict is None:
        return _Move(hopper, ledger.IN_PROCESS, 1, entry.record_id, attempt)
    debits = {Verdict.PRINTED: ledger.ISSUED, Verdict.NO_CARD: hopper, Verdict.SPOILED: ledger.SPOILED}
    debit = debits.get(Verdict(str(verdict)))
    return None if debit is None else _Move(ledger.IN_PROCESS, debit, 1, entry.record_id, attempt)


def _counted(entry: LogEntry) -> _Move | None:
    account = str(entry.details["account"])
    surplus = int(str(entry.details["counted"])) - int(str(entry.details["ledger_said"]))
    if surplus == 0:
        return None
    return _Move(*((ledger.VARIANCE, account) if surplus > 0 else (account, ledger.VARIANCE)), abs(surplus))
