"""An office with many people in line, made once for each number of them and copied for every repetition."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from daemon.domain import ledger
from daemon.domain.job import PRINT_READY
from daemon.domain.ledger import Movement
from daemon.ports import Card, Page, Person, Record, Store

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PRINTERS = tuple(f"card-{number}" for number in range(1, 9))
BLANKS_IN_A_HOPPER = 10_000
CARDS_PULLED_AHEAD = 400
"""As many as a repetition prints at most."""
PHOTO_BYTES = 16_000


def people(count: int, *, first: int = 0) -> list[Record]:
    """Print-ready, recorded a second after one another."""
    return [
        Record(
            record_id=f"1205-{number:08}",
            recorded_at=NOON + timedelta(seconds=number),
            person=Person(nik=f"12050101{number:08}", name=f"SITI CONTOH {number}", birth_place="STABAT", sex="F"),
            district="Stabat",
            village="Dendang",
            request_class="first_time",
            status=PRINT_READY,
            updated_at=NOON,
        )
        for number in range(first, first + count)
    ]


def pages(records: list[Record], size: int = 500) -> Iterator[Page]:
    """As the centre would send them."""
    for start in range(0, len(records), size):
        yield Page(records=tuple(records[start : start + size]), bad=(), next=str(start + size), more=True)


def card(record_id: str, photo: bytes) -> Card:
    return Card(
        record_id=record_id, fields={"nik": "1205010101900001", "name": "SITI CONTOH"}, photo=photo, document=None
    )


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'giliran.db'}"


class Offices:
    """The originals, and their copies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copies = 0

    def copy(self, waiting: int) -> Path:
        """The folder of a fresh office with so many people ready: blanks in eight hoppers, the first cards pulled."""
        original = self._folder / f"office-{waiting}"
        if not original.exists():
            _make(original, waiting)
        self._copies += 1
        fresh = self._folder / f"copy-{self._copies}"
        shutil.copytree(original, fresh)
        # What the copy left in memory is not to be written out while something is measured.
        os.sync()
        return fresh

    @contextmanager
    def store(self, waiting: int) -> Iterator[Store]:
        """Ours on a fresh copy."""
        folder = self.copy(waiting)
        with closing(open_store(url(folder), "1205", SystemClock())) as store:
            yield store
        shutil.rmtree(folder)


def _make(folder: Path, waiting: int) -> None:
    folder.mkdir(parents=True)
    migrate(url(folder), "1205")
    with closing(open_store(url(folder), "1205", SystemClock())) as store:
        for page in pages(people(waiting)):
            store.records.take_page(page, NOON)
        _move(store, ledger.CENTRE, ledger.STORE, BLANKS_IN_A_HOPPER * len(PRINTERS))
        for printer in PRINTERS:
            _move(store, ledger.STORE, ledger.hopper(printer), BLANKS_IN_A_HOPPER)
        photo = os.urandom(PHOTO_BYTES)
        for job in store.pulled_cards.wanted(CARDS_PULLED_AHEAD):
            store.pulled_cards.save(card(job.record_id, photo))


def _move(store: Store, credit: str, debit: str, quantity: int) -> None:
    store.ledger.move(Movement(quantity=quantity, credit=credit, debit=debit, reason="bench"), at=NOON, actor="bench")
