"""What the loops know in common: the link, the queues, and whether we are ending. Kept small and locked."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from daemon.domain.dispatch import Unfit
from daemon.domain.link import Link
from daemon.domain.needs import Trouble
from daemon.ports import QueueStatus


class Topic(Enum):
    """What a loop that waits may want to hear of."""

    LINK = auto()
    """The link to the centre went, or came back."""
    QUEUE = auto()
    """CUPS said something of a queue."""
    TURN = auto()
    """The queue moved, here or by another daemon, or an operator wants something."""
    CARD = auto()
    """A card in a printer is over, well or not."""
    LEAD = auto()
    """This daemon leads now, or no more."""
    CALENDAR = auto()
    """Something is due by the calendar."""


MOST_FOREIGN_CARDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCard:
    """A blank that went to somebody else's job."""

    printer: str
    number: int
    """CUPS's, of the job."""
    at: datetime


class Situation:
    """Shared by all loops of one daemon; every change is told to those who listen."""

    def __init__(self, link: Link) -> None:
        self._lock = threading.Lock()
        self._link = link
        self._unsure_before: datetime | None = link.since
        self._queues: dict[str, QueueStatus | None] = {}
        self._missing: set[str] = set()
        self._printing: set[str] = set()
        self._cups_absences = 0
        self._leads = False
        self._unfit: dict[str, frozenset[Unfit]] = {}
        self._foreign: deque[ForeignCard] = deque(maxlen=MOST_FOREIGN_CARDS)
        self._listeners: list[Callable[[Topic], None]] = []
        self.machine: tuple[Trouble, ...] = ()
        """What is wrong with the machine, as of the last heartbeat."""
        self.ending = threading.Event()
        """Set when nothing new may be started."""

    def listen(self, hear: Callable[[Topic], None]) -> None:
        """Call `hear` with whatever changes here, in the thread that changed it."""
        self._listeners.append(hear)

    @property
    def link(self) -> Link:
        """The link as observed last."""
        with self._lock:
            return self._link

    def set_link(self, link: Link) -> None:
        """The link watch saw something."""
        with self._lock:
            changed = link.state.lets_cards_start is not self._link.state.lets_cards_start
            self._link = link
            if changed:
                self._unsure_before = link.since
        if changed:
            self.notify(Topic.LINK)

    @property
    def foreign_cards(self) -> tuple[ForeignCard, ...]:
        """The latest, since this daemon started."""
        with self._lock:
            return tuple(self._foreign)

    def foreign_card(self, card: ForeignCard) -> None:
        """A guard let one pass."""
        with self._lock:
            self._foreign.append(card)

    @property
    def leads(self) -> bool:
        """Whether this is the daemon that talks to the centre."""
        return self._leads

    def set_leads(self, leads: bool) -> None:
        """It became that, or is it no more."""
        changed, self._leads = leads is not self._leads, leads
        if changed:
            self.notify(Topic.LEAD)

    @property
    def unsure_before(self) -> datetime | None:
        """What the centre said of anybody before then may not hold any more; None once its changes are known."""
        with self._lock:
            return self._unsure_before

    def caught_up(self) -> None:
        """Every change at the centre is known, as of now."""
        with self._lock:
            self._unsure_before = None

    def queue(self, queue: str) -> QueueStatus | None:
        """The latest of this queue; None while CUPS does not answer."""
        with self._lock:
            return self._queues.get(queue)

    def is_missing(self, queue: str) -> bool:
        """Whether CUPS answers and has no such queue."""
        with self._lock:
            return queue in self._missing

    def unfit(self, queue: str) -> frozenset[Unfit]:
        """Why this queue is given no card; empty when it is fit."""
        with self._lock:
            return self._unfit.get(queue, frozenset())

    def set_unfit(self, queue: str, unfit: frozenset[Unfit]) -> None:
        """The printer watch looked."""
        with self._lock:
            changed = unfit != self._unfit.get(queue, frozenset())
            self._unfit[queue] = unfit
        if changed:
            self.notify(Topic.QUEUE)

    def set_queue(self, queue: str, status: QueueStatus | None, *, missing: bool = False) -> None:
        """The printer watch saw something. `missing`: CUPS has no such queue."""
        with self._lock:
            was_missing = queue in self._missing
            changed = queue not in self._queues or self._queues[queue] != status or was_missing is not missing
            self._queues[queue] = status
            (self._missing.add if missing else self._missing.discard)(queue)
        if changed:
            self.notify(Topic.QUEUE)

    @property
    def cups_absences(self) -> int:
        """How often CUPS was gone, or restarted, as far as was seen: what it did meanwhile is not known."""
        with self._lock:
            return self._cups_absences

    def cups_was_absent(self) -> None:
        """The printer watch lost its subscription or its connection."""
        with self._lock:
            self._cups_absences += 1

    @property
    def is_printing(self) -> bool:
        """Whether any card is on its way."""
        return bool(self._printing)

    def set_printing(self, printer: str, printing: bool) -> None:
        """A print queue started or finished a card."""
        with self._lock:
            (self._printing.add if printing else self._printing.discard)(printer)

    def notify(self, topic: Topic) -> None:
        """Everybody who listens hears of it; whether it wakes them is theirs to say."""
        for hear in self._listeners:
            hear(topic)
