"""Reads the order of turns back out of the log: who was ready when, who was started when, and what it says of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from daemon.domain import rules
from daemon.domain.job import Job
from daemon.domain.line import UNTOLD, Line, Standing, Violation
from daemon.domain.log import LogEntry
from daemon.domain.order import RecordingTimes, Turn
from daemon.domain.registration import TAKEN_BACK
from daemon.domain.rules import Circumstances
from daemon.domain.states import State
from daemon.ports import LogStore

RECORDED = "recorded"
TURN_CHANGED = "recorded_at_changed"
STARTED = "started"
CLASS_CHANGED = "request_class_changed"
LANE_CHANGED = "lane_changed"
CHECKED_IN = "checked_in"
_PAGE = 5000


def whole_log(log: LogStore) -> Iterator[LogEntry]:
    """Every entry, in order, a page at a time."""
    return _paged(log, None)


def log_of(log: LogStore, record_id: str) -> Iterator[LogEntry]:
    """Every entry about this one, in order."""
    return _paged(log, record_id)


def _paged(log: LogStore, record_id: str | None) -> Iterator[LogEntry]:
    after = 0
    while page := log.entries(record_id, after=after, limit=_PAGE):
        yield from page
        after = page[-1].sequence


def order_violations(entries: Iterable[LogEntry]) -> list[Violation]:
    """Every start that passed over somebody earlier who was ready, from the log alone, which is given whole."""
    history = History()
    found = (history.add(entry) for entry in entries)
    return [fault for faults in found for fault in faults if isinstance(fault, Violation)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the log has said last of one person. None: it has not, or it is from a time when it did not say that."""

    state: State | None = None
    recorded_at: datetime | None = None
    """The time that counts."""
    times: RecordingTimes | None = None
    """As office and centre say."""
    request_class: str | None = UNTOLD
    lane: str | None = None
    present_on: date | None = None

    def then(self, entry: LogEntry) -> "Told":
        """After one more entry about this person."""
        if entry.event == TAKEN_BACK:
            return Told()  # as if it had never been there
        details = entry.details
        changes: dict[str, Any] = {}
        if "after" in details:
            changes["state"] = State(str(details["after"]))
        moment = details.get("recorded_at") if entry.event == RECORDED else None
        if entry.event == TURN_CHANGED:
            moment = details["to"]
        if moment is not None:
            changes["recorded_at"] = datetime.fromisoformat(str(moment))
        if "counts" in details:
            document = details.get("document")
            changes["times"] = RecordingTimes(
                office=_moment(details.get("office_recorded_at")),
                document=None if document is None else str(document),
                centre=_moment(details.get("centre_recorded_at")),
            )
        if "request_class" in details:
            changes["request_class"] = str(details["request_class"]) or None
        if entry.event in (RECORDED, LANE_CHANGED):
            changes["lane"] = details.get("lane")
        if entry.event == CHECKED_IN:
            changes["present_on"] = date.fromisoformat(str(details["day"]))
        return replace(self, **changes) if changes else self

    def contradictions(self, job: Job) -> Iterator[str]:
        """What the table says otherwise, one line each."""
        if self.state is None:
            yield f"{job.record_id}: the table has it, and the log never said that it was recorded"
            return
        for what, told, now in (
            ("state", self.state, job.state),
            ("recorded_at", self.recorded_at, job.recorded_at),
            ("the office's time", self.times and self.times.office, job.office_recorded_at),
            ("its paper", self.times and self.times.document, job.office_document),
            ("the centre's time", self.times and self.times.centre, job.centre_recorded_at),
            ("the class", self.request_class, job.request_class),
            ("the lane", self.lane, job.lane),
            ("the day of checking in", self.present_on, job.present_on),
        ):
            if told != now and self._is_told(what):
                yield f"{job.record_id}: {what} is {_shown(told)} by the log and {_shown(now)} in the table"

    def _is_told(self, what: str) -> bool:
        match what:
            case "recorded_at":
                return self.recorded_at is not None
            case "the office's time" | "its paper" | "the centre's time":
                return self.times is not None
            case "the class":
                return self.request_class != UNTOLD
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """An entry found somebody otherwise than the entries before it had left him."""

    sequence: int
    record_id: str
    what: str
    told: object
    found: object

    def __str__(self) -> str:
        return (
            f"log #{self.sequence}: {self.what} of {self.record_id} was {_shown(self.told)} by the log before it,"
            f" and was found to be {_shown(self.found)}"
        )


class History:
    """All that the log says of people, entry by entry. What it did not say in earlier days is not judged.

    It keeps a few hundred bytes for each person, however long the log is.
    """

    def __init__(self) -> None:
        self.people: dict[str, Told] = {}
        self._line = Line()

    def add(self, entry: LogEntry) -> Iterator[Violation | Contradiction]:
        """The next entry of the log; what is wrong with it."""
        if entry.event == rules.ADOPTED:
            self._line.under(rules.from_details(entry.details))
        if entry.record_id is None:
            if entry.event == STARTED:  # of somebody who was erased
                self._line.counts(_rule(entry))
            return
        before = self.people.get(entry.record_id, Told())
        now = self.people[entry.record_id] = before.then(entry)
        yield from _contradictions(before, entry, entry.record_id)
        if entry.event == STARTED and before.recorded_at is not None:
            yield from self._started(Turn(before.recorded_at, entry.record_id), entry)
        elif now != before:
            if entry.event == STARTED:
                self._line.counts(_rule(entry))
            self._line.leaves(entry.record_id)
            if now.state is State.READY and now.recorded_at is not None:
                standing = Standing(
                    turn=Turn(now.recorded_at, entry.record_id),
                    request_class=now.request_class,
                    lane=now.lane,
                    present_on=now.present_on,
                )
                self._line.enters(standing, entry.sequence)

    def _started(self, turn: Turn, entry: LogEntry) -> Iterator[Violation | Contradiction]:
        """Held against the rules that applied, as the log says of that moment."""
        if self._line.rules.are_plain:
            passed = self._line.starts(turn, entry.sequence)
        else:
            said = _rule(entry)
            day, blanks = entry.details.get("day"), entry.details.get("blanks")
            if day is None or blanks is None:
                self._line.counts(said)
                yield _contradiction(entry, turn.record_id, "the day and the blanks of the start", "known", None)
                self._line.leaves(turn.record_id)
                return
            now = Circumstances(day=date.fromisoformat(str(day)), blanks=int(str(blanks)))
            choice, passed = self._line.judge(turn, entry.sequence, now, said)
            if choice.rule != said:
                yield _contradiction(entry, turn.record_id, "the rule of the start", choice.rule, said)
        if passed is not None:
            yield passed


def _rule(entry: LogEntry) -> str | None:
    """By which the start was, as it says."""
    said = entry.details.get("rule")
    return None if said is None else str(said)


def _contradiction(entry: LogEntry, record_id: str, what: str, told: object, found: object) -> Contradiction:
    return Contradiction(sequence=entry.sequence, record_id=record_id, what=what, told=told, found=found)


def _contradictions(before: Told, entry: LogEntry, record_id: str) -> Iterator[Contradiction]:
    found = entry.details.get("before") if "after" in entry.details else None
    if before.state is not None and found is not None and found != before.state:
        yield _contradiction(entry, record_id, "the state", before.state, found)
    if entry.event == TURN_CHANGED and before.recorded_at is not None:
        moment = _moment(entry.details["from"])
        if moment != before.recorded_at:
            yield _contradiction(entry, record_id, "recorded_at", before.recorded_at, moment)


def _moment(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text))


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "nothing" if value is None else str(value)
