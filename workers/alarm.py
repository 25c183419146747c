"""Tells people elsewhere when something needs them: looks at how it stands, finds what is news, sends it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from loguru import logger

from daemon.alert_wording import line, rest, sentence
from daemon.domain import ledger
from daemon.domain.alarm import Announcement, Facts, PrinterFacts, Watch, look
from daemon.domain.continuity import is_centres_word
from daemon.domain.errors import Retryable
from daemon.domain.states import State
from daemon.domain.supply import Outlook
from daemon.ports import Clock, Lease, Messenger, Store
from daemon.printers import known_printers
from daemon.supply import look_ahead
from workers.situation import Situation

LOOK_SECONDS = 10.0
RECKON_SECONDS = 600.0
"""How long the blanks last is reckoned so often: it reads four weeks of the ledger."""
MOST_UNCONFIRMED = 200
"""So many are looked at; the others' turn comes when these are settled."""
DAMAGE_IS_TOLD_FOR = timedelta(hours=1)
"""Also when it is mended by then, as it mostly is: the disk or memory that did it is still there."""
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
    retry_seconds: float = FIRST_RETRY_SECONDS
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
            logger.warning("{}; tried again in {:.0f} s", error, self.retry_seconds)
            self.not_before = now + self.retry_seconds
            self.retry_seconds = min(LONGEST_RETRY_SECONDS, self.retry_seconds * 2)
        else:
            self.waiting.clear()
            self.retry_seconds = FIRST_RETRY_SECONDS
        return True


@dataclass(slots=True, kw_only=True)
class Alarm:
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
    title: str
    language: str
    timezone: ZoneInfo
    name: str = "alarm"
    patience_seconds: float = 45.0
    """One messenger a step, up to its time-out."""
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

    def close(self) -> None:
        """Nothing belongs to the thread."""

    def _send(self, news: Announcement) -> None:
        logger.warning("alert: {}", sentence(news, language="en", timezone=self.timezone))
        text = line(news, language=self.language, timezone=self.timezone)
        for outbox in self._outboxes:
            outbox.waiting.append(text)

    def _facts(self) -> Facts:
        balances = self.store.ledger.balances()
        printers = known_printers(self.card_printers, self.store, self.lease, balances)
        names = tuple(printer.name for printer in printers)
        at, intake = self.clock.now(), self.store.records.intake()
        return Facts(
            at=at,
            link=self.situation.link,
            machine=self.situation.machine,
            printers=tuple(
                PrinterFacts(
                    name=printer.name,
                    state=printer.report.state,
                    reasons=printer.report.reasons,
                    since=printer.report.since,
                    blanks=balances.get(ledger.hopper(printer.name), 0),
                )
                for printer in printers
            ),
            unconfirmed=tuple(row.job for row in self.store.view.queue(State.UNCONFIRMED, MOST_UNCONFIRMED)),
            foreign=tuple((card.printer, card.number, card.at) for card in self.situation.foreign_cards),
            rejected=tuple(
                record_id for record_id, reason in self.store.issuances.rejected() if is_centres_word(reason)
            ),
            faulty=tuple(self.store.view.faulty(MOST_UNCONFIRMED)),
            awaiting_person=tuple(self.store.view.awaiting_person(MOST_UNCONFIRMED)),
            damaged=tuple(
                (damage.record_id, damage.kept.value, damage.found_at)
                for damage in self.store.view.damages(at - DAMAGE_IS_TOLD_FOR)
            ),
            round_since=None if intake is None else intake.round_since,
            in_store=balances.get(ledger.STORE, 0),
            in_hoppers=sum(balances.get(ledger.hopper(name), 0) for name in names),
            serials=tuple(self.store.serials.troubles(MOST_UNCONFIRMED)),
            low=self.low,
            outlook=self._look_ahead(names),
            low_days=self.low_days,
            consumables={name: those for name, those in self.store.printers.consumables().items() if name in names},
        )

    def _look_ahead(self, printers: tuple[str, ...]) -> Outlook | None:
        now = self.clock.monotonic()
        if self._reckoned_at is None or now - self._reckoned_at >= RECKON_SECONDS:
            self._reckoned_at = now
            self._outlook = look_ahead(self.store, printers, self.clock.now(), self.timezone)
        return self._outlook
