"""The store, as far as it is about the office: blanks, the link, printers, the log, and the whole of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from daemon.domain.dispatch import PrinterState
from daemon.domain.health import Ending, Run
from daemon.domain.job import Job, WaitsFor
from daemon.domain.ledger import Arrival, Count, Movement
from daemon.domain.link import Cause, Link, LinkState
from daemon.domain.log import LogEntry
from daemon.domain.needs import Trouble
from daemon.domain.serials import SerialTrouble
from daemon.domain.states import State
from daemon.domain.supply import Consumable
from daemon.domain.value import value
from daemon.ports.continuity import PastStore
from daemon.ports.jobs import IssuanceStore, JobStore, NextCards, PeopleStore, PulledCardStore, RecordStore
from daemon.ports.order import OrderStore
from daemon.ports.tree import LogTree


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One entry of the ledger."""

    id: int
    at: datetime
    debit: str
    credit: str
    quantity: int
    reason: str
    actor: str
    record_id: str | None
    attempt: int | None
    """Of the record's card, where there is one."""
    batch: str | None
    document: str | None
    office: str | None
    """The other office of a transfer."""
    witnesses: tuple[str, ...]
    """Of a destruction."""
    note: str | None
    """What the person who booked it said."""
    happened_on: date | None
    """The paper's date, where it is not the day of booking."""
    reverses: int | None = None
    """The entry that this one takes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """An entry that was taken back."""

    entry: LedgerRow
    by: int
    """The number of the entry that reverses it."""
    freed: str | None
    """The paper's number, where it can be booked again."""


@value
class Booked:
    """One entry of the ledger, as far as sums go."""

    id: int
    credit: str
    debit: str
    quantity: int
    record_id: str | None
    attempt: int | None


class LedgerStore(Protocol):
    """The ledger of blanks."""

    def move(self, movement: Movement, *, at: datetime, actor: str) -> bool:
        """Book it; False if the same was booked under this document number before. Rejected, Overdrawn."""
        ...

    def count(self, count: Count, *, at: datetime, actor: str) -> int | None:
        """Book what was counted in an account: by how many the ledger was off (found less than it said: below zero).

        None if the same was booked under this document number before. Rejected.
        """
        ...

    def arrive(self, arrival: Arrival, *, at: datetime, actor: str) -> tuple[Movement, ...] | None:
        """Book blanks that come from another office: the entries made, what comes back first.

        None if the same was booked under this document number before. Rejected.
        """
        ...

    def reverse(self, entry: int, *, why: str, at: datetime, actor: str) -> Reversed:
        """Take back what a person booked wrongly, once. A hopper's printer is told.

        Rejected: no such entry, one of a card, or one that was reversed before (it says by whom). Overdrawn.
        """
        ...

    def reversals(self) -> dict[int, LedgerRow]:
        """The entry that reverses it, by the number of each that was reversed. They are few."""
        ...

    def balances(self) -> dict[str, int]:
        """From the maintained sums."""
        ...

    def used(self, since: datetime, utc_offset: timedelta) -> dict[date, int]:
        """Blanks that printers used up (cards and spoiled ones) since then, by day, oldest first.

        A day is one of the time zone that is so far from UTC; days without use are left out.
        """
        ...

    def differences(self) -> dict[str, tuple[int, int]]:
        """Accounts whose maintained sum is not the fold of all entries: (kept, folded). Empty when all is well."""
        ...

    def between(self, start: datetime | None, end: datetime | None) -> Iterator[LedgerRow]:
        """Booked from `start` (included) to `end` (not included), in the order of booking, read page by page."""
        ...

    def booked(self, after: int, limit: int) -> list[Booked]:
        """The entries after this one, in the order of booking."""
        ...

    def lent(self) -> dict[str, int]:
        """Blanks of ours at other offices, by office; offices that have none are left out."""
        ...

    def entries(self, limit: int, account: str | None = None) -> list[LedgerRow]:
        """Newest first; with `account` only those that debit or credit it."""
        ...

    def known_batches(self) -> dict[str, int]:
        """Blanks received from the centre, by batch."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage of the link."""

    started_at: datetime
    ended_at: datetime | None
    cause: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TiedSerial:
    """A serial that was told of a card."""

    serial: str
    trouble: SerialTrouble | None
    told_without: bool
    """The centre was told of this card before, without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialRow:
    """What is known of a serial."""

    serial: str
    batch: str | None
    """None: it was never received."""
    received_at: datetime | None
    cards: tuple[tuple[str, int], ...]
    """(record id, attempt) of the cards that bear it: one at most, when all is well."""


class SerialStore(Protocol):
    """The register of serial numbers, where the office has them. A delivery's are booked with its Movement."""

    def tie(self, record_id: str, serial: str, *, at: datetime, actor: str) -> TiedSerial:
        """To this person's latest card (logged); one tied before is replaced. Rejected when no card was made."""
        ...

    def find(self, serial: str) -> SerialRow:
        """What is known of it; nothing at all is an answer too."""
        ...

    def troubles(self, limit: int) -> list[tuple[str, str, SerialTrouble]]:
        """(record id, serial, what is wrong), oldest card first."""
        ...

    def registered(self) -> dict[str, int]:
        """Serials by the batch that they came in."""
        ...


