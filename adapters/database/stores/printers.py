"""What printers do, and what operators want of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from adapters.database.schema.tables import attempt, printer
from adapters.database.stores import ledger
from adapters.database.transactions.change import Change
from adapters.database.transactions.database import Database
from adapters.database.transactions.log_end import Draft
from daemon.domain.dispatch import PrinterState
from daemon.domain.job import SYSTEM
from daemon.domain.supply import Consumable
from daemon.ports import Controls, PrinterReport

_REPORT_COLUMNS = (printer.c.name, printer.c.state, printer.c.reasons)
_ONE = select(printer).where(printer.c.name == bindparam("of_name"))
_REPORTED = select(*_REPORT_COLUMNS).where(printer.c.state.is_not(None)).order_by(printer.c.name)
_UNDER_WAY = select(attempt.c.printer, attempt.c.record_id, attempt.c.started_at).where(attempt.c.ended_at.is_(None))
_OF_NAME = update(printer).where(printer.c.name == bindparam("of_name"))
_SAVE = _OF_NAME.values(
    state=bindparam("new_state"),
    reasons=bindparam("new_reasons"),
)
_PAUSE = _OF_NAME.values(paused=bindparam("new_paused"), pause_reason=bindparam("new_reason"))
_CONSUMABLES = select(printer.c.name, printer.c.consumables).order_by(printer.c.name)
_SAVE_CONSUMABLES = _OF_NAME.values(consumables=bindparam("new_consumables"))
_RENEW = _OF_NAME.values(renewed=bindparam("new_renewed"))
_SERVED = select(printer.c.name, printer.c.queue).where(printer.c.queue.is_not(None)).order_by(printer.c.name)
_SERVE = _OF_NAME.values(queue=bindparam("new_queue"), journal=bindparam("new_journal"))
_DOUBT = _OF_NAME.values(doubts=bindparam("new_doubts"))
_GUARD = _OF_NAME.values(guarded_driver=bindparam("new_driver"))
_TROUBLED = frozenset({PrinterState.STOPPED, PrinterState.PAUSED, PrinterState.UNREACHABLE})


class SqlPrinters:
    """The PrinterStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, report: PrinterReport, at: datetime) -> None:
        """Save it; coming into trouble, going out of it, or another kind of it is logged."""
        with self._database.read() as connection:
            if _saved(connection, report.name) == report:
                return
        self._database.write(lambda change: _save(change, report, at))

    def reports(self) -> dict[str, PrinterReport]:
        """By name; only printers that ever reported. One prints when a card is under way, whatever it said."""
        with self._database.read() as connection:
            said = {row.name: _report(row) for row in connection.execute(_REPORTED)}
            under_way = {row.printer: row for row in connection.execute(_UNDER_WAY)}
        return {name: _corrected(name, said.get(name), under_way.get(name)) for name in {**said, **under_way}}

    def set_paused(self, name: str, paused: bool, at: datetime, actor: str, reason: str | None = None) -> None:
        """An operator pauses or resumes our dispatch to it. Resuming also nudges it."""

        def put(change: Change) -> None:
            row = _row(change, name)
            if paused and row["paused"] and reason in (None, row["pause_reason"]):
                return
            change.execute(_PAUSE, {"of_name": name, "new_paused": paused, "new_reason": reason if paused else None})
            if paused:
                change.notify()
            else:
                ledger.nudge(change, name)
            event = "printer_paused" if paused else "printer_resumed"
            details = {"printer": name} if reason is None else {"printer": name, "reason": reason}
            change.log.write(Draft(at=at, actor=actor, event=event, details=details))

        self._database.write(put)

    def consumables(self) -> dict[str, tuple[Consumable, ...]]:
        with self._database.read() as connection:
            found = {row.name: json.loads(row.consumables) for row in connection.execute(_CONSUMABLES)}
        return {name: tuple(Consumable(**each) for each in those) for name, those in found.items() if those}

    def save_consumables(self, name: str, found: Sequence[Consumable]) -> None:
        """Written only when something has changed."""
        if self.consumables().get(name, ()) == tuple(found):
            return
        values = {"of_name": name, "new_consumables": json.dumps([asdict(each) for each in found])}

        def put(change: Change) -> None:
            _row(change, name)
            change.execute(_SAVE_CONSUMABLES, values)

        self._database.write(put)

    def renew(self, name: str, consumable: str, at: datetime, actor: str) -> None:

        def put(change: Change) -> None:
            renewed = json.loads(_row(change, name)["renewed"])
            renewed[consumable] = at.isoformat()
            change.execute(_RENEW, {"of_name": name, "new_renewed": json.dumps(renewed)})
            details = {"printer": name, "consumable": consumable}
            change.log.write(Draft(at=at, actor=actor, event="consumable_renewed", details=details))

        self._database.write(put)

    def renewed(self, name: str, consumable: str) -> datetime | None:
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"of_name": name}).one_or_none()
        at = None if row is None else json.loads(row.renewed).get(consumable)
        return None if at is None else datetime.fromisoformat(at)

    def served(self) -> dict[str, str]:
        with self._database.read() as connection:
            return {row.name: row.queue for row in connection.execute(_SERVED)}

    def journal(self, name: str) -> str | None:
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"of_name": name}).one_or_none()
            return None if row is None else row.journal

    def serve(self, name: str, *, queue: str, journal: str | None, at: datetime) -> None:

        with self._database.read() as connection:
            row = connection.execute(_ONE, {"of_name": name}).one_or_none()
            if row is not None and (row.queue, row.journal) == (queue, journal):
                return

        def put(change: Change) -> None:
            before = _row(change, name)
            change.execute(_SERVE, {"of_name": name, "new_queue": queue, "new_journal": journal})
            if journal is not None and journal != before["journal"]:
                details = {"printer": name, "identity": journal}
                draft = Draft(at=at, actor=SYSTEM, event="guard_journal_adopted", details=details)
                change.log.write(draft)

        self._database.write(put)

    def guarded_driver(self, name: str) -> str | None:
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"of_name": name}).one_or_none()
            return None if row is None else row.guarded_driver

    def set_guarded_driver(self, name: str, driver: str | None) -> None:
        """A guard was put in front of it, or seen there first; None: taken away. Written only when that is new."""
        if self.guarded_driver(name) == driver:
            return

        def put(change: Change) -> None:
            _row(change, name)
            change.execute(_GUARD, {"of_name": name, "new_driver": driver})

        self._database.write(put)

    def controls(self, name: str) -> Controls:
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"of_name": name}).one_or_none()
            if row is None:
                return Controls()
            return Controls(paused=row.paused, pause_reason=row.pause_reason, nudges=row.nudges, doubts=row.doubts)

    def set_doubts(self, name: str, doubts: int) -> None:

        def put(change: Change) -> None:
            _row(change, name)
            change.execute(_DOUBT, {"of_name": name, "new_doubts": doubts})

        self._database.write(put)


