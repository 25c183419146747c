"""Why somebody stands where they stand: the facts about one job, and the words for the person at the counter."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain.job import PRINT_READY, SAME_NIK, TRY_AGAIN, EndsBy, Fault, Job
from daemon.domain.order import RecordingTimes, Source
from daemon.domain.states import State
from daemon.domain.supply import ENOUGH_DAYS
from daemon.locale.standing import ENGLISH, INDONESIAN, Words
from daemon.ports import MovedAhead, Overtaking, Store
from daemon.queries.status import moved_ahead_to_json, rfc3339
from daemon.queries.supply import look_ahead
from daemon.settings import Settings

WEEK, WORKING_WEEK = 7, 5
"""A working day of cards is taken for so much of the calendar."""
MOST_OVERTAKINGS = 1000
MOST_TOLD = 5
"""So many are told one by one; `why --json` has the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The facts about one job."""

    job: Job
    at: datetime
    place: int | None
    ready: int
    """How many are in line."""
    overtakings: tuple[Overtaking, ...]
    """At most MOST_OVERTAKINGS, earliest start first."""
    per_day: float | None
    """Cards on a working day: the rate by which `status` tells how long the blanks last."""
    days: int
    """Working days that it is reckoned from."""
    moved_ahead: tuple[MovedAhead, ...] = ()
    """Whom papers of the office put before the time that the centre says, by paper."""
    timezone: ZoneInfo
    language: str

    @property
    def expected(self) -> date | None:
        """When the card will be made at the present rate, in the office's calendar; None if nobody can tell."""
        if self.place is None or self.per_day is None or self.days < ENOUGH_DAYS:
            return None
        days = math.ceil(self.place / self.per_day * WEEK / WORKING_WEEK)
        today = self.at.astimezone(self.timezone).date()
        return today + timedelta(days=days) if days <= (date.max - today).days else None


def find_standing(store: Store, settings: Settings, record_id: str, at: datetime) -> Standing:
    """Read the facts. UnknownRecord."""
    job = store.jobs.job(record_id)
    rate = look_ahead(store, (), at, settings.office.timezone)
    return Standing(
        job=job,
        at=at,
        place=store.view.place(job),
        ready=store.view.counts().get(State.READY, 0),
        overtakings=tuple(store.view.overtakings(job, MOST_OVERTAKINGS)),
        per_day=rate.per_day,
        days=rate.days,
        moved_ahead=tuple(store.view.moved_ahead()),
        timezone=settings.office.timezone,
        language=settings.office.language,
    )


def to_json(standing: Standing) -> dict[str, object]:
    """The facts, for programs."""
    job = standing.job
    return {
        "record_id": job.record_id,
        "state": job.state.value,
        "reason": job.reason,
        "since": rfc3339(job.since),
        "recorded_at": rfc3339(job.recorded_at),
        "recorded_at_by": times_to_json(job.times),
        "central_status": job.central_status,
        "place": standing.place,
        "overtakings": [
            {
                "record_id": overtaking.record_id,
                "recorded_at": rfc3339(overtaking.recorded_at),
                "started_at": rfc3339(overtaking.started_at),
                "why": overtaking.why,
            }
            for overtaking in standing.overtakings
        ],
        "expected_date": standing.expected.isoformat() if standing.expected else None,
        "cards_per_working_day": None if standing.per_day is None else round(standing.per_day, 1),
        "working_days_known": standing.days,
        "moved_ahead": moved_ahead_to_json(standing.moved_ahead),
    }


def times_to_json(times: RecordingTimes) -> dict[str, object]:
    """When somebody was recorded as each side says, and whose word counts."""
    return {
        "office": rfc3339(times.office) if times.office else None,
        "document": times.document,
        "centre": rfc3339(times.centre) if times.centre else None,
        "counts": times.source.value if times.source else None,
    }


# --- in words ---------------------------------------------------------------------------------------------


def sentences(standing: Standing) -> list[str]:
    """What to tell the person, in the office's language, one sentence or two a line."""
    words = INDONESIAN if standing.language == "id" else ENGLISH
    return [
        _place(standing, words),
        *_times(standing, words),
        _state(standing, words),
        _central(standing, words),
        *_overtaken(standing, words),
        *_moved_ahead(standing, words),
        *_expected(standing, words),
    ]


def _place(standing: Standing, words: Words) -> str:
    record, recorded = standing.job.record_id, _moment(standing.job.recorded_at, standing, words)
    if standing.job.fault is Fault.RECORD and standing.job.times.source is None:
        return words.no_date.format(record=record, heard=recorded)
    if standing.place is None:
        return words.no_place.format(record=record, recorded=recorded)
    return words.place.format(
        record=record,
        recorded=recorded,
        place=_number(standing.place, words),
        ready=_number(max(standing.ready, standing.place), words),
    )


