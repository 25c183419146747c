"""A store and what else the loops of one office need, for their tests."""

from datetime import datetime, timedelta

from daemon.domain.job import PRINT_READY
from daemon.domain.link import Link, LinkState
from daemon.ports import Card, Clock, Page, Person, Record, Store
from workers.situation import Situation


def record(record_id: str, at: datetime, *, minutes: int = 0, status: str = PRINT_READY) -> Record:
    return Record(
        record_id=record_id,
        recorded_at=at - timedelta(days=10) + timedelta(minutes=minutes),
        person=Person(nik="1205010101900001", name="SITI CONTOH"),
        status=status,
    )


def card(record_id: str) -> Card:
    fields = {"nik": "1205010101900001", "name": "SITI CONTOH"}
    return Card(record_id=record_id, fields=fields, photo=None, document=None)


def take_in(store: Store, clock: Clock, *record_ids: str) -> None:
    records = tuple(record(record_id, clock.now(), minutes=place) for place, record_id in enumerate(record_ids))
    store.records.take_page(Page(records=records, bad=(), next="1", more=False), clock.now())


def situation(clock: Clock, state: LinkState = LinkState.UP) -> Situation:
    return Situation(Link(state=state, since=clock.now()))
