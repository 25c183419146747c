"""Many outages of every kind in one run on the virtual clock, and what the office makes of them.

Nothing else goes wrong here (run.py has the rest). People go on becoming print-ready all the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from loguru import logger

from daemon.domain import ledger
from daemon.domain.job import PRINT_READY
from daemon.domain.ledger import Movement
from daemon.domain.link import Cause, Stage
from daemon.ports import Outage, Person, Record
from daemon.queries.fairness import whole_log
from daemon.settings import Probing
from tests.simulation.bugs import NO_BUG
from tests.simulation.clock import START
from tests.simulation.database import Database
from tests.simulation.invariants import Violation
from tests.simulation.run import Simulation

STAGE_OF = {
    Cause.CERTIFICATE_EXPIRED: Stage.TLS,
    Cause.CLOCK_WRONG: Stage.TLS,
    Cause.CAPTIVE_PORTAL: Stage.ANSWER,
    Cause.BUSY: Stage.ANSWER,
    Cause.NO_CARRIER: Stage.CONNECT,
    Cause.CARRIER_REFUSED: Stage.ANSWER,
}
"""The others are named as their stage."""
INTERVAL, TIMEOUT = timedelta(seconds=15), timedelta(seconds=5)
"""As the configuration has them if nothing is said."""
PEOPLE_FOR_EACH = 3
GAP_SECONDS = (40.0, 120.0)
LENGTH_SECONDS = (90.0, 500.0)
"""Long enough to be seen: three probes that fail, each of which may take its time-out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """One outage as it really was."""

    cause: Cause
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What came of a run."""

    gone: Sequence[Gone]
    told: Sequence[Outage]
    """In the order in which they came."""
    waits: Sequence[float]
    """From the link's return to the first card that is started, in probe intervals."""
    cards: int
    violation: str | None


def soak(seed: int, outages: int, disk: Database) -> Soak:
    """A run; its violation tells if the order was broken, somebody was lost or a card was made twice."""
    logger.disable("workers")
    try:
        run = _Outages(seed, outages, disk)
        violation = run.play()
    finally:
        logger.enable("workers")
    return run.result(violation)


class _Outages(Simulation):
    """A world in which only the link fails."""

    def __init__(self, seed: int, outages: int, disk: Database) -> None:
        super().__init__(seed, disk, NO_BUG)
        probe = Probing(interval=INTERVAL, timeout=TIMEOUT)
        central = self._settings.central.model_copy(update={"probe": probe})
        self._settings = self._settings.model_copy(update={"central": central})
        self.world.central.timeout_seconds = TIMEOUT.total_seconds()
        self.world.operator.whims = 0.0
        self.world.process.laziness = (1.0,)
        self.world.process.waking_seconds = 0.05
        self._gone = list(_weather(Random(seed), outages))

    def result(self, violation: str | None) -> Soak:
        starts = [entry.at for entry in whole_log(self._store.log) if entry.event == "started"]
        firsts = [min((at for at in starts if at >= gone.ended), default=None) for gone in self._gone]
        return Soak(
            gone=self._gone,
            told=self._store.links.outages(10 * len(self._gone))[::-1],
            waits=[(first - gone.ended) / INTERVAL for first, gone in zip(firsts, self._gone, strict=True) if first],
            cards=sum(self.invariants.good_cards().values()),
            violation=violation,
        )

    def _play(self) -> None:
        timeline, world = self._timeline, self.world
        world.operator.open_the_office()
        self._more_blanks(PEOPLE_FOR_EACH * len(self._gone))
        self._people_come()
        for gone in self._gone:
            timeline.after((gone.began - timeline.now()).total_seconds(), lambda gone=gone: self._goes(gone))  # type: ignore[misc]
            timeline.after((gone.ended - timeline.now()).total_seconds(), self._returns)
        over_at = timeline.monotonic() + (self._gone[-1].ended - timeline.now()).total_seconds()
        unsettled: str | None = "not looked yet"
        while unsettled is not None:
            timeline.run_until(min(timeline.next_at, world.process.due_at))
            if world.process.due_at <= timeline.monotonic():
                world.process.go_on()
            world.operator.is_closing = timeline.monotonic() > over_at
            if world.operator.is_closing:
                unsettled = self.ending.unsettled()
            if timeline.monotonic() > over_at + 7200:
                raise Violation("everything is settled in the end", str(unsettled))
        self.invariants.after_step()
        self.ending.check()

    def _more_blanks(self, quantity: int) -> None:
        shipment = Movement(quantity=quantity, credit=ledger.CENTRE, debit=ledger.STORE, reason="received", batch="B2")
        self._store.ledger.move(shipment, at=self._timeline.now(), actor="SITI")

    def _people_come(self) -> None:
        """One in each outage, two in the time up to its end; who was recorded first is not ready first."""
        centre, number = self.world.centre, 0
        before = self._timeline.now()
        for gone in self._gone:
            for place in range(PEOPLE_FOR_EACH):
                number += 1
                record = Record(
                    record_id=f"R{number:04}",
                    recorded_at=START - timedelta(days=self._rng.uniform(1, 300)),
                    person=Person(nik=f"12050101019{number:05}", name="SITI CONTOH"),
                )
                centre.records[record.record_id] = replace(record)
                since = before if place else gone.began
                moment = since + self._rng.random() * (gone.ended - since)
                self._timeline.after(
                    (moment - self._timeline.now()).total_seconds(),
                    lambda record_id=record.record_id: centre.change(record_id, PRINT_READY),  # type: ignore[misc]
                )
            before = gone.ended

    def _goes(self, gone: Gone) -> None:
        self.world.centre.line_fails_at = STAGE_OF.get(gone.cause) or Stage(gone.cause)
        self.world.centre.line_fails_by = gone.cause if gone.cause in STAGE_OF else None

    def _returns(self) -> None:
        self.world.centre.line_fails_at = self.world.centre.line_fails_by = None


def _weather(rng: Random, outages: int) -> list[Gone]:
    """Every cause in turn, shuffled."""
    causes = [list(Cause)[number % len(Cause)] for number in range(outages)]
    rng.shuffle(causes)
    at, gone = START, []
    for cause in causes:
        began = at + timedelta(seconds=rng.uniform(*GAP_SECONDS))
        at = began + timedelta(seconds=rng.uniform(*LENGTH_SECONDS))
        gone.append(Gone(cause=cause, began=began, ended=at))
    return gone
