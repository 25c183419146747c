"""The centre's memory: what it knows of each record, what changed when, and which cards were reported."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daemon.demo.centre.people import Inhabitant
from daemon.domain.job import PRINT_READY
from daemon.ports import Clock

WITHDRAWN = "WITHDRAWN"
_CURSOR = "v1."


class UnknownCursor(Exception):
    """No cursor of ours."""


class KeyUsedTwice(Exception):
    """The same idempotency key with another body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One issuance as it was reported first."""

    record_id: str
    idempotency_key: str
    printed_at: str
    printer: str
    card_serial: str | None


@dataclass(slots=True, kw_only=True)
class _Known:
    person: Inhabitant
    status: str
    updated_at: datetime
    change: int
    """The number of its latest change; older ones in the feed are void."""


class CentralState:
    """Safe to use from several threads. Records become ready by the clock, whenever somebody looks."""

    def __init__(self, people: Iterable[Inhabitant], *, ready_schedule: Mapping[str, float], clock: Clock) -> None:
        self.people = {person.record_id: person for person in people}
        self.pulled: Counter[str] = Counter()
        """How often each card was given out."""
        self.documents: dict[str, bytes] = {}
        """Of those whose card comes as a PDF of the centre's own, by record id."""
        self.issued: dict[str, Reported] = {}
        """The first report of each record."""
        self.double_issuances: list[Reported] = []
        self.reports: list[Reported] = []
        """All of them, as they came."""
        """Records reported again under another key: a second card, unless a person authorised one."""
        self._lock = threading.RLock()
        self._clock = clock
        self._started = clock.monotonic()
        self._due = sorted(((after, record_id) for record_id, after in ready_schedule.items()), reverse=True)
        self._known: dict[str, _Known] = {}
        self._feed: list[str] = []
        self._answers: dict[str, tuple[Any, dict[str, Any]]] = {}
        for person in self.people.values():
            if not person.missing:
                self._known[person.record_id] = _Known(
                    person=person, status=person.first_status, updated_at=clock.now(), change=0
                )
                self._changed(person.record_id)

    def page(self, after: str | None, limit: int) -> dict[str, Any]:
        """A page of changes, in the form of the contract. UnknownCursor."""
        with self._lock:
            self._catch_up()
            place = self._place(after)
            records: list[dict[str, Any]] = []
            while place < len(self._feed) and len(records) < limit:
                known = self._known[self._feed[place]]
                place += 1
                if known.change == place:
                    records.append(_record(known))
            return {"records": records, "next": f"{_CURSOR}{place:x}", "more": place < len(self._feed)}

    def card_of(self, record_id: str) -> Inhabitant | int:
        """Whose card it is, or the status code that says why there is none."""
        with self._lock:
            self._catch_up()
            known = self._known.get(record_id)
            if known is None:
                return 404
            if known.status == WITHDRAWN:
                return 410
            if known.status != PRINT_READY:
                return 409
            self.pulled[record_id] += 1
            return known.person

    def accept(self, issuances: list[dict[str, Any]], idempotency_key: str) -> dict[str, Any]:
        """Take a report; the same key again gets the same answer and changes nothing. KeyUsedTwice."""
        with self._lock:
            if idempotency_key in self._answers:
                body, answer = self._answers[idempotency_key]
                if body != issuances:
                    raise KeyUsedTwice(idempotency_key)
                return answer
            answer = {"accepted": [], "rejected": []}
            for issuance in issuances:
                if issuance["record_id"] in self._known:
                    answer["accepted"].append(issuance["record_id"])
                    self._accept(issuance, idempotency_key)
                else:
                    answer["rejected"].append({"record_id": issuance["record_id"], "reason": "unknown record"})
            self._answers[idempotency_key] = (issuances, answer)
            return answer

    def reported(self, cursor: str | None, limit: int) -> dict[str, Any]:
        """What was issued, oldest first. UnknownCursor."""
        with self._lock:
            place = 0 if cursor is None else int(cursor) if cursor.isascii() and cursor.isdigit() else -1
            known = self.reports
            if not 0 <= place <= len(known):
                raise UnknownCursor(str(cursor))
            page = known[place : place + limit]
            issuances = [
                {
                    "record_id": card.record_id,
                    "printed_at": card.printed_at,
                    "printer": card.printer,
                    "card_serial": card.card_serial,
                }
                for card in page
            ]
            end = place + len(page)
            return {"issuances": issuances, "next": str(end), "more": end < len(known)}

    def status(self, record_id: str) -> str | None:
        """The centre's word now; None when it does not know the record."""
        with self._lock:
            self._catch_up()
            known = self._known.get(record_id)
            return known.status if known else None

    def set_status(self, record_id: str, status: str) -> None:
        """Change the centre's word; it goes into the feed of changes. A missing record becomes known by this."""
        with self._lock:
            self._catch_up()
            if record_id not in self._known:
                self._known[record_id] = _Known(
                    person=self.people[record_id], status=status, updated_at=self._clock.now(), change=0
                )
            self._known[record_id].status = status
            self._changed(record_id)

    def withdraw(self, record_id: str) -> None:
        """The record is no more: 410 from now on."""
        self.set_status(record_id, WITHDRAWN)

    def still_to_become_ready(self) -> int:
        """How many records the schedule has not made ready so far."""
        with self._lock:
            self._catch_up()
            return len(self._due)

    def _catch_up(self) -> None:
        passed = self._clock.monotonic() - self._started
        while self._due and self._due[-1][0] <= passed:
            _, record_id = self._due.pop()
            known = self._known.get(record_id)
            if known is not None and known.status != WITHDRAWN:
                known.status = PRINT_READY
                self._changed(record_id)

    def _changed(self, record_id: str) -> None:
        self._feed.append(record_id)
        known = self._known[record_id]
        known.change = len(self._feed)
        known.updated_at = self._clock.now()

    def _place(self, cursor: str | None) -> int:
        if cursor is None:
            return 0
        try:
            place = int(cursor.removeprefix(_CURSOR), 16)
        except ValueError:
            raise UnknownCursor(cursor) from None
        if not cursor.startswith(_CURSOR) or not 0 <= place <= len(self._feed):
            raise UnknownCursor(cursor)
        return place

    def _accept(self, issuance: dict[str, Any], idempotency_key: str) -> None:
        reported = Reported(
            record_id=issuance["record_id"],
            idempotency_key=idempotency_key,
            printed_at=issuance["printed_at"],
            printer=issuance["printer"],
            card_serial=issuance.get("card_serial"),
        )
        self.reports.append(reported)
        if issuance["record_id"] in self.issued:
            self.double_issuances.append(reported)
        else:
            self.issued[reported.record_id] = reported


def _record(known: _Known) -> dict[str, Any]:
    person = known.person
    return {
        "record_id": person.record_id,
        "nik": person.nik,
        "name": person.name,
        "birth_place": person.birth_place,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex,
        "district": person.district,
        "village": person.village,
        "recorded_at": person.recorded_at.isoformat(),
        "status": known.status,
        "request_class": person.request_class,
        "updated_at": known.updated_at.isoformat(),
    }
