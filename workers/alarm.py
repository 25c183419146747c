"""Tells people elsewhere when something needs them: looks at how it stands, finds what is news, sends it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from loguru import logger

from daemon.domain.alarm import Announcement, Watch, look
from daemon.domain.errors import Retryable
from daemon.domain.needs import Facts
from daemon.domain.supply import Outlook
from daemon.locale.alerts import line, rest, sentence
from daemon.ports import Clock, Lease, Messenger, Store
from daemon.queries.needs import facts
from daemon.queries.printers import known_printers
from daemon.queries.supply import look_ahead
from workers.backoff import Backoff
from workers.runner import Loop
from workers.situation import Situation

LOOK_SECONDS = 10.0
RECKON_SECONDS = 600.0
"""How long the blanks last is reckoned so often: it reads four weeks of the ledger."""
MOST_LOOKED_AT = 200
"""Of each kind; the others' turn comes when these are over."""
MOST_LINES = 20
"""In one message."""
MOST_WAITING = 100
"""Lines that wait for one messenger; beyond, the oldest are given up: the log has them all."""
FIRST_RETRY_SECONDS = 10.0
LONGEST_RETRY_SECONDS = 600.0


@dataclass(slots=True, kw_only=True)
class _Outbox:
    """What one messenger has not delivered yet. One that fails does not delay the others."""

    messenger: Messenger
    waiting: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    backoff: Backoff = field(
        default_factory=lambda: Backoff(first_seconds=FIRST_RETRY_SECONDS, longest_seconds=LONGEST_RETRY_SECONDS)
    )
    not_before: float = 0.0
    """Monotonic."""

    def deliver(self, title: str, language: str, now: float) -> bool:
        """Send what waits, as one message; after a failure wait longer and longer. False when nothing was tried."""
        if not self.waiting or now < self.not_before:
            return False
        lines = list(self.waiting)[:MOST_LINES]
        more = len(self.waiting) - len(lines)
        text = "\n".join([*lines, rest(more, language)] if more else lines)
        try:
            self.messenger.send(title, text)
        except Retryable as error:
            pause_seconds = self.backoff.failed()
            logger.warning("{}; tried again in {:.0f} s", error, pause_seconds)
            self.not_before = now + pause_seconds
        else:
            self.waiting.clear()
            self.backoff.succeeded()
        return True


@dataclass(slots=True, kw_only=True)
class Alarm(Loop):
    """Its own thread, so that a slow messenger holds nobody else up."""

    store: Store
    situation: Situation
    clock: Clock
    messengers: tuple[Messenger, ...]
    lease: Lease
    card_printers: Mapping[str, str]
    """CUPS queue by name: this daemon's own. Others are looked at too."""
    low: int
    """Fewer blanks than this are too few."""
    low_days: int
    """Blanks for fewer working days than this are too few."""
    witnesses: tuple[str, ...] = ()
    """Of the log: the names of their keys."""
    title: str
    language: str
    timezone: ZoneInfo
    name: str = "alarm"
    _watch: Watch = field(default_factory=dict)
    _outboxes: tuple[_Outbox, ...] = ()
    _outlook: Outlook | None = None
    _reckoned_at: float | None = None

    def __post_init__(self) -> None:
        self._outboxes = tuple(_Outbox(messenger=messenger) for messenger in self.messengers)

    def step(self) -> float:
        """Look, and deliver what waits."""
        self._watch, news = look(self._watch, self._facts())
        for item in news:
            self._send(item)
        for outbox in self._outboxes:
            if outbox.deliver(self.title, self.language, self.clock.monotonic()):
                return 0.0
        return LOOK_SECONDS

    def _send(self, news: Announcement) -> None:
        logger.warning("alert: {}", sentence(news, language="en", timezone=self.timezone))
        text = line(news, language=self.language, timezone=self.timezone)
        for outbox in self._outboxes:
            outbox.waiting.append(text)

    def _facts(self) -> Facts:
        balances = self.store.ledger.balances()
        printers = known_printers(self.card_printers, self.store, self.lease, balances)
        return facts(
            self.store,
            self.clock.now(),
            link=self.situation.link,
            printers=printers,
            balances=balances,
            own=self.card_printers,
            low=self.low,
            low_days=self.low_days,
            outlook=self._look_ahead(),
            machine=self.situation.machine,
            witnesses=self.witnesses,
            foreign=tuple((card.printer, card.number, card.at) for card in self.situation.foreign_cards),
            most=MOST_LOOKED_AT,
        )

    def _look_ahead(self) -> Outlook | None:
        now = self.clock.monotonic()
        if self._reckoned_at is None or now - self._reckoned_at >= RECKON_SECONDS:
            self._reckoned_at = now
            self._outlook = look_ahead(self.store, self.clock.now(), self.timezone)
        return self._outlook
