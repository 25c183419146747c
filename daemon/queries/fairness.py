"""Reads the order of turns back out of the log: who was ready when, who was started when, and what it says of each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from daemon.domain import rules
from daemon.domain.job import Job
from daemon.domain.line import UNTOLD, Line, Standing, Violation
from daemon.domain.log import LogEntry
from daemon.domain.order import RecordingTimes, Turn
from daemon.domain.registration import TAKEN_BACK
from daemon.domain.rules import Circumstances
from daemon.domain.states import State
from daemon.domain.value import value
from daemon.ports import LogStore

RECORDED = "recorded"
TURN_CHANGED = "recorded_at_changed"
STARTED = "started"
CLASS_CHANGED = "request_class_changed"
LANE_CHANGED = "lane_changed"
CHECKED_IN = "checked_in"
_TELLING = frozenset({RECORDED, TURN_CHANGED, CLASS_CHANGED, LANE_CHANGED, CHECKED_IN, TAKEN_BACK})
"""Entries that tell more of a person than a state."""
_DONE = frozenset({State.PRINTED, State.HANDED_OVER, State.CANCELLED})
_PAGE = 5000


def whole_log(log: LogStore) -> Iterator[LogEntry]:
    """Every entry, in order, a page at a time."""
    return _paged(log, None)


def since(log: LogStore, sequence: int) -> Iterator[LogEntry]:
    """Every entry after this one, in order."""
    return _paged(log, None, sequence)


def log_of(log: LogStore, record_id: str) -> Iterator[LogEntry]:
    """Every entry about this one, in order."""
    return _paged(log, record_id)


def _paged(log: LogStore, record_id: str | None, after: int = 0) -> Iterator[LogEntry]:
    while page := log.entries(record_id, after=after, limit=_PAGE):
        yield from page
        after = page[-1].sequence


def order_violations(entries: Iterable[LogEntry]) -> list[Violation]:
    """Every start that passed over somebody earlier who was ready, from the log alone, which is given whole."""
    history = History()
    found = (history.add(entry) for entry in entries)
    return [fault for faults in found for fault in faults if isinstance(fault, Violation)]


@value
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
            return NOBODY  # as if it had never been there
        details = entry.details
        if entry.event not in _TELLING and "counts" not in details and "request_class" not in details:
            return self._moved(State(str(details["after"]))) if "after" in details else self
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

    def _moved(self, state: State) -> "Told":
        return Told(
            state=state,
            recorded_at=self.recorded_at,
            times=self.times,
            request_class=self.request_class,
            lane=self.lane,
            present_on=self.present_on,
        )

    @property
    def is_whole(self) -> bool:
        """Whether the log has said all of this, as it does by now."""
        return (
            self.state is not None
            and self.recorded_at is not None
            and self.times is not None
            and self.request_class != UNTOLD
        )

    def contradictions(self, job: Job, said: Mapping[str, int] | None = None) -> Iterator[str]:
        """What the table says otherwise, one line each. `said`: the entry that said it last, by field."""
        if self.state is None:
            yield f"{job.record_id}: the table has it, and the log never said that it was recorded"
            return
        for what, field, told, now in (
            ("state", "state", self.state, job.state),
            ("recorded_at", "recorded_at", self.recorded_at, job.recorded_at),
            ("the office's time", "times", self.times and self.times.office, job.office_recorded_at),
            ("its paper", "times", self.times and self.times.document, job.office_document),
            ("the centre's time", "times", self.times and self.times.centre, job.centre_recorded_at),
            ("the class", "request_class", self.request_class, job.request_class),
            ("the lane", "lane", self.lane, job.lane),
            ("the day of checking in", "present_on", self.present_on, job.present_on),
        ):
            if told != now and self._is_told(what):
                by = f" (#{said[field]})" if said and field in said else ""
                yield f"{job.record_id}: {what} is {_shown(told)} by the log{by} and {_shown(now)} in the table"

    def _is_told(self, what: str) -> bool:
        match what:
            case "recorded_at":
                return self.recorded_at is not None
            case "the office's time" | "its paper" | "the centre's time":
                return self.times is not None
            case "the class":
                return self.request_class != UNTOLD
        return True


NOBODY = Told()


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


class Archive(Protocol):
    """Where people go whose card is made or cancelled, so that as much is kept of a long log as of a short one."""

    def put(self, record_id: str, told: Told) -> None:
        """Nothing more is expected of this one."""
        ...

    def moved(self, record_id: str, before: str, after: str) -> None:
        """One who may be here went from one state to another, and stays."""
        ...

    def take_back(self, record_id: str, sequence: int) -> Told:
        """What the log says of one who may be here before this entry."""
        ...


class History:
    """All that the log says of people, entry by entry. What it did not say in earlier days is not judged.

    It keeps a few hundred bytes for each person who is not in the archive.
    """

    def __init__(self, archive: Archive | None = None) -> None:
        self.people: dict[str, Told] = {}
        self._archive = archive
        self._line = Line()

    def add(self, entry: LogEntry) -> list[Violation | Contradiction]:
        """The next entry of the log; what is wrong with it. ValueError, KeyError or TypeError: it cannot be read."""
        if entry.event == rules.ADOPTED:
            self._line.under(rules.from_details(entry.details))
        record_id = entry.record_id
        if record_id is None:
            if entry.event == STARTED:  # of somebody who was erased
                self._line.counts(_rule(entry))
            return []
        before = self.people.get(record_id)
        if before is None:
            if self._is_of_the_archive(entry, record_id):
                return []
            before = NOBODY
            if self._archive is not None and entry.event != RECORDED:
                before = self._archive.take_back(record_id, entry.sequence)
        now = before.then(entry)
        self.people[record_id] = now
        faults: list[Violation | Contradiction] = []
        if "before" in entry.details or "from" in entry.details:
            faults += _contradictions(before, entry, record_id)
        if entry.event == STARTED and before.recorded_at is not None:
            faults += self._started(Turn(before.recorded_at, record_id), entry)
        elif now is not before and now != before:
            if entry.event == STARTED:
                self._line.counts(_rule(entry))
            self._line.leaves(record_id)
            if now.state is State.READY and now.recorded_at is not None:
                standing = Standing(
                    turn=Turn(now.recorded_at, record_id),
                    request_class=now.request_class,
                    lane=now.lane,
                    present_on=now.present_on,
                )
                self._line.enters(standing, entry.sequence)
        if self._archive is not None and now.state in _DONE and now.is_whole:
            del self.people[record_id]
            self._archive.put(record_id, now)
        return faults

    def _is_of_the_archive(self, entry: LogEntry, record_id: str) -> bool:
        """Whether it tells nothing of one who is not known here but that he was moved within it."""
        details = entry.details
        if self._archive is None or entry.event in _TELLING or "counts" in details or "request_class" in details:
            return False
        if "after" not in details:
            return True
        before, after = str(details.get("before")), str(details["after"])
        if before not in _DONE or after not in _DONE:
            return False
        self._archive.moved(record_id, before, after)
        return True

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


def moment_of(entry: LogEntry) -> datetime:
    """When it came to pass: it may have been booked later."""
    return _moment(entry.details.get("happened_at")) or entry.at


def said_before(log: LogStore, record_id: str, sequence: int) -> Told:
    """What the log had said of this one before that entry."""
    told = NOBODY
    for entry in log_of(log, record_id):
        if entry.sequence >= sequence:
            break
        told = told.then(entry)
    return told


def _moment(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text))


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "nothing" if value is None else str(value)