def _row(change: Change, name: str) -> RowMapping:
    """The printer's row, made when there is none."""
    row = change.execute(_ONE, {"of_name": name}).mappings().one_or_none()
    if row is not None:
        return row
    change.execute(printer.insert(), {"name": name, "reasons": "[]", "paused": False, "nudges": 0})
    return change.execute(_ONE, {"of_name": name}).mappings().one()


def _saved(connection: Connection, name: str) -> PrinterReport | None:
    row = connection.execute(_ONE, {"of_name": name}).one_or_none()
    return None if row is None or row.state is None else _report(row)


def _save(change: Change, report: PrinterReport, at: datetime) -> None:
    _row(change, report.name)
    before = _saved(change.connection, report.name)
    change.execute(
        _SAVE,
        {
            "of_name": report.name,
            "new_state": report.state,
            "new_reasons": json.dumps(report.reasons),
        },
    )
    was = (before.state, before.reasons) if before else None
    if was == (report.state, report.reasons):
        return
    if report.state in _TROUBLED or (before is not None and before.state in _TROUBLED):
        details = {
            "printer": report.name,
            "before": before.state if before else None,
            "after": report.state,
            "reasons": list(report.reasons),
        }
        change.log.write(Draft(at=at, actor=SYSTEM, event="printer_state", details=details))


def _report(row: Any) -> PrinterReport:
    return PrinterReport(name=row.name, state=row.state, reasons=tuple(json.loads(row.reasons)))


def _corrected(name: str, said: PrinterReport | None, card: Any | None) -> PrinterReport:
    """What it said of itself, by the card that is under way there."""
    prints = said is not None and said.state is PrinterState.PRINTING
    if card is not None:
        reasons = said.reasons if said is not None and prints else ()
        return PrinterReport(
            name=name, state=PrinterState.PRINTING, reasons=reasons, record_id=card.record_id, since=card.started_at
        )
    return PrinterReport(name=name, state=PrinterState.IDLE) if said is None or prints else said
