"""The CentralServer port by courier: `central.adapter: folder`."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loguru import logger

from adapters.central import messages, strict_json
from adapters.courier.pack import Damaged, Item, ItemKind, Key, packs
from adapters.courier.spool import Spool
from daemon.domain.flaw import Flaw
from daemon.domain.link import Cause, Probe, Stage
from daemon.ports import BadCard, Card, Clock, Issuance, Issued, LinkFailure, Page, Receipt

MOST_RECORDS_IN_A_PAGE = 5000
"""As many as the centre likes: a carrier does not come back for the rest."""


class FolderCentralServer:
    """What a carrier brings is taken in as soon as the stick is there; what the office has to say is put onto it."""

    def __init__(self, *, stick: Path, spool: Path, key: Key, office: str, clock: Clock) -> None:
        """`stick`: where it is mounted; it may be absent at any moment. `spool`: on this machine's own disk."""
        self._brought, self._taken_along = packs(stick, key, office=office)
        self._spool = Spool(spool, key)
        self._clock = clock
        self._lock = threading.Lock()
        self._given: tuple[object, ...] | None = None
        self._problem: str | None = None
        self._spool.make()

    def probe(self) -> Probe:
        """The link is there once a carrier has been here; it is at this moment that a new stick is seen to."""
        try:
            with self._lock:
                self._see_to_the_stick()
        except LinkFailure as failure:
            return Probe(at=self._clock.now(), failed_stage=failure.stage, cause=failure.cause, detail=failure.detail)
        return Probe(at=self._clock.now(), failed_stage=None)

    def records(self, after: str | None, limit: int) -> Page:
        """The page that follows this cursor, as large as the centre made it. LinkFailure when a pack is missing."""
        self._must_have_come()
        cursor = after or ""
        with self._lock:
            if self._spool.stand != cursor:
                self._spool.note(stand=cursor)
            content = self._read(ItemKind.PAGE, cursor)
            if content is None:
                return self._nothing_more(after)
        limit = max(limit, MOST_RECORDS_IN_A_PAGE)
        return messages.page(content, after=after, limit=limit, now=self._clock.now())

    def card(self, record_id: str) -> Card:
        """The centre sends the card along with the word that it is print-ready."""
        self._must_have_come()
        content = self._read(ItemKind.CARD, record_id)
        if content is None:
            raise BadCard(f"{record_id}: {Flaw.NOT_CARRIED}")
        return messages.card(content, record_id)

    def issued(self, after: str | None, limit: int) -> Issued | None:
        """No carrier brings that: the journal and people know."""
        return None

    def report(self, issuances: Sequence[Issuance], idempotency_key: str) -> Receipt:
        """Given to the next carrier; what a later one brings back is the receipt. Until then neither yes nor no.

        Each card goes under a key of its own, whatever batch it is in: batches change from one carrier to the next.
        """
        accepted, rejected = set(), {}
        with self._lock:
            for issuance in issuances:
                key = f"{issuance.record_id}:{issuance.token.attempt}"
                receipt = self._read(ItemKind.RECEIPT, key)
                if receipt is None:
                    self._will_be_reported(key, issuance)
                    continue
                self._spool.drop(ItemKind.REPORT, key)
                if receipt.get("accepted") is True:
                    self._spool.drop(ItemKind.CARD, issuance.record_id)
                    accepted.add(issuance.record_id)
                else:
                    rejected[issuance.record_id] = messages.reason(receipt.get("reason"))
        return Receipt(accepted=frozenset(accepted), rejected=rejected)

    def close(self) -> None:
        """Nothing is held open: the stick can go at any moment."""

    # --- the stick ---

    def _see_to_the_stick(self) -> None:
        try:
            sequence = self._brought.sequence()
            if sequence is not None and sequence > self._spool.sequence:
                self._receive(sequence)
        except Damaged as problem:
            self._refuse(str(problem))
        self._must_have_come()
        if self._taken_along.is_awaited:
            self._give_along()

    def _receive(self, sequence: int) -> None:
        """Cards before the pages that call for them; the number last. Cut anywhere, it is done again from the start."""
        pages, receipts = [], []
        for item in self._brought.items((ItemKind.CARD, ItemKind.RECEIPT, ItemKind.PAGE)):
            if item.kind is ItemKind.RECEIPT:
                receipts += self._sorted_out(item)
                continue
            self._spool.store(item)
            if item.kind is ItemKind.PAGE:
                pages.append(item.of)
        self._spool.drop_all_but(ItemKind.PAGE, pages)
        self._spool.drop_all_but(ItemKind.RECEIPT, receipts)
        self._spool.note(sequence=sequence)
        self._given = None  # this stick is another one
        logger.info(
            "a carrier brought pack {} with {} pages of changes; the stick can be taken out", sequence, len(pages)
        )

    def _give_along(self) -> None:
        given = (self._spool.sequence, self._spool.stand, *self._spool.names(ItemKind.REPORT))
        if given == self._given:
            return
        reports = tuple(self._spool.every(ItemKind.REPORT))
        number = self._spool.sent + 1
        try:
            self._taken_along.write(
                [Item(kind=ItemKind.STAND, of=self._spool.stand, content=b""), _all(reports)], number
            )
        except OSError as error:
            self._warn_once(f"nothing could be put onto the stick: {error.strerror}")
            return
        self._spool.note(sent=number)
        self._given, self._problem = given, None
        logger.info("{} reports of cards made were put onto the stick; it can be taken out", len(reports))

    def _refuse(self, problem: str) -> None:
        """What was carried before goes on being used."""
        if self._spool.sequence == 0:
            raise LinkFailure(Stage.ANSWER, problem, Cause.CARRIER_REFUSED)
        self._warn_once(f"what a carrier brought was refused: {problem}")

    def _warn_once(self, problem: str) -> None:
        if problem != self._problem:
            logger.error("courier: {}", problem)
        self._problem = problem

    def _must_have_come(self) -> None:
        if self._spool.sequence == 0:
            raise LinkFailure(
                Stage.CONNECT, f"no carrier has come so far ({self._brought.place.parent})", Cause.NO_CARRIER
            )

    # --- what was carried ---

    def _nothing_more(self, after: str | None) -> Page:
        """Up to date if the last page that was carried ends here, which is not needed any more then."""
        pages = [strict_json.loads(page.content) for page in self._spool.every(ItemKind.PAGE)]
        if after is None or (pages and after not in (page["next"] for page in pages)):
            raise LinkFailure(
                Stage.ANSWER,
                "what was carried does not follow what is known here: a pack is missing; the next one brings it",
                Cause.CARRIER_REFUSED,
            )
        self._spool.drop_all_but(ItemKind.PAGE, ())
        return Page(records=(), bad=(), next=after, more=False)

    def _will_be_reported(self, key: str, issuance: Issuance) -> None:
        if self._spool.get(ItemKind.REPORT, key) is None:
            content = json.dumps({"key": key, "issuance": messages.issuance(issuance)}).encode()
            self._spool.store(Item(kind=ItemKind.REPORT, of=key, content=content))

    def _sorted_out(self, receipts: Item) -> list[str]:
        """Each receipt by itself; the keys of those that are any."""
        try:
            answers = strict_json.loads(receipts.content)["receipts"]
            known = [answer for answer in answers if isinstance(answer["key"], str)]
        except (strict_json.BadJson, KeyError, TypeError):
            raise Damaged("the receipts cannot be read") from None
        for answer in known:
            self._spool.store(Item(kind=ItemKind.RECEIPT, of=answer["key"], content=json.dumps(answer).encode()))
        return [answer["key"] for answer in known]

    def _read(self, kind: ItemKind, of: str) -> Any:
        """The JSON in it; None when it is not here. LinkFailure."""
        try:
            content = self._spool.get(kind, of)
            return None if content is None else strict_json.loads(content)
        except (Damaged, strict_json.BadJson) as problem:
            raise LinkFailure(Stage.ANSWER, str(problem), Cause.CARRIER_REFUSED) from None


def _all(reports: Sequence[Item]) -> Item:
    told = [json.loads(report.content) for report in reports]
    return Item(kind=ItemKind.REPORT, of="", content=json.dumps({"reports": told}).encode())
