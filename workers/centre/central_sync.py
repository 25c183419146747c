"""Pulls what changed at the centre, page by page; each page is committed with its cursor, so a cut loses nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from loguru import logger

from daemon.ports import CentralServer, Clock, IntakeResult, LinkFailure, Page, RecordStore
from workers.centre.card_documents import Pulls
from workers.centre.priority import Priority, Rank
from workers.centre.rounds import Rounds
from workers.runner import PATIENCE_SECONDS, Loop, Pause, pause
from workers.situation import Situation, Topic

PAUSED = pause(3600.0, Topic.LINK)
"""While the link is down nothing is tried."""
YIELDING_SECONDS = 0.05

SET_BACK_FOR = timedelta(minutes=5)
"""How long a job that the centre could not serve is left alone before it is tried again."""
TOLD_EVERY_SECONDS = 10.0
"""In a long run of pages."""


@dataclass(slots=True, kw_only=True)
class CentralSync(Loop):
    """Changes from the centre into the store."""

    central: CentralServer
    records: RecordStore
    situation: Situation
    clock: Clock
    interval_seconds: float
    page_size: int
    on_failure: Callable[[LinkFailure], None]
    priority: Priority = field(default_factory=Priority)
    pulls: Pulls = field(default_factory=Pulls)
    name: str = "central-sync"
    patience_seconds: float = PATIENCE_SECONDS
    _run: "_Run | None" = None
    """The pages since there was more than one."""
    _rounds: Rounds = field(default_factory=Rounds)
    _goes_round: bool | None = None
    """None: not known since the start; what was noted before is taken back at the end of the first run."""

    def step(self) -> float | Pause:
        """One page; the next at once while there is more."""
        if not self.situation.link.state.lets_cards_start:
            self._end_run()
            return PAUSED
        if self.priority.must_wait(Rank.CHANGES):
            return YIELDING_SECONDS
        now = self.clock.now()
        retried = self.records.retry_set_back(now - SET_BACK_FOR, now)
        try:
            with self.priority.held(Rank.CHANGES):
                page = self.central.records(self.records.cursor(), self.page_size)
        except LinkFailure as failure:
            self._end_run()
            self.on_failure(failure)
            return pause(self.interval_seconds, Topic.LINK)
        taken = self._store_page(page)
        if taken.new or taken.changed or retried:
            self.situation.notify(Topic.TURN)
        if page.more:
            if not self._rounds.leads_nowhere(page.next, brought_news=bool(taken.new or taken.changed)):
                return 0.0
            return self._rest_from_round()
        self._rounds.over()
        if self._goes_round is not False:
            self._goes_round = False
            self.records.note_round(None)
        self.situation.caught_up()
        return pause(self.interval_seconds, Topic.LINK)

    def _rest_from_round(self) -> Pause:
        """The office goes on with what it knows; the centre is tried again later."""
        self._end_run()
        rest_seconds = self._rounds.rest()
        if not self._goes_round:
            self._goes_round = True
            self.records.note_round(self.clock.now())
            logger.error(
                "the centre's changes go round: it says that there is more, and nothing new comes;"
                " tell the centre; it is asked again in {:.0f} s",
                rest_seconds,
            )
        return pause(rest_seconds)

    def close(self) -> None:
        """Others need not wait for us any more."""
        self._end_run()

    def _store_page(self, page: Page) -> IntakeResult:
        # A card that is being pulled just now may be the one from before this change.
        named = (*(record.record_id for record in page.records), *(bad.record_id for bad in page.bad))
        self.pulls.doubt(record_id for record_id in named if record_id is not None)
        taken = self.records.take_page(page, self.clock.now())
        for bad in page.bad:
            logger.bind(record_id=bad.record_id).warning(
                "the centre sent a record that cannot be taken: {} ({})", bad.record_id or "no record_id", bad.problem
            )
        if page.more and self._run is None:
            self._run = _Run(self.clock.monotonic())
            self.priority.acquire(Rank.CHANGES)
        if self._run is not None:
            self._run.add(len(page.records), self.clock.monotonic())
            if not page.more:
                self._end_run()
        elif taken.new or taken.changed:
            logger.info("{} new and {} changed records from the centre", taken.new, taken.changed)
        return taken

    def _end_run(self) -> None:
        if self._run is not None:
            self._run.log_progress(self.clock.monotonic(), "so far; no more now")
            self._run = None
            self.priority.release(Rank.CHANGES)


@dataclass(slots=True)
class _Run:
    """Many pages in a row, such as the first import; people see how far it is."""

    began: float
    """Monotonic."""
    records: int = 0
    told_at: float = 0.0

    def __post_init__(self) -> None:
        self.told_at = self.began

    def add(self, records: int, now: float) -> None:
        self.records += records
        if now - self.told_at >= TOLD_EVERY_SECONDS:
            self.log_progress(now, "so far")
            self.told_at = now

    def log_progress(self, now: float, how: str) -> None:
        rate = self.records / max(now - self.began, 0.001)
        logger.info("{:,} records from the centre {} ({:,.0f} a second)", self.records, how, rate)
