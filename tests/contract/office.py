"""A small office to try a store with: invented people, pages of them, blanks in hoppers."""

from datetime import UTC, datetime, timedelta

from daemon.domain import ledger
from daemon.domain.job import PRINT_READY, Job, Verdict, conclude
from daemon.domain.ledger import Movement
from daemon.ports import BadRecord, Card, Claim, Page, Person, Record, Store

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CLERK = "clerk"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def somebody(number: int = 1, name: str = "SITI CONTOH") -> Person:
    return Person(nik=f"12050101019{number:05}", name=name)


def record(
    record_id: str,
    minute: float = 0,
    *,
    status: str | None = PRINT_READY,
    person: Person | None = None,
    district: str | None = None,
    updated_at: datetime | None = None,
) -> Record:
    """Recorded so many minutes after noon; everybody has a NIK of their own unless a person is given."""
    own = somebody(sum(ord(letter) * 31**place for place, letter in enumerate(record_id)) % 100_000)
    return Record(
        record_id=record_id,
        recorded_at=NOON + minutes(minute),
        person=person or own,
        status=status,
        district=district,
        updated_at=updated_at,
    )


def page(*records: Record, bad: tuple[BadRecord, ...] = (), following: str = "1") -> Page:
    return Page(records=records, bad=bad, next=following, more=False)


def card(record_id: str, document: bytes = b"%PDF-1.7") -> Card:
    return Card(record_id=record_id, fields={"name": "SITI CONTOH"}, photo=None, document=document)


def stock(store: Store, printer: str = "card-1", quantity: int = 10) -> None:
    """Blanks from the centre, through the store room, into a hopper."""
    for credit, debit in ((ledger.CENTRE, ledger.STORE), (ledger.STORE, ledger.hopper(printer))):
        store.ledger.move(Movement(quantity=quantity, credit=credit, debit=debit, reason="test"), at=NOON, actor=CLERK)


def in_line(store: Store, *record_ids: str) -> None:
    """People who are print-ready, recorded a minute after one another, their cards pulled."""
    records = [record(record_id, minute) for minute, record_id in enumerate(record_ids)]
    store.records.take_page(page(*records, following=f"after {record_ids[-1]}"), NOON)
    for record_id in record_ids:
        store.pulled_cards.save(card(record_id))


def start(store: Store, printer: str = "card-1", at: datetime = NOON) -> Job:
    """The head of the queue, started."""
    claim = store.jobs.claim(printer, at, journal="J-1")
    assert isinstance(claim, Claim), claim
    return claim.attempt.job


def print_next(store: Store, printer: str = "card-1", at: datetime = NOON) -> Job:
    """The head of the queue, printed."""
    return store.jobs.apply(conclude(start(store, printer, at), Verdict.PRINTED, reason=None, at=at))


def events(store: Store, record_id: str | None = None) -> list[str]:
    return [entry.event for entry in store.log.entries(record_id)]