def _times(standing: Standing, words: Words) -> list[str]:
    """Both, where office and centre say something different."""
    times = standing.job.times
    if times.office is None or times.centre is None or times.office == times.centre:
        return []
    office, centre = (_exactly(at, standing, words) for at in (times.office, times.centre))
    counts = words.office_counts if times.source is Source.OFFICE else words.centre_counts
    return [words.times.format(office=office, centre=centre) + " " + counts.format(document=times.document)]


def _moved_ahead(standing: Standing, words: Words) -> list[str]:
    papers = standing.moved_ahead
    if not papers:
        return []
    named = ", ".join(f"{paper.document} ({_number(paper.people, words)})" for paper in papers[:MOST_TOLD])
    people = _number(sum(paper.people for paper in papers), words)
    return [words.moved_ahead.format(people=people, papers=named + (", …" if len(papers) > MOST_TOLD else ""))]


def _state(standing: Standing, words: Words) -> str:
    job = standing.job
    said = words.state.format(meaning=_meaning(job, words), since=_moment(job.since, standing, words))
    return said + words.because.format(reason=_reason(job.reason, words)) if job.reason else said


def _meaning(job: Job, words: Words) -> str:
    """What the state means; of waiting, what for."""
    if job.state is not State.WAITING:
        return words.states[job.state]
    if job.ends_by is EndsBy.PERSON:
        return words.awaits_person
    if job.fault is not None:
        return words.awaits_mending
    return words.awaits_us if job.central_status == PRINT_READY else words.states[State.WAITING]


def _central(standing: Standing, words: Words) -> str:
    status = standing.job.central_status
    if status is None:
        return words.central_silent
    known = words.reasons.get(status)
    return words.central.format(status=f"{status} ({known})" if known else status)


def _overtaken(standing: Standing, words: Words) -> list[str]:
    overtakings = standing.overtakings
    if not overtakings:
        return [words.nobody_passed]
    count = _number(len(overtakings), words)
    if len(overtakings) == MOST_OVERTAKINGS:
        count = words.many.format(count=count)
    lines = [words.passed.format(count=count)]
    lines += (
        words.passed_by.format(
            record=overtaking.record_id,
            recorded=_moment(overtaking.recorded_at, standing, words),
            started=_moment(overtaking.started_at, standing, words),
            why=_passed_because(overtaking.why, words),
        )
        for overtaking in overtakings[:MOST_TOLD]
    )
    if len(overtakings) > MOST_TOLD:
        lines.append(words.more_passed.format(count=_number(len(overtakings) - MOST_TOLD, words)))
    return lines


def _expected(standing: Standing, words: Words) -> list[str]:
    if standing.job.state in (State.WAITING, State.HELD):
        return [words.not_in_line]
    if standing.job.state is not State.READY:
        return []
    if standing.expected is None or standing.per_day is None:
        return [words.cannot_tell.format(days=standing.days, enough=ENOUGH_DAYS)]
    per_day = _number(round(standing.per_day), words)
    return [words.expected.format(day=_day(standing.expected, words), per_day=per_day)]


def _reason(reason: str, words: Words) -> str:
    """A stable word (alone, or before a colon and a detail) in the office's language; else as people wrote it."""
    word, colon, detail = reason.partition(": ")
    if word == SAME_NIK and detail:
        return words.same_nik.format(other=detail)
    if word in (*Fault, TRY_AGAIN) and not words.tells_details:
        return words.reasons[word]
    return words.reasons.get(word, word) + colon + detail


def _passed_because(why: str, words: Words) -> str:
    """ "state: reason", as the store tells it."""
    state, _, reason = why.partition(": ")
    if state not in set(State):
        return _reason(why, words)
    meaning = words.states[State(state)]
    if state == State.WAITING:  # of another time: the log has the word alone
        told: dict[str, str] = {SAME_NIK: words.awaits_person, TRY_AGAIN: words.awaits_us}
        told |= dict.fromkeys(map(str, Fault), words.awaits_mending)
        meaning = told.get(reason.partition(": ")[0], meaning)
    return f"{meaning}: {_reason(reason, words)}" if reason else meaning


def _moment(at: datetime, standing: Standing, words: Words) -> str:
    local = at.astimezone(standing.timezone)
    return f"{_day(local.date(), words)} {local:%H:%M}"


def _exactly(at: datetime, standing: Standing, words: Words) -> str:
    return f"{_moment(at, standing, words)}:{at:%S}"


def _day(day: date, words: Words) -> str:
    return f"{day.day} {words.months[day.month - 1]} {day.year}"


def _number(number: int, words: Words) -> str:
    return f"{number:,}".replace(",", words.separator)