class LinkStore(Protocol):
    """The link's state and history."""

    def link(self) -> Link | None:
        """As saved last."""
        ...

    def save_link(self, link: Link, before: Link) -> None:
        """Save it; opens or closes an outage and logs it when the state went down or came up."""
        ...

    def correct_outage(self, cause: Cause, detail: str | None) -> None:
        """A probe has told more exactly why the outage that goes on began."""
        ...

    def outages(self, limit: int) -> list[Outage]:
        """Newest first."""
        ...

    def outages_between(self, start: datetime, end: datetime) -> list[Outage]:
        """Oldest first: those that lasted at any moment from `start` (included) to `end` (not included)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterReport:
    """What a printer does, for `status`."""

    name: str
    state: PrinterState
    reasons: tuple[str, ...] = ()
    record_id: str | None = None
    """Whose card is under way; the store knows, so nobody reports it."""
    since: datetime | None = None
    """When that card was started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What people have done about a printer, and what waits for them to."""

    paused: bool = False
    pause_reason: str | None = None
    """In the words of whoever paused it."""
    nudges: int = 0
    """Grows when an operator resumes it, loads its hopper or answers for a card of its."""
    doubts: int = 0
    """Cards in a row since then of which nobody can tell whether they came out."""


class PrinterStore(Protocol):
    """What printers do, and what operators want of them."""

    def report(self, report: PrinterReport, at: datetime) -> None:
        """Save it (logged when the state changes)."""
        ...

    def reports(self) -> dict[str, PrinterReport]:
        """By name; only printers that ever reported."""
        ...

    def set_paused(self, name: str, paused: bool, at: datetime, actor: str, reason: str | None = None) -> None:
        """An operator pauses or resumes our dispatch to it. Resuming also ends its rest, and the reason."""
        ...

    def consumables(self) -> dict[str, tuple[Consumable, ...]]:
        """What is left of ribbon and film, by printer; only printers of which something is known."""
        ...

    def save_consumables(self, name: str, found: Sequence[Consumable]) -> None:
        """As seen last."""
        ...

    def renew(self, name: str, consumable: str, at: datetime, actor: str) -> None:
        """A new one was put in (logged)."""
        ...

    def renewed(self, name: str, consumable: str) -> datetime | None:
        """When a new one was put in last; None: nobody said."""
        ...

    def served(self) -> dict[str, str]:
        """CUPS queue by name, of every printer that a daemon ever served."""
        ...

    def journal(self, name: str) -> str | None:
        """Identity of the guard's journal in which its cards were started so far; None before the first."""
        ...

    def serve(self, name: str, *, queue: str, journal: str | None, at: datetime) -> None:
        """A daemon serves it from now on, through this CUPS queue; another journal than before is logged."""
        ...

    def guarded_driver(self, name: str) -> str | None:
        """Driver of its queue (printer-make-and-model) when it was guarded; None: it never was, or is no more."""
        ...

    def set_guarded_driver(self, name: str, driver: str | None) -> None:
        """A guard was put in front of it, or seen there first; None: a person took it away."""
        ...

    def controls(self, name: str) -> Controls:
        """What people have done about it; nothing, when nobody ever has."""
        ...

    def set_doubts(self, name: str, doubts: int) -> None:
        """Cards in a row of which nobody can tell whether they came out."""
        ...


