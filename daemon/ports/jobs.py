"""The store, as far as it is about people: jobs, attempts, cards, records, the outbox."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.token import Token
from daemon.domain.value import value
from daemon.ports.central import Card, Issuance, Page, Person, Receipt, Record


class Phase(StrEnum):
    """How far an attempt came on its way to the printer."""

    INTENDED = "intended"
    SUBMITTED = "submitted"
    """CUPS has it; that it was told to print it stands in the guard's journal, once it has begun."""


@value
class Attempt:
    """One authorised card that is not concluded."""

    job: Job
    printer: str
    phase: Phase
    spool_number: int | None = None
    spool_uuid: str | None = None
    started_at: datetime
    journal: str | None
    """Identity of the guard's journal that it was started in; None: no guard stood in front of the device."""

    @property
    def token(self) -> Token:
        """Its token."""
        return self.job.token

    @property
    def guarded(self) -> bool:
        """Whether the guard stood in front of the device when it was started."""
        return self.journal is not None


@value
class Claim:
    """The head of the queue, now ours to print."""

    attempt: Attempt
    card: Card


class NoClaim(StrEnum):
    """Why there is nothing to print now."""

    NOBODY_READY = "nobody_ready"
    AWAITS_DOCUMENT = "awaits_document"
    """The head of the queue has no document yet; nobody behind may pass."""
    NO_BLANKS = "no_blanks"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Of a printer that waits for it; where nobody is in line, it waits for nothing."""
        return () if self is NoClaim.NOBODY_READY else (self.value,)


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
    journal: str | None
    """Identity of the guard's journal that it was started in; None: no guard stood in front of the device."""
    spool_number: int | None


@value
class EveryAttempt:
    """One of all authorised cards."""

    record_id: str
    attempt: int
    printer: str
    started_at: datetime
    start_sequence: int
    """Of the log's entry."""
    ended_at: datetime | None
    verdict: str | None


class JobStore(Protocol):
    """Jobs and their attempts. Every change commits job, blanks and log together, or nothing."""

    def apply(self, transition: Transition) -> Job:
        """Commit a move by compare-and-set on (state, since, attempt); durable on return.

        LostRace, Overdrawn, UnknownRecord.

        A transition to PRINTED also queues the issuance and deletes the document.
        """
        ...

    def claim(
        self, printer: str, at: datetime, *, journal: str | None, documents_since: datetime | None = None
    ) -> Claim | NoClaim:
        """Start the head of the queue on this printer: intent, blank and log in one commit; `journal` is kept.

        A document that was pulled before `documents_since` is as good as none.
        """
        ...

    def conclude_and_claim(
        self,
        made: Transition,
        printer: str,
        at: datetime,
        *,
        journal: str | None,
        documents_since: datetime | None = None,
    ) -> Claim | NoClaim:
        """`apply` and then `claim`, in one commit: a printer goes on to the next card. LostRace: neither was done."""
        ...

    def submitted(self, token: Token, number: int, uuid: str) -> None:
        """Commit the number and uuid that CUPS gave."""
        ...

    def open_attempts(self, printer: str | None = None) -> list[Attempt]:
        """Jobs in state printing (on that printer)."""
        ...

    def attempts_so_far(self) -> Mapping[str, int]:
        """How many attempts there were at each card, of everybody; read at a start alone."""
        ...

    def job(self, record_id: str) -> Job:
        """UnknownRecord."""
        ...

    def every_attempt(self, record_id: str | None = None) -> Iterator[EveryAttempt]:
        """By record and number, read page by page; of one record, or all."""
        ...

    def attempts(self, record_id: str) -> list[AttemptRow]:
        """Every attempt at this card, in order."""
        ...


class PulledCardStore(Protocol):
    """Documents pulled ahead, sealed, deleted when printed."""

    def wanted(self, limit: int, since: datetime | None = None) -> list[Job]:
        """Of the first `limit` ready jobs, in order, those that have no document yet, or one from before `since`."""
        ...

    def save(self, card: Card, since: datetime | None = None) -> None:
        """Keep it, sealed, unless the job is not ready any more. Each printer renders it for itself when it starts.

        It counts as pulled now, and not before `since` even if the clock was set back meanwhile.
        """
        ...


