"""Jobs and attempts, held against what the log says last of each. A long log takes no more memory than a short one."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from datetime import datetime

from daemon.domain.errors import Damaged, UnknownRecord
from daemon.domain.job import Job, Verdict
from daemon.domain.line import Violation
from daemon.domain.log import LogEntry
from daemon.domain.states import State
from daemon.ports import EveryAttempt, Store
from daemon.queries.audit.entries import UNREADABLE, unreadable
from daemon.queries.audit.sums import Sums
from daemon.queries.audit.words import in_words
from daemon.queries.fairness import NOBODY, Contradiction, History, Told, log_of, moment_of, said_before
from daemon.queries.tree import all_subjects

_PAGE = 5000


class People:
    """Those whose card is still to come are kept one by one; all others are added up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._archive = _Archive(store)
        self._attempts = Sums()
        self._history = History(self._archive)
        self._faults: list[str] = []

    def add(self, entry: LogEntry) -> None:
        """The next entry of the log."""
        try:
            self._faults.extend(map(in_words, self._add(entry)))
        except UNREADABLE as error:
            self._faults.append(unreadable(entry, error))

    def _add(self, entry: LogEntry) -> list[Violation | Contradiction]:
        if entry.record_id is not None and "attempt" in entry.details:
            for fact in _of_attempt(entry):
                self._attempts.add(entry.record_id, *fact)
            if "verdict" in entry.details and entry.details.get("before") == State.UNCONFIRMED:
                self._attempts.subtract(entry.record_id, entry.details["attempt"], "verdict", str(Verdict.IN_DOUBT))
        return self._history.add(entry)

    def check(self) -> Iterator[str]:
        """What did not fit, and what the tables say otherwise, after the last entry."""
        yield from self._faults
        doubtful = list(self._jobs_that_differ())
        for row in self._store.jobs.every_attempt():
            for fact in _of_row(row):
                self._attempts.subtract(row.record_id, *fact)
        if not self._archive.sums.are_even or not self._attempts.are_even:
            doubtful += self._those_who_share_a_sum()
        for record_id in dict.fromkeys(doubtful):
            yield from _looked_at_again(self._store, record_id)

    def _jobs_that_differ(self) -> Iterator[str]:
        waiting = self._history.people
        for job in _everybody(self._store):
            told = waiting.pop(job.record_id, None)
            if told is None:
                self._archive.sums.subtract(job.record_id, *_fact(job))
                self._archive.sums.subtract(job.record_id, str(job.state))
            elif any(told.contradictions(job)):
                yield job.record_id
        yield from [record_id for record_id, told in waiting.items() if told.state is not None]

    def _those_who_share_a_sum(self) -> Iterator[str]:
        """With one of whom log and tables say something else."""
        for record_id in _known(self._store):
            if not self._archive.sums.is_even(record_id) or not self._attempts.is_even(record_id):
                yield record_id


