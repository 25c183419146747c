"""Rules above the recording time, in some of the runs: other ones at each start of the daemon, whatever is under way;
and what people do under them: they check in, and are put into a lane."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from daemon.domain.errors import GiliranError
from daemon.domain.rules import Rules
from daemon.ports import OrderStore, Record
from daemon.settings import Settings
from daemon.settings.models import Lane, Precedence, Queue
from tests.simulation.clock import Timeline
from tests.simulation.operator import NAME, SHIPMENT

CLASSES = (None, "first_time", "lost", "data_change")
RANKS = ((("first_time",), ()), (("lost", "first_time"), ("data_change",)), ((), ("data_change",)))
"""Classes in order, and those that are shut."""
SOON_SHORT = SHIPMENT - 2
"""Blanks."""
LANES = (
    Lane(name="lansia", instruction="SK 12/2026", one_in=3),
    Lane(name="darurat", instruction="SK 13/2026", one_in=2),
)


@dataclass(slots=True, kw_only=True)
class Instructions:
    """Of one run. Chance has a source of its own here: a run without instructions stays what it was."""

    rng: Random
    timeline: Timeline
    rules: Rules = field(default_factory=Rules)
    """By the configuration of this life of the daemon."""
    are_given: bool = False
    is_closing: Callable[[], bool] = lambda: False

    @property
    def without_chance(self) -> frozenset[str]:
        """Parts of the store whose calls draw no chance: without instructions nothing is adopted."""
        return frozenset() if self.are_given else frozenset({"order"})

    @property
    def hold_somebody_back(self) -> bool:
        """Now; somebody may wait for ever."""
        return not self.rules.are_plain

    def classified(self, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """With the classes that the centre names."""
        if not self.are_given:
            return records
        return tuple(replace(record, request_class=self.rng.choice(CLASSES)) for record in records)

    def into(self, settings: Settings) -> Settings:
        """The configuration of this life."""
        if not self.are_given:
            return settings
        queue = Queue() if self.is_closing() or self.rng.random() < 0.2 else self._queue()
        told = settings.model_copy(update={"queue": queue})
        self.rules = told.rules
        return told

    def _queue(self) -> Queue:
        classes, shut = self.rng.choice(RANKS)
        blanks = self.rng.choice((None, SOON_SHORT))
        precedence = Precedence(instruction="471.13/2026", while_blanks_below=blanks, classes=classes, shut=shut)
        return Queue(
            precedence=self.rng.choice((None, precedence)),
            lanes=LANES[: self.rng.choice((0, 1, 2))] if self.rng.random() < 0.7 else (),
            presence=self.rng.random() < 0.3,
        )

    def put_on_agenda(self, order: OrderStore, record_ids: list[str], settings: Settings) -> None:
        """People come, and have themselves put into a lane, until the office closes."""
        if self.are_given and not self.is_closing():
            self.timeline.after(self.rng.uniform(0.5, 6), partial(self._visit, order, record_ids, settings))

    def _visit(self, order: OrderStore, record_ids: list[str], settings: Settings) -> None:
        record_id, at = self.rng.choice(record_ids), self.timeline.now()
        with suppress(GiliranError):  # not taken in yet, or not in line any more
            if self.rng.random() < 0.7:
                order.check_in(record_id, at.astimezone(settings.office.timezone).date(), at=at, actor=NAME)
            else:
                lane = self.rng.choice((None, *(lane.name for lane in LANES)))
                order.set_lane(record_id, lane, reason="by the paper", at=at, actor=NAME)
        self.put_on_agenda(order, record_ids, settings)
