"""The centre's side of a courier: reads what an office put onto the stick, and packs what is to be carried back."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loguru import logger

from adapters.courier import Damaged, Item, ItemKind, Key, packs
from daemon.demo.centre.app import card_to_json
from daemon.demo.centre.state import CentralState, UnknownCursor
from daemon.domain.job import PRINT_READY

PAGE_RECORDS = 500
LOOK_SECONDS = 1.0


class CentralCourier:
    """Of one office, whose stick comes and goes at this folder."""

    def __init__(self, state: CentralState, *, stick: Path, key: Key, office: str) -> None:
        self._state = state
        self._stick = stick
        self._to_office, self._from_office = packs(stick, key, office=office)

    def exchange(self) -> int:
        """Take in what the office says and pack anew what it lacks; the number of the new pack. Damaged, OSError."""
        after: str | None = None
        receipts: list[dict[str, object]] = []
        if self._from_office.sequence() is not None:
            for item in self._from_office.items((ItemKind.STAND, ItemKind.REPORT)):
                if item.kind is ItemKind.STAND:
                    after = item.of or None
                else:
                    receipts = [self._receipt(report) for report in json.loads(item.content)["reports"]]
        number = (self._to_office.sequence() or 0) + 1
        told = Item(kind=ItemKind.RECEIPT, of="", content=json.dumps({"receipts": receipts}).encode())
        self._to_office.write([told, *self._changes(after)], number)
        return number

    def _receipt(self, report: dict[str, Any]) -> dict[str, object]:
        answer = self._state.accept([report["issuance"]], report["key"])
        reason = next((rejection["reason"] for rejection in answer["rejected"]), None)
        return {"key": report["key"], "accepted": reason is None, "reason": reason}

    def _changes(self, after: str | None) -> Iterator[Item]:
        """Every page since then, and the card of everybody in it who is print-ready."""
        more = True
        while more:
            try:
                page = self._state.page(after, PAGE_RECORDS)
            except UnknownCursor:
                after = None
                continue
            for record in page["records"]:
                if record["status"] == PRINT_READY:
                    yield self._card(record["record_id"])
            yield Item(kind=ItemKind.PAGE, of=after or "", content=json.dumps(page).encode())
            after, more = page["next"], page["more"]

    def _card(self, record_id: str) -> Item:
        person = self._state.people[record_id]
        card = card_to_json(person, self._state.documents.get(record_id))
        return Item(kind=ItemKind.CARD, of=record_id, content=json.dumps(card).encode())

    def run(self, stop: threading.Event) -> None:
        """Whenever the stick is there and the office has put something new onto it, or nothing lies on it yet."""
        seen: int | None = None
        while not stop.wait(LOOK_SECONDS):
            try:
                if not self._stick.is_dir():
                    continue
                said = self._from_office.sequence()
                if said != seen or self._to_office.sequence() is None:
                    number, seen = self.exchange(), said
                    logger.info("pack {} lies on the stick for the office", number)
            except (Damaged, OSError) as error:
                logger.error("the stick cannot be used: {}", error)
