"""Whether the link lets a new card start, and from which documents: the outage policy of the configuration."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.domain.link import Link, drain_until
from daemon.ports import Clock
from workers.situation import Situation

KEPT_FOR = timedelta(days=1)
"""While the link is there, an older document is pulled again."""


@dataclass(slots=True, kw_only=True)
class StartGate:
    """`pause`: no new card without the link. `drain`: what was pulled before it dropped goes on, for a while."""

    situation: Situation
    clock: Clock
    drain_for: timedelta | None
    """None under the policy `pause`."""
    is_behind: Callable[[], bool] = lambda: False
    """Whether the database is behind what outlives it."""
    _drained: tuple[datetime, float] | None = field(default=None)
    """The outage, by its start, and the monotonic moment at which its draining ends."""

    def is_open(self) -> bool:
        """Whether a new card may be started now."""
        if self.is_behind():
            return False
        link = self.situation.link
        return link.state.lets_cards_start or self._is_draining(link)

    def documents_since(self) -> datetime | None:
        """A document from before then may be stale, and the link is there to pull it again. None: any will do.

        What was pulled before an outage is as good as new once the changes of that time are known.
        """
        if not self.situation.link.state.lets_cards_start:
            return None
        oldest = self.clock.now() - KEPT_FOR
        unsure_before = self.situation.unsure_before
        return oldest if unsure_before is None else max(oldest, unsure_before)

    def _is_draining(self, link: Link) -> bool:
        """By the monotonic clock, which nobody sets; the wall clock tells only what was left when we first saw it."""
        until = drain_until(link, self.drain_for)
        if until is None:
            return False
        if self._drained is None or self._drained[0] != link.since:
            left = min(until - self.clock.now(), until - link.since)
            self._drained = link.since, self.clock.monotonic() + left.total_seconds()
        return self.clock.monotonic() < self._drained[1]
