"""What the service needs from outside, as protocols. Adapters implement them; workers know nothing else.

Errors: Retryable when nothing was done and a repeat may succeed, Rejected when a repeat is useless,
Fatal when going on would be wrong (daemon/domain/errors.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from daemon.domain.dispatch import PrinterState
from daemon.domain.errors import Rejected, Retryable
from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.ledger import Movement
from daemon.domain.link import Link, Probe, Stage
from daemon.domain.log import Entry
from daemon.domain.recovery import Mark, SpoolState
from daemon.domain.states import State
from daemon.domain.token import Token

# --- time -------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Aware UTC, by the wall clock: for what people read and the order."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go forward: for time-outs, polling and liveness."""
        ...


# --- central server ---------------------------------------------------------------------------------------


class LinkFailure(Retryable):
    """The line or the centre failed. Counts as a failed probe."""

    def __init__(self, stage: Stage, detail: str) -> None:
        super().__init__(f"central server: {stage}: {detail}")
        self.stage = stage
        self.detail = detail


class NotPrintReady(Rejected):
    """409: the centre does not have this card print-ready any more."""


class AbsentAtCentre(Rejected):
    """404: the centre does not know the record."""


class Withdrawn(Rejected):
    """410: the centre has withdrawn the record."""


class BadCard(Rejected):
    """What the centre sent for this record cannot be printed. The message says why, without personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose card it is. Kept sealed; never logged."""

    nik: str
    """16 digits."""
    name: str
    birth_place: str | None = None
    birth_date: date | None = None
    sex: str | None = None

    def __repr__(self) -> str:
        return "Person(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as the centre, or the office's own registration, gives it."""

    record_id: str
    recorded_at: datetime
    person: Person
    district: str | None = None
    village: str | None = None
    request_class: str | None = None
    status: str | None = None
    """The centre's word; None in an office's own registration."""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """A record in a page that cannot be taken as it is. The problem names the field, not its content."""

    record_id: str | None
    recorded_at: datetime | None
    """When it can be read, the record keeps its place in line with this."""
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Changes at the centre, oldest first."""

    records: tuple[Record, ...]
    bad: tuple[BadRecord, ...]
    next: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What to print for one record, as pulled from the centre."""

    record_id: str
    fields: Mapping[str, str]
    photo: bytes | None
    """JPEG."""
    document: bytes | None
    """PDF, printed as it is when there is one."""

    def __repr__(self) -> str:
        return f"Card({self.record_id}, …)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """A card that was made and that the centre has to hear of."""

    token: Token
    record_id: str
    printed_at: datetime
    printer: str
    card_serial: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The centre's answer to a report of issuances, by record id."""

    accepted: frozenset[str]
    rejected: Mapping[str, str]
    """With the centre's reason."""


