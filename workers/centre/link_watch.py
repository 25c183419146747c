"""Watches the link to the central server and says when it goes and when it is back."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from loguru import logger

from daemon.domain.link import Hysteresis, Link, LinkState, Probe, observe, until_next_probe
from daemon.ports import CentralServer, Clock, LinkFailure, LinkStore
from workers.runner import PATIENCE_SECONDS, Loop
from workers.situation import Situation


@dataclass(slots=True, kw_only=True)
class LinkWatch(Loop):
    """Probes at an interval; real calls of other loops that failed count as probes at once."""

    central: CentralServer
    links: LinkStore
    situation: Situation
    clock: Clock
    hysteresis: Hysteresis
    interval_seconds: float
    chance: Random
    name: str = "link-watch"
    patience_seconds: float = PATIENCE_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _by_hearsay: bool = False
    """It was a failed call, not a probe, that took the link down."""

    def step(self) -> float:
        """Probe once. A probe that hangs until its time-out does not delay the next one by that."""
        began = self.clock.monotonic()
        self._observe(self.central.probe(), first_hand=True)
        planned_seconds = until_next_probe(
            self.situation.link, self.hysteresis, self.interval_seconds, self.chance.random()
        )
        return max(planned_seconds / 4, planned_seconds - (self.clock.monotonic() - began))

    def failed(self, failure: LinkFailure) -> None:
        """Another loop's real call failed on the link."""
        probe = Probe(at=self.clock.now(), failed_stage=failure.stage, cause=failure.cause, detail=failure.detail)
        self._observe(probe, first_hand=False)

    def _observe(self, probe: Probe, *, first_hand: bool) -> None:
        with self._lock:
            before = self.situation.link
            after = observe(before, probe, self.hysteresis)
            is_down = after.state is LinkState.DOWN
            if after.state is not before.state:
                self.links.save_link(after, before)
                self._by_hearsay = is_down and not first_hand
            elif is_down and first_hand and not probe.ok:
                self._save_cause(before, after)
            self.situation.set_link(after)
        if after.state is not before.state:
            self._log_change(before, after)

    def _save_cause(self, before: Link, after: Link) -> None:
        """What fails now is shown; the outage keeps its first cause, as soon as a probe has passed the stages anew.

        A call that is cut off by the outage fails at its answer, whatever stage it is that does not work any more.
        """
        if after.cause is not before.cause:
            self.links.save_link(after, before)
        if self._by_hearsay and after.cause is not None:
            self.links.correct_outage(after.cause, after.detail)
        self._by_hearsay = False

    def _log_change(self, before: Link, after: Link) -> None:
        match after.state:
            case LinkState.DOWN:
                logger.warning(
                    "central server down since {:%H:%M:%S} UTC ({}: {}); no new card is started, running ones finish",
                    after.since,
                    after.cause,
                    after.detail,
                )
            case LinkState.UP if before.state is LinkState.DOWN:
                gone = timedelta(seconds=round((after.since - before.since).total_seconds()))
                logger.info("central server is back after {}; printing resumes", gone)
            case LinkState.UP:
                logger.info("central server answers")
            case _:
                logger.warning("central server failed once ({}: {})", after.cause, after.detail)