class LogStore(Protocol):
    """The append-only log."""

    def append(self, event: str, *, at: datetime, actor: str, record_id: str | None = None, **details: object) -> None:
        """Append one more entry."""
        ...

    def entries(self, record_id: str | None = None, after: int = 0, limit: int = 1000) -> list[LogEntry]:
        """In order."""
        ...

    def events(self, event: str, start: datetime, end: datetime) -> list[LogEntry]:
        """Every entry of that event from `start` (included) to `end` (not included), in order. Reads the whole log."""
        ...

    def last(self) -> LogEntry | None:
        """The newest. None while the log is empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A line of `queue`."""

    job: Job
    place: int | None
    held_back: str | None = None
    """Why somebody who is ready is not started, as the rules of the order stand (domain/rules.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """Somebody recorded later whose card was started earlier."""

    record_id: str
    recorded_at: datetime
    started_at: datetime
    state: State
    """Of the one who was passed, at that moment; so are these."""
    reason: str | None
    waits_for: WaitsFor | None
    rule: str | None = None
    """By which the other one was started, where one put him ahead; its instruction, where it has one."""
    instruction: str | None = None

    @property
    def why(self) -> str:
        """In one word or two."""
        if self.rule is not None and self.state is State.READY:
            return f"{self.rule}: {self.instruction}" if self.instruction else self.rule
        return f"{self.state}: {self.reason}" if self.reason else str(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtakings:
    """Those who passed somebody, as far as they were looked for."""

    found: tuple[Overtaking, ...]
    """Earliest start first."""
    complete: bool
    """False: there may be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedAhead:
    """Those whom one paper of the office puts before the time that the centre says."""

    document: str
    people: int
    in_line: int
    """Those of them who still wait for their card."""


class Kept(StrEnum):
    """What is kept sealed of a record."""

    PERSON = "person"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A sealed row that did not open any more."""

    record_id: str
    kept: Kept
    found_at: datetime
    mended_at: datetime | None
    """When it came anew from the centre."""


class QueueView(Protocol):
    """What people ask about the queue."""

    def counts(self) -> dict[State, int]:
        """Maintained, not counted."""
        ...

    def queue(self, state: State | None, limit: int | None) -> list[QueueRow]:
        """In the order in which they will be served: printing, ready, then the others by turn."""
        ...

    def faulty(self, limit: int) -> list[Job]:
        """Those who wait because what the centre sent of them cannot be used, by turn."""
        ...

    def damages(self, since: datetime) -> list[Damage]:
        """Sealed rows that were found damaged since then, or are not mended yet."""
        ...

    def awaiting_person(self, limit: int) -> list[Job]:
        """The first of those who wait for a person's word, whatever the centre says."""
        ...

    def place(self, job: Job) -> int | None:
        """From 1 among ready jobs; None when it is not ready, or held back by a rule."""
        ...

    def held_back(self, job: Job) -> WaitsFor | None:
        """What one who is ready waits for by the rules of the order: SHUT or PRESENCE. None: nothing but the turn."""
        ...

    def elsewhere(self) -> int:
        """People whose card was made elsewhere, by the centre's word."""
        ...

    def overtakings(self, job: Job, limit: int) -> Overtakings:
        """Earliest start first."""
        ...

    def everybody(self, after: str | None, limit: int) -> list[Job]:
        """Every job there is, by record id, from the one after this on."""
        ...

    def moved_ahead(self) -> list[MovedAhead]:
        """By paper; most people first."""
        ...

    def printed_since(self, at: datetime, printer: str | None = None) -> int:
        """Cards made since then, on this printer if one is named."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """How one of several offices in a database stands."""

    code: str
    revision: str | None
    """Of its tables."""
    is_read: bool = True
    """False: of another revision than this program reads; then nothing else is known."""
    counts: Mapping[State, int] = field(default_factory=dict)
    blanks: int = 0
    """In its store and its hoppers."""
    link: LinkState | None = None
    """None: no daemon of it has watched its link yet."""
    link_since: datetime | None = None
    last_card_at: datetime | None = None


class RunStore(Protocol):
    """The daemon's own runs."""

    def begin(self, machine: str, pid: int, at: datetime) -> int:
        """A daemon starts: the number of its run."""
        ...

    def beat(self, run: int, at: datetime, loops: Mapping[str, datetime], troubles: tuple[Trouble, ...]) -> None:
        """It lives: when each loop finished its latest step, and what is wrong with its machine."""
        ...

    def end(self, run: int, at: datetime, ending: Ending, hung: Mapping[str, datetime] | None = None) -> None:
        """It ends; `hung`: the loops that did not come back."""
        ...

    def reloaded(self, run: int, error: str | None) -> None:
        """It was told to reload, and did, or why not."""
        ...

    def newest(self, limit: int) -> list[Run]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The database as a whole: one connection pool, one writer."""

    jobs: JobStore
    pulled_cards: PulledCardStore
    next_cards: NextCards
    records: RecordStore
    past: PastStore
    people: PeopleStore
    issuances: IssuanceStore
    ledger: LedgerStore
    serials: SerialStore
    links: LinkStore
    runs: RunStore
    printers: PrinterStore
    log: LogStore
    tree: LogTree
    view: QueueView
    order: OrderStore
    close: Callable[[], None]
    """Commit what is waiting and let go. More than once is fine."""
