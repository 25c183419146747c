"""Whom a record concerns, as far as anybody at a terminal needs to see: initials and the end of the NIK."""

from typing import TYPE_CHECKING

from daemon.domain.errors import UnknownRecord
from daemon.domain.records import initials as initials_of

if TYPE_CHECKING:
    from daemon.domain.job import Job
    from daemon.ports import Store


def initials(store: "Store", record_id: str) -> str | None:
    """Enough to tell two people apart; None while no readable person is known."""
    try:
        person = store.records.person(record_id)
    except UnknownRecord:
        return None
    return short(person.name)


def short(name: str) -> str:
    """S. C."""
    return initials_of(name)


def whom(store: "Store", job: "Job") -> str:
    """S. C., NIK ending …0001."""
    return f"{initials(store, job.record_id) or 'unknown'}, NIK ending …{job.nik_ending or '????'}"