class CentralServer(Protocol):
    """The centre, over a line that is often down. Every call is bounded in time and size."""

    def probe(self) -> Probe:
        """Pass the stages once. Never raises for a failing line."""
        ...

    def records(self, after: str | None, limit: int) -> Page:
        """One page of changes since the cursor. LinkFailure."""
        ...

    def card(self, record_id: str) -> Card:
        """What to print. NotPrintReady, AbsentAtCentre, Withdrawn, BadCard, LinkFailure."""
        ...

    def report(self, issuances: Sequence[Issuance], idempotency_key: str) -> Receipt:
        """Tell of cards made; the same key again is harmless. LinkFailure."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...


# --- CUPS -------------------------------------------------------------------------------------------------


class SpoolerUnreachable(Retryable):
    """CUPS does not answer."""


class SpoolerRefused(Rejected):
    """CUPS refused what was asked (no such queue, not accepting, too many jobs)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolJob:
    """A job in CUPS. Its number may be given twice; number and uuid together are unique."""

    number: int
    uuid: str
    name: str
    state: SpoolState
    message: str | None = None
    """job-printer-state-message: what filter and backend said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatus:
    """A CUPS queue as CUPS describes it."""

    stopped: bool
    accepting: bool
    reasons: frozenset[str]
    """printer-state-reasons, plain (daemon.domain.recovery.plain_reasons)."""
    message: str
    device_uri: str

    @property
    def guarded(self) -> bool:
        """Whether the guard stands in front of the device."""
        return self.device_uri.startswith("giliran:/")


class Spooler(Protocol):
    """CUPS. Safe to use from several threads. SpoolerUnreachable, SpoolerRefused."""

    def queue(self, queue: str) -> QueueStatus:
        """The queue now. Leaks memory in pycups: call it rarely."""
        ...

    def submit_held(self, queue: str, token: Token, document: bytes, options: Mapping[str, str]) -> SpoolJob:
        """Create a held job named by the token and send the whole PDF; checked afterwards: name, held, one document."""
        ...

    def release(self, job: SpoolJob) -> None:
        """Let CUPS print it."""
        ...

    def find(self, token: Token, number: int | None = None) -> SpoolJob | None:
        """Our job of that name, whatever its number; with `number` that one is looked at first."""
        ...

    def unfinished(self) -> list[SpoolJob]:
        """All jobs of ours (named by a token) that CUPS has not finished."""
        ...

    def purge(self, job: SpoolJob) -> None:
        """Cancel it if it is not finished, and delete its document and history. Gone already is fine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEvent:
    """CUPS says that something happened to a queue or a job in it."""

    queue: str
    stopped: bool | None = None
    reasons: frozenset[str] | None = None
    """Plain printer-state-reasons, when the event carries them."""


class SpoolerEvents(Protocol):
    """CUPS's notifications. Used by one thread."""

    def poll(self) -> list[QueueEvent] | None:
        """What happened since the last call; None when events were missed (read the state afresh)."""
        ...

    def close(self) -> None:
        """Give the subscription back."""
        ...


class GuardJournal(Protocol):
    """The guard's journal: one file per token, made by whoever is first."""

    def read(self, token: Token) -> Mark:
        """What the journal says now. Fatal if the journal cannot be read."""
        ...

    def void(self, token: Token) -> Mark:
        """Take the token back if nobody has it: VOIDED then, otherwise what stands there. Durable on return."""
        ...

    def prune(self, keep_days: int) -> int:
        """Delete entries older than that, except running ones; how many."""
        ...


# --- documents --------------------------------------------------------------------------------------------


class Documents(Protocol):
    """Turns what the centre sent into the PDF that a printer gets."""

    def render(self, card: Card, template: str) -> bytes:
        """PDF of ISO ID-1 size, or the centre's own PDF as it came. BadCard when it cannot be printed."""
        ...


# --- store ------------------------------------------------------------------------------------------------


class Phase(StrEnum):
    """How far an attempt came on its way to the printer."""

    INTENDED = "intended"
    SUBMITTED = "submitted"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One authorised card that is not concluded."""

    job: Job
    printer: str
    phase: Phase
    spool_number: int | None = None
    spool_uuid: str | None = None
    started_at: datetime
    guarded: bool
    """Whether the guard stood in front of the device when it was started."""

    @property
    def token(self) -> Token:
        """Its token."""
        return self.job.token


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The head of the line, now ours to print."""

    attempt: Attempt
    card: Card


class NoClaim(StrEnum):
    """Why there is nothing to print now."""

    NOBODY_READY = "nobody_ready"
    AWAITS_DOCUMENT = "awaits_document"
    """The head of the line has no document yet; nobody behind may pass."""
    NO_BLANKS = "no_blanks"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One authorised card in a job's history."""

    attempt: int
    printer: str
    phase: Phase
    started_at: datetime
    ended_at: datetime | None
    verdict: Verdict | None
    """The latest: what a person confirmed replaces `in_doubt`."""
    reason: str | None


