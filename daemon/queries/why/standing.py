"""The facts about one job: where it stands, and why."""

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain.job import Job, WaitsFor
from daemon.domain.ledger import usable
from daemon.domain.log import LogEntry
from daemon.domain.order import RecordingTimes
from daemon.domain.rules import Circumstances, Precedence, Rules, held_back_because, to_details
from daemon.domain.states import State
from daemon.domain.supply import ENOUGH_DAYS
from daemon.ports import MovedAhead, Overtaking, Store
from daemon.queries.status import moved_ahead_to_json, rfc3339
from daemon.queries.supply import look_ahead
from daemon.queries.why.next_move import next_move
from daemon.settings import Settings

WEEK, WORKING_WEEK = 7, 5
"""A working day of cards is taken for so much of the calendar."""
MOST_OVERTAKINGS = 1000
MOST_ENTRIES = 1000
"""Of somebody's history that are read."""


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
    overtakings_complete: bool = True
    """False: there may have been more."""
    history: tuple[LogEntry, ...] = ()
    """What the log says of this person, at most MOST_ENTRIES."""
    per_day: float | None
    """Cards on a working day: the rate by which `status` tells how long the blanks last."""
    days: int
    """Working days that it is reckoned from."""
    moved_ahead: tuple[MovedAhead, ...] = ()
    """Whom papers of the office put before the time that the centre says, by paper."""
    rules: Rules = field(default_factory=Rules)
    """What stands above the recording time."""
    ranks: Precedence | None = None
    """Of them the precedence of classes, if it is in force now."""
    held_back: WaitsFor | None = None
    """What one who is ready waits for by these rules."""
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

    @property
    def told_reason(self) -> str | None:
        """As it is kept; of one whom the rules hold back, as they say."""
        held = self.held_back
        return self.job.reason if held is None else held_back_because(held, self.rules)


def find_standing(store: Store, settings: Settings, record_id: str, at: datetime, *, language: str) -> Standing:
    """Read the facts, for whoever is told them in this language. UnknownRecord."""
    job = store.jobs.job(record_id)
    passed = store.view.overtakings(job, MOST_OVERTAKINGS)
    rate = look_ahead(store, at, settings.office.timezone)
    rules = store.order.rules()
    now = Circumstances(day=rules.day(at), blanks=usable(store.ledger.balances()))
    return Standing(
        job=job,
        at=at,
        place=store.view.place(job),
        ready=store.view.counts().get(State.READY, 0),
        overtakings=passed.found,
        overtakings_complete=passed.complete,
        history=tuple(store.log.entries(record_id, limit=MOST_ENTRIES)),
        per_day=rate.per_day,
        days=rate.days,
        moved_ahead=tuple(store.view.moved_ahead()),
        rules=rules,
        ranks=rules.ranks(now),
        held_back=store.view.held_back(job),
        timezone=settings.office.timezone,
        language=language,
    )


def to_json(standing: Standing) -> dict[str, object]:
    """The facts, for programs."""
    job = standing.job
    return {
        "record_id": job.record_id,
        "state": job.state.value,
        "reason": standing.told_reason,
        "moved_next_by": next_move(job, standing.held_back).mover.value,
        "since": rfc3339(job.since),
        "recorded_at": rfc3339(job.recorded_at),
        "recorded_at_by": times_to_json(job.times),
        "central_status": job.central_status,
        "request_class": job.request_class,
        "lane": job.lane,
        "present_on": job.present_on.isoformat() if job.present_on else None,
        "rules": to_details(standing.rules),
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
        "overtakings_complete": standing.overtakings_complete,
        "history": [
            {
                "at": rfc3339(entry.at),
                "event": entry.event,
                "state": entry.details.get("after"),
                "reason": entry.details.get("reason"),
            }
            for entry in standing.history
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