class _Archive:
    """Of History."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.sums = Sums()

    def put(self, record_id: str, told: Told) -> None:
        self.sums.add(record_id, *_fact_told(told))
        self.sums.add(record_id, str(told.state))

    def moved(self, record_id: str, before: str, after: str) -> None:
        self.sums.subtract(record_id, before)
        self.sums.add(record_id, after)

    def take_back(self, record_id: str, sequence: int) -> Told:
        told = said_before(self._store.log, record_id, sequence)
        if told.state is not None:
            self.sums.subtract(record_id, *_fact_told(told))
            self.sums.subtract(record_id, str(told.state))
        return told


def _fact(job: Job) -> tuple[object, ...]:
    """All that the log tells of one who is in the archive but for the state."""
    times = (job.office_recorded_at, job.office_document, job.centre_recorded_at)
    return (job.recorded_at, *times, job.request_class, job.lane, job.present_on)


def _fact_told(told: Told) -> tuple[object, ...]:
    times = (None, None, None) if told.times is None else (told.times.office, told.times.document, told.times.centre)
    return (told.recorded_at, *times, told.request_class, told.lane, told.present_on)


def _of_attempt(entry: LogEntry) -> Iterator[tuple[object, ...]]:
    """What it changes of the attempt that it names. What a person says of one in doubt replaces that, not its end."""
    details = entry.details
    attempt, verdict = details["attempt"], details.get("verdict")
    if details.get("after") == State.PRINTING:
        yield attempt, "start", details.get("printer"), moment_of(entry), entry.sequence
    if verdict is None:
        return
    if details.get("before") != State.UNCONFIRMED:
        yield attempt, "end", moment_of(entry)
    yield attempt, "verdict", str(verdict)


def _of_row(row: EveryAttempt) -> Iterator[tuple[object, ...]]:
    """The same, as the table has it."""
    yield row.attempt, "start", row.printer, row.started_at, row.start_sequence
    if row.ended_at is not None:
        yield row.attempt, "end", row.ended_at
    if row.verdict is not None:
        yield row.attempt, "verdict", str(row.verdict)


def _everybody(store: Store) -> Iterator[Job]:
    after: str | None = None
    while page := store.view.everybody(after, _PAGE):
        yield from page
        after = page[-1].record_id


def _known(store: Store) -> Iterator[str]:
    """Whoever is in the table, and whoever the log is about."""
    for job in _everybody(store):
        yield job.record_id
    with suppress(Damaged):  # told by check_subjects
        yield from (record_id for record_id, *_ in all_subjects(store.tree))


def _looked_at_again(store: Store, record_id: str) -> list[str]:
    """The daemon goes on meanwhile: a change and its entry come together, so without a new entry nothing changed."""
    account = _Account(store, record_id)
    while True:
        found = [*account.job(), *account.attempts()]
        newest = _Account(store, record_id)
        if newest.last == account.last:
            return found
        account = newest


class _Account:
    """What the log says of one record by now, and which entry says it."""

    def __init__(self, store: Store, record_id: str) -> None:
        self._store, self._record_id = store, record_id
        self.last = 0
        """Its newest entry's number."""
        self._told = NOBODY
        self._said: dict[str, int] = {}
        """By field."""
        self._facts: dict[tuple[object, ...], tuple[tuple[object, ...], int]] = {}
        """Of each attempt: what is said of its start, its end and its verdict last."""
        for entry in log_of(store.log, record_id):
            before, self._told = self._told, self._told.then(entry)
            self.last = entry.sequence
            for field in fields(Told):
                if getattr(before, field.name) != getattr(self._told, field.name):
                    self._said[field.name] = entry.sequence
            if "attempt" in entry.details:
                self._facts |= {fact[:2]: (fact[2:], entry.sequence) for fact in _of_attempt(entry)}

    def job(self) -> Iterator[str]:
        """What the table says otherwise."""
        try:
            job = self._store.jobs.job(self._record_id)
        except UnknownRecord:
            if self._told.state is not None:
                by = self._said.get("state", self.last)
                yield f"{self._record_id}: {self._told.state} by the log (#{by}), and the table does not have it"
        else:
            yield from self._told.contradictions(job, self._said)

    def attempts(self) -> Iterator[str]:
        """The same of them."""
        there = {fact[:2]: fact[2:] for row in self._store.jobs.every_attempt(self._record_id) for fact in _of_row(row)}
        for (attempt, what), (said, sequence) in self._facts.items():
            kept = there.pop((attempt, what), None)
            if kept != said:
                now = "nothing" if kept is None else _words(kept)
                yield f"{self._fact(what, attempt)} is {_words(said)} by the log (#{sequence}) and {now} in the table"
        for (attempt, what), kept in there.items():
            yield f"{self._fact(what, attempt)} is nothing by the log and {_words(kept)} in the table"

    def _fact(self, what: object, attempt: object) -> str:
        return f"{self._record_id}: the {what} of attempt {attempt}"


def _words(fact: tuple[object, ...]) -> str:
    return ", ".join(each.isoformat() if isinstance(each, datetime) else str(each) for each in fact)
