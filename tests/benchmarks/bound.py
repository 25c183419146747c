"""The limit of what we could be: the same rows, written by hand on the bare driver, as durably (WAL, FULL).

Nothing is checked, sealed or translated here, and nothing is read that the next write does not need.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from daemon.ports import Record

AT = 1_767_614_400_000_000
"""Microseconds since the epoch."""
MOMENT = "2026-01-05T12:00:00.000000+00:00"

_HEAD = "SELECT record_id FROM job WHERE state = 'ready' ORDER BY recorded_at, record_id LIMIT 1"
_START_JOB = "UPDATE job SET state = 'printing', since = ?, attempt = 1, printer = ? WHERE record_id = ?"
_DOCUMENT = "SELECT sealed FROM document WHERE record_id = ?"
_END_JOB = "UPDATE job SET state = 'printed', since = ? WHERE record_id = ?"
_BALANCE = "UPDATE balance SET quantity = quantity + ? WHERE account = ?"
_COUNT = "UPDATE job_count SET n = n + ? WHERE state = ?"
_ENTRY = (
    "INSERT INTO ledger_entry (id, at, debit, credit, quantity, reason, actor, record_id, attempt)"
    " SELECT coalesce(max(id), 0) + 1, ?, ?, ?, 1, ?, 'giliran', ?, 1"
    " FROM ledger_entry"
)
_LOG_HEAD = "SELECT max(sequence) FROM log"
_SUBJECT = "SELECT subject FROM log_subject WHERE record_id = ?"
_NEW_SUBJECT = "INSERT INTO log_subject (record_id, subject, salt) VALUES (?, ?, ?)"
_LOG = (
    "INSERT INTO log (sequence, at, actor, event, record_id, details, salt, subject, commitment, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ATTEMPT = (
    "INSERT INTO attempt (record_id, attempt, printer, journal, phase, started_at, start_sequence)"
    " VALUES (?, 1, ?, 'J-1', 'intended', ?, ?)"
)
_END_ATTEMPT = "UPDATE attempt SET verdict = 'printed', ended_at = ? WHERE record_id = ? AND attempt = 1"
_ISSUE = "INSERT INTO issuance (record_id, attempt, printed_at, printer) VALUES (?, 1, ?, ?)"
_JOB = (
    "INSERT INTO job (record_id, state, since, recorded_at, attempt, central_status, request_class,"
    " district, village, nik_ending, registered, updated_at) VALUES (?, 'ready', ?, ?, 0, ?, ?, ?, ?, ?, 0, ?)"
)
_PERSON = "INSERT INTO person (record_id, sealed, nik_digest) VALUES (?, ?, ?)"

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def connect(folder: Path) -> sqlite3.Connection:
    """As our writer does."""
    connection = sqlite3.connect(folder / "giliran.db", isolation_level=None)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()
    return connection


def print_cards(folder: Path, cards: int, printers: Sequence[str]) -> None:
    """Every printer finishes a card and starts the next in one commit, which all of them share."""
    started: list[tuple[str, str]] = []
    with closing(connect(folder)) as connection:
        for number in range(cards // len(printers) + 1):
            connection.execute("BEGIN IMMEDIATE")
            for printer, record_id in started:
                _finish(connection, printer, record_id)
            if number < cards // len(printers):
                started = [(printer, _start(connection, printer)) for printer in printers]
            connection.execute("COMMIT")


def enqueue(folder: Path, records: Sequence[Record], sealed: bytes) -> None:
    """Everybody, with a log entry each, in commits as large as ours."""
    with closing(connect(folder)) as connection:
        for start in range(0, len(records), 500):
            _enqueue_run(connection, records[start : start + 500], sealed)


def _start(connection: sqlite3.Connection, printer: str) -> str:
    ((record_id,),) = connection.execute(_HEAD)
    connection.execute(_DOCUMENT, (record_id,)).fetchone()
    connection.execute(_START_JOB, (AT, printer, record_id))
    _move_blank(connection, f"hopper:{printer}", "in_process", "print", record_id)
    _recount(connection, "ready", "printing")
    sequence = write_log(connection, "started", record_id, {"before": "ready", "after": "printing", "printer": printer})
    connection.execute(_ATTEMPT, (record_id, printer, AT, sequence))
    return str(record_id)


def _finish(connection: sqlite3.Connection, printer: str, record_id: str) -> None:
    connection.execute(_END_JOB, (AT, record_id))
    _move_blank(connection, "in_process", "issued", "printed", record_id)
    _recount(connection, "printing", "printed")
    write_log(connection, "attempt_printed", record_id, {"before": "printing", "after": "printed", "printer": printer})
    connection.execute(_END_ATTEMPT, (AT, record_id))
    connection.execute(_ISSUE, (record_id, AT, printer))
    connection.execute("DELETE FROM document WHERE record_id = ?", (record_id,))


def _move_blank(connection: sqlite3.Connection, credit: str, debit: str, reason: str, record_id: str) -> None:
    connection.execute(_ENTRY, (AT, debit, credit, reason, record_id))
    connection.execute(_BALANCE, (-1, credit))
    connection.execute(_BALANCE, (1, debit))


def _recount(connection: sqlite3.Connection, before: str, after: str) -> None:
    connection.execute(_COUNT, (-1, before))
    connection.execute(_COUNT, (1, after))


def write_log(connection: sqlite3.Connection, event: str, record_id: str | None, details: dict[str, object]) -> int:
    """One more entry with its leaf's hash; its sequence."""
    (sequence,) = connection.execute(_LOG_HEAD).fetchone()
    (subject,) = (None,) if record_id is None else connection.execute(_SUBJECT, (record_id,)).fetchone()
    connection.execute(_LOG, _entry(sequence + 1, "giliran", event, record_id, subject, details))
    return int(sequence) + 1


