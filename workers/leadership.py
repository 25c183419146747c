"""One of the daemons on a store leads: it alone talks to the centre and tells people. The others see what it saves."""

from dataclasses import dataclass

from loguru import logger

from daemon.domain.errors import Fatal, Retryable
from daemon.domain.link import Link, LinkState, unknown
from daemon.ports import LEAD, Clock, Lease, LinkStore, RecordStore
from workers.runner import Loop, Pause, pause
from workers.situation import Situation, Topic

KEEP_SECONDS = 2.0
"""So soon after it is free, another daemon has the lead."""
FOLLOWING = pause(KEEP_SECONDS, Topic.TURN)
NOT_LEADING = pause(3600.0, Topic.LEAD)


@dataclass(slots=True, kw_only=True)
class Leadership(Loop):
    """Keeps what this daemon has for itself, takes the lead when it is free, follows the leader while it is not."""

    lease: Lease
    links: LinkStore
    records: RecordStore
    situation: Situation
    clock: Clock
    name: str = "leadership"
    _is_away: bool = False
    """The store, when it was asked last."""

    def step(self) -> float | Pause:
        """Fatal when another daemon took a printer of ours while the store was away."""
        try:
            lost = self.lease.renew()
        except Retryable as error:
            return self._without_store(error)
        self._is_away = False
        if lost - {LEAD}:
            raise Fatal(f"another giliran took {', '.join(sorted(lost - {LEAD}))} while the database was away")
        if LEAD in lost:
            self.situation.set_leads(False)
        if self.situation.leads:
            return KEEP_SECONDS
        if self.lease.acquire(LEAD):
            self._follow()
            return FOLLOWING
        # What the leader before us saw last may not hold any more.
        self.situation.set_link(as_saved(self.links, self.clock))
        self.situation.set_leads(True)
        logger.info("this giliran watches the link and talks to the centre")
        return KEEP_SECONDS

    def _without_store(self, error: Retryable) -> float:
        """Nobody knows who leads; what a leader does needs the store anyway. Asked again soon, told once."""
        self.situation.set_leads(False)
        if not self._is_away:
            logger.warning("{}", error)
        self._is_away = True
        return KEEP_SECONDS

    def _follow(self) -> None:
        """The link as the leader saw it. What it pulled since the link came back is what the centre says now."""
        link = self.links.link()
        if link is None:
            return
        self.situation.set_link(link)
        intake = self.records.intake()
        if intake is not None and not intake.more and intake.at >= link.since:
            self.situation.caught_up()


@dataclass(frozen=True, slots=True)
class Led(Loop):
    """A loop that makes its steps on the leading daemon alone."""

    loop: Loop
    situation: Situation

    @property
    def name(self) -> str:
        """The loop's."""
        return self.loop.name

    @property
    def patience_seconds(self) -> float:
        """The loop's."""
        return self.loop.patience_seconds

    def step(self) -> float | Pause:
        """The loop's, or none."""
        return self.loop.step() if self.situation.leads else NOT_LEADING

    def close(self) -> None:
        """The loop's."""
        self.loop.close()


def as_saved(links: LinkStore, clock: Clock) -> Link:
    """The link when somebody begins to watch it: a saved outage goes on until a probe succeeds; else unknown."""
    saved = links.link()
    if saved is not None and saved.state is LinkState.DOWN:
        return saved
    return unknown(clock.now())
