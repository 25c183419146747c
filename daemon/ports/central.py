"""The central server: what comes from it and what it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from daemon.domain.errors import Rejected, Retryable
from daemon.domain.link import Cause, Probe, Stage
from daemon.domain.token import Token
from daemon.domain.value import value


class LinkFailure(Retryable):
    """The link or the centre failed. Counts as a failed probe."""

    def __init__(self, stage: Stage, detail: str, cause: Cause | None = None) -> None:
        """`cause` where more is known than the stage."""
        super().__init__(f"central server: {cause or stage}: {detail}")
        self.stage = stage
        self.cause = cause
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
    lane: str | None = None
    """In an office's own registration: the lane that the person is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """A record in a page that cannot be taken as it is. The problem names the field, not its content."""

    record_id: str | None
    recorded_at: datetime | None
    """When it can be read, the record keeps its place in line with this. None: it is that of the moment at which it
    was first heard of, until the centre says a usable time."""
    problem: str
    person: Person | None = None
    """As far as it can be read: somebody can be found by it, and no card is made from it."""
    status: str | None = None
    """The centre's word, when it can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Changes at the centre, oldest first."""

    records: tuple[Record, ...]
    bad: tuple[BadRecord, ...]
    next: str
    more: bool


@value
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCard:
    """One of which the centre was told."""

    record_id: str
    printed_at: datetime | None = None
    printer: str | None = None
    """As this office named it then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Some cards that the centre knows of from this office, oldest first."""

    cards: tuple[IssuedCard, ...]
    next: str
    more: bool


class CentralServer(Protocol):
    """The centre, over a link that is often down. Every call is bounded in time and size."""

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

    def issued(self, after: str | None, limit: int) -> Issued | None:
        """One page of what it was told by this office. None: it cannot tell. LinkFailure."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