class JobStore(Protocol):
    """Jobs and their attempts. Every change commits job, blanks and log together, or nothing."""

    def apply(self, transition: Transition) -> Job:
        """Commit a move by compare-and-set on (state, since, attempt); durable on return.

        LostRace, Overdrawn, UnknownRecord.

        A transition to PRINTED also queues the issuance and deletes the document.
        """
        ...

    def claim(self, printer: str, at: datetime, *, guarded: bool) -> Claim | NoClaim:
        """Start the head of the line on this printer: intent, blank and log in one commit; `guarded` is kept."""
        ...

    def submitted(self, token: Token, number: int, uuid: str) -> None:
        """Commit the number and uuid that CUPS gave."""
        ...

    def released(self, token: Token) -> None:
        """Commit that CUPS was told to print it."""
        ...

    def open_attempts(self, printer: str | None = None) -> list[Attempt]:
        """Jobs in state printing (on that printer)."""
        ...

    def job(self, record_id: str) -> Job:
        """UnknownRecord."""
        ...

    def attempts(self, record_id: str) -> list[AttemptRow]:
        """Every attempt at this card, in order."""
        ...


class DocumentStore(Protocol):
    """Documents pulled ahead, sealed, deleted when printed."""

    def wanted(self, limit: int) -> list[Job]:
        """Of the first `limit` ready jobs, in order, those that have no document yet."""
        ...

    def keep(self, card: Card) -> None:
        """Keep it, sealed, unless the job is not ready any more. Each printer renders it for itself when it starts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a page or an import."""

    new: int
    changed: int
    bad: int


class RecordStore(Protocol):
    """What the centre and the office's registrations say."""

    def cursor(self) -> str | None:
        """Where the next page starts; None before the first."""
        ...

    def take_page(self, page: Page, at: datetime) -> Taken:
        """Commit a page and its cursor together. The same page twice changes nothing."""
        ...

    def register(self, records: Iterable[Record], at: datetime, actor: str) -> Taken:
        """The office's own registrations; what the centre said before stays."""
        ...

    def retry_set_back(self, older_than: datetime, at: datetime) -> int:
        """Make those ready again that were set back for a passing reason before then; how many."""
        ...

    def person(self, record_id: str) -> Person:
        """Whose card it is. UnknownRecord, also when the centre never sent a readable person."""
        ...


class IssuanceStore(Protocol):
    """The outbox to the centre."""

    def due(self, limit: int) -> tuple[str, list[Issuance]] | None:
        """The next batch with its idempotency key: stable until acknowledged, a crash included. None: nothing due."""
        ...

    def acknowledged(self, idempotency_key: str, receipt: Receipt, at: datetime) -> None:
        """Settle a batch. What the centre rejected becomes work for a person."""
        ...

    def rejected(self) -> list[tuple[str, str]]:
        """(record id, the centre's reason) of every card that the centre would not take."""
        ...

    def undelivered(self) -> int:
        """Cards that the centre has not heard of yet."""
        ...


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
    batch: str | None
    document: str | None


class LedgerStore(Protocol):
    """The ledger of blanks."""

    def move(self, movement: Movement, *, at: datetime, actor: str) -> bool:
        """Book it; False if a movement with this document number was booked before. Overdrawn."""
        ...

    def balances(self) -> dict[str, int]:
        """From the maintained sums."""
        ...

    def entries(self, limit: int, account: str | None = None) -> list[LedgerRow]:
        """Newest first; with `account` only those that debit or credit it."""
        ...

    def known_batches(self) -> dict[str, int]:
        """Blanks received from the centre, by batch."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage of the line."""

    started_at: datetime
    ended_at: datetime | None
    cause: str
    detail: str | None


class LinkStore(Protocol):
    """The line's state and history."""

    def link(self) -> Link | None:
        """As saved last."""
        ...

    def save_link(self, link: Link, before: Link) -> None:
        """Save it; opens or closes an outage and logs it when the state went down or came up."""
        ...

    def outages(self, limit: int) -> list[Outage]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterReport:
    """What a printer does, for `status`."""

    name: str
    state: PrinterState
    reasons: tuple[str, ...] = ()
    record_id: str | None = None
    since: datetime | None = None


