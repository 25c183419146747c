"""Looks into the database past the code under test: plain SQL on a connection of its own."""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A line of the log."""

    sequence: int
    actor: str
    event: str
    record_id: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Witness:
    """Reads, and trusts nobody."""

    connection: sqlite3.Connection

    def data_version(self) -> int:
        """Changes whenever somebody else has changed the database (SQLite's own word)."""
        (found,) = self.connection.execute("PRAGMA data_version").fetchone()
        return int(found)

    def paused(self) -> frozenset[str]:
        """Printers that a person paused."""
        return frozenset(
            name for (name,) in self.connection.execute("SELECT name FROM printer WHERE paused").fetchall()
        )

    def log(self, after: int) -> list[Logged]:
        """Everything newer than that entry."""
        rows = self.connection.execute(
            "SELECT sequence, actor, event, record_id, details FROM log WHERE sequence > ? ORDER BY sequence", (after,)
        ).fetchall()
        return [
            Logged(sequence=sequence, actor=actor, event=event, record_id=record_id, details=json.loads(details))
            for sequence, actor, event, record_id, details in rows
        ]

    def end_of_log(self) -> int:
        """Its newest entry."""
        (found,) = self.connection.execute("SELECT coalesce(max(sequence), 0) FROM log").fetchone()
        return int(found)

    def reprints(self) -> Counter[str]:
        """How many the log says were authorised, by record."""
        rows = self.connection.execute("SELECT record_id, count(*) FROM log WHERE event = 'reprint' GROUP BY record_id")
        return Counter(dict(rows.fetchall()))

    def open_tokens(self) -> list[tuple[str, int]]:
        """(record, attempt) of every attempt that is authorised and not over."""
        return self.connection.execute("SELECT record_id, attempt FROM job WHERE state = 'printing'").fetchall()

    def states(self) -> dict[str, str]:
        """State by record."""
        return dict(self.connection.execute("SELECT record_id, state FROM job ORDER BY record_id").fetchall())

    def attempts_of_jobs(self) -> dict[str, int]:
        """Attempts so far by record."""
        return dict(self.connection.execute("SELECT record_id, attempt FROM job ORDER BY record_id").fetchall())

    def counts(self) -> dict[str, int]:
        """The numbers that are kept, without zeros."""
        return dict(self.connection.execute("SELECT state, n FROM job_count WHERE n <> 0").fetchall())

    def balances(self) -> dict[str, int]:
        """The sums that are kept."""
        return dict(self.connection.execute("SELECT account, quantity FROM balance").fetchall())

    def ledger(self) -> list[tuple[str, str, int]]:
        """(debit, credit, quantity) of every entry."""
        return self.connection.execute("SELECT debit, credit, quantity FROM ledger_entry ORDER BY id").fetchall()

    def journal_of(self, record_id: str, attempt: int) -> str | None:
        """The guard's journal that it was started in."""
        of_token = "SELECT journal FROM attempt WHERE record_id = ? AND attempt = ?"
        ((journal,),) = self.connection.execute(of_token, (record_id, attempt))
        return None if journal is None else str(journal)

    def open_attempt(self, record_id: str, attempt: int) -> tuple[str, int | None, str | None] | None:
        """(printer, CUPS's number, uuid) of an attempt that is authorised and not over."""
        found: tuple[str, int | None, str | None] | None = self.connection.execute(
            "SELECT a.printer, a.spool_number, a.spool_uuid FROM attempt a JOIN job j USING (record_id)"
            " WHERE a.record_id = ? AND a.attempt = ? AND j.attempt = a.attempt AND j.state = 'printing'"
            " AND a.ended_at IS NULL",
            (record_id, attempt),
        ).fetchone()
        return found

    def issued(self) -> list[tuple[str, int]]:
        """(record, attempt) of every card that is in the books."""
        return self.connection.execute("SELECT record_id, attempt FROM issuance").fetchall()

    def undelivered(self) -> int:
        """Cards that the centre has not acknowledged."""
        (found,) = self.connection.execute(
            "SELECT count(*) FROM issuance WHERE acknowledged_at IS NULL AND rejected IS NULL"
        ).fetchone()
        return int(found)

    def delivered(self) -> list[tuple[str, int]]:
        """(record, attempt) of every card that the centre acknowledged."""
        return self.connection.execute(
            "SELECT record_id, attempt FROM issuance WHERE acknowledged_at IS NOT NULL"
        ).fetchall()