def _entry(
    sequence: int,
    actor: str,
    event: str,
    record_id: str | None,
    subject: bytes | None,
    details: dict[str, object],
) -> tuple[object, ...]:
    said, salt = _JSON.encode(details), secrets.token_bytes(16)
    shown = {name: value for name, value in details.items() if name in ("before", "after", "printer")}
    commitment = hashlib.sha256(salt + f"[{_JSON.encode(actor)},{said}]".encode()).digest()
    leaf: dict[str, object] = {
        "at": MOMENT,
        "commitment": commitment.hex(),
        "event": event,
        "n": sequence,
        "public": shown,
    }
    if subject is not None:
        leaf["subject"] = subject.hex()
    digest = hashlib.sha256(b"\0" + _JSON.encode(leaf).encode()).hexdigest()
    return sequence, AT, actor, event, record_id, said, salt, subject, commitment, digest


def _enqueue_run(connection: sqlite3.Connection, run: Sequence[Record], sealed: bytes) -> None:
    connection.execute("BEGIN IMMEDIATE")
    jobs, people, entries, subjects = [], [], [], []
    sequence = connection.execute(_LOG_HEAD).fetchone()[0] or 0
    for record in run:
        nik = record.person.nik
        place = (record.status, record.request_class, record.district, record.village)
        jobs.append((record.record_id, AT, _microseconds(record.recorded_at), *place, nik[-4:], AT))
        people.append((record.record_id, sealed, hashlib.sha256(nik.encode()).digest()))
        sequence += 1
        details: dict[str, object] = {"after": "ready", "recorded_at": record.recorded_at.isoformat()}
        salt = secrets.token_bytes(32)
        subject = hashlib.sha256(salt + record.record_id.encode()).digest()
        subjects.append((record.record_id, subject, salt))
        entries.append(_entry(sequence, "centre", "recorded", record.record_id, subject, details))
    connection.executemany(_JOB, jobs)
    connection.executemany(_PERSON, people)
    connection.executemany(_NEW_SUBJECT, subjects)
    connection.executemany(_LOG, entries)
    connection.execute(_COUNT, (len(run), "ready"))
    connection.execute("COMMIT")


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