class NextCards(Protocol):
    """Who is likely to be printed next."""

    def cards(self, limit: int) -> list[Card]:
        """Of the first `limit` ready jobs, in order, as far as their documents are here."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeResult:
    """What came of a page or an import."""

    new: int
    changed: int
    bad: int
    moved_ahead: int = 0
    """People whom the import's paper puts before the time that the centre says."""
    too_early: int = 0
    """People for whom an import without a paper says an earlier time than the centre: it does not count."""
    others: tuple[str, ...] = ()
    """Records that an import gives another person's NIK than they have here: these stay as they are."""
    number: int | None = field(default=None, compare=False)
    """Of an import that brought somebody new, or changed by its paper which time counts: `undo_import` takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What became of an import that was taken back."""

    gone: int
    moved_back: int
    """People whose recording times are those again that they had before it."""
    staying: tuple[tuple[str, str], ...]
    """(record id, what has come of it), by record id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How far the pulling of changes is."""

    more: bool
    """The centre had more when the last page was taken."""
    records: int
    """In the run of pages that goes on, or went on last."""
    at: datetime
    """Of the last page."""
    round_since: datetime | None = None
    """Since when the centre's changes go round in a circle: there is always more, and nothing new comes."""


class RecordStore(Protocol):
    """What the centre and the office's registrations say."""

    def cursor(self) -> str | None:
        """Where the next page starts; None before the first."""
        ...

    def intake(self) -> Intake | None:
        """How far it is; None before the first page."""
        ...

    def note_round(self, since: datetime | None) -> None:
        """The centre's changes go round in a circle since then; None: they came to an end. Logged where it is new."""
        ...

    def take_page(self, page: Page, at: datetime) -> IntakeResult:
        """Commit a page and its cursor together. The same page twice changes nothing."""
        ...

    def register(
        self, records: Iterable[Record], at: datetime, actor: str, document: str | None = None
    ) -> IntakeResult:
        """The office's own registrations, with the paper that they come from; what the centre said before stays."""
        ...

    def foresee(self, records: Iterable[Record], document: str | None = None) -> IntakeResult:
        """How many of these `register` would find new, and how many move ahead (`changed`: 0); nothing is written."""
        ...

    def undo_import(self, number: int, *, at: datetime, actor: str) -> Undone:
        """Take an import back as far as nothing has come of it. Rejected: no such import, or it was undone before.

        Those whom it brought go; those whom its paper moved ahead have the times back that they had before.
        """
        ...

    def retry_set_back(self, older_than: datetime, at: datetime) -> int:
        """Make those ready again that were set back for a passing reason before then; how many."""
        ...

    def person(self, record_id: str) -> Person:
        """Whose card it is. UnknownRecord, also when the centre never sent a readable person."""
        ...


class PeopleStore(Protocol):
    """Finding people. Nothing of what was looked for is kept here; whoever looks writes to the log that he did."""

    def count(self) -> int:
        """Of whom a name is known: so many times `named` may say that it has come on."""
        ...

    def of_nik(self, nik: str) -> list[Job]:
        """Everybody of this NIK, by turn."""
        ...

    def named(self, part: str, limit: int, advance: Callable[[], None] = lambda: None) -> list[Job]:
        """At most `limit` whose name has all these words in it, in any order and letter case, by turn."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRow:
    """How the report of one card stands."""

    attempt: int
    acknowledged_at: datetime | None
    rejected: str | None
    """The centre's reason, until a person has resolved it."""


class IssuanceStore(Protocol):
    """The outbox to the centre."""

    def due(self, limit: int, but: Collection[Token] = ()) -> tuple[str, list[Issuance]] | None:
        """The next batch and its idempotency key, the same until the centre answers, a crash or not. None: none is due.

        `but`: cards to be left out of a new batch.
        """
        ...

    def refused(self, idempotency_key: str) -> None:
        """The centre took nothing of this batch: its cards are due again, under other keys."""
        ...

    def reject(self, token: Token, reason: str, at: datetime) -> None:
        """The centre will not take this card: work for a person."""
        ...

    def resolve_rejection(self, record_id: str, *, again: bool, reason: str, at: datetime, actor: str) -> int:
        """A person has cleared up what the centre rejected: report it `again`, or not any more. How many cards."""
        ...

    def of(self, record_id: str) -> list[IssuanceRow]:
        """What became of the report of each card of this record, in order."""
        ...

    def acknowledged(self, idempotency_key: str, receipt: Receipt, at: datetime) -> None:
        """Book the centre's answer to a batch. What it rejected becomes work for a person."""
        ...

    def rejected(self) -> list[tuple[str, str]]:
        """(record id, the centre's reason) of every card that the centre would not take."""
        ...

    def undelivered(self) -> int:
        """Cards that the centre has not heard of yet."""
        ...