class PrinterStore(Protocol):
    """What printers do, and what operators want of them."""

    def report(self, report: PrinterReport, at: datetime) -> None:
        """Save it (logged when the state changes)."""
        ...

    def reports(self) -> dict[str, PrinterReport]:
        """By name; only printers that ever reported."""
        ...

    def set_paused(self, name: str, paused: bool, at: datetime, actor: str) -> None:
        """An operator pauses or resumes our dispatch to it. Resuming also ends its rest."""
        ...

    def wishes(self, name: str) -> tuple[bool, int]:
        """(paused by an operator, a number that grows when an operator resumes it or loads its hopper)."""
        ...


class LogStore(Protocol):
    """The append-only log."""

    def append(self, event: str, *, at: datetime, actor: str, record_id: str | None = None, **details: object) -> None:
        """Chain one more entry."""
        ...

    def entries(self, record_id: str | None = None, after: int = 0, limit: int = 1000) -> list[Entry]:
        """In order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A line of `queue`."""

    job: Job
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """Somebody recorded later whose card was started earlier."""

    record_id: str
    recorded_at: datetime
    started_at: datetime
    why: str
    """The state and reason of the one who was passed, at that moment."""


class QueueView(Protocol):
    """What people ask about the line."""

    def counts(self) -> dict[State, int]:
        """Maintained, not counted."""
        ...

    def queue(self, state: State | None, limit: int | None) -> list[QueueRow]:
        """In the order in which they will be served: printing, ready, then the others by turn."""
        ...

    def place(self, job: Job) -> int | None:
        """From 1 among ready jobs; None when it is not ready."""
        ...

    def overtakings(self, job: Job, limit: int) -> list[Overtaking]:
        """Earliest start first."""
        ...

    def printed_since(self, at: datetime) -> int:
        """Cards made since then."""
        ...


class Store(Protocol):
    """The database as a whole: one connection pool, one writer."""

    @property
    def jobs(self) -> JobStore:
        """Jobs and attempts."""
        ...

    @property
    def documents(self) -> DocumentStore:
        """Cards pulled ahead."""
        ...

    @property
    def records(self) -> RecordStore:
        """What the centre and the office say."""
        ...

    @property
    def issuances(self) -> IssuanceStore:
        """The outbox."""
        ...

    @property
    def ledger(self) -> LedgerStore:
        """The blanks."""
        ...

    @property
    def links(self) -> LinkStore:
        """The line."""
        ...

    @property
    def printers(self) -> PrinterStore:
        """What printers do."""
        ...

    @property
    def log(self) -> LogStore:
        """The log."""
        ...

    @property
    def view(self) -> QueueView:
        """The line of people."""
        ...

    def close(self) -> None:
        """Commit what is waiting and let go."""
        ...


class Lease(Protocol):
    """One daemon on a database (SQLite) at a time; the system frees it when the daemon dies."""

    def take(self) -> bool:
        """False if another daemon has it."""
        ...

    def is_taken(self) -> bool:
        """Whether a daemon runs on this database."""
        ...

    def give_back(self) -> None:
        """The daemon ends."""
        ...


class Messenger(Protocol):
    """One way to tell people who are elsewhere that something is wrong. Used by one thread."""

    @property
    def name(self) -> str:
        """For the log: where it is configured, never its address (which holds a secret)."""
        ...

    def send(self, title: str, text: str) -> None:
        """Bounded in time. Retryable when it did not go out."""
        ...


# --- the system -------------------------------------------------------------------------------------------


class ServiceManager(Protocol):
    """systemd, or nobody."""

    def ready(self) -> None:
        """READY=1."""
        ...

    def reloading(self) -> None:
        """RELOADING=1; ready() follows."""
        ...

    def stopping(self) -> None:
        """STOPPING=1."""
        ...

    def status(self, line: str) -> None:
        """STATUS=, one line."""
        ...

    def alive(self) -> None:
        """WATCHDOG=1: every loop made its step in time."""
        ...
