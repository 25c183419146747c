"""Whether the link lets a new card start, and from which documents: the outage policy of the configuration."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.domain.link import LinkState
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
        if link.state.lets_cards_start:
            return True
        if link.state is not LinkState.DOWN or self.drain_for is None:
            return False
        return self.clock.monotonic() < self._drained_at(link.since, self.drain_for)

    def documents_since(self) -> datetime | None:
        """A document from before then may be stale, and the link is there to pull it again. None: any will do.

        What was pulled before an outage is as good as new once the changes of that time are known.
        """
        if not self.situation.link.state.lets_cards_start:
            return None
        oldest = self.clock.now() - KEPT_FOR
        unsure_before = self.situation.unsure_before
        return oldest if unsure_before is None else max(oldest, unsure_before)

    def _drained_at(self, since: datetime, drain_for: timedelta) -> float:
        """By the monotonic clock, which nobody sets; the wall clock tells only what had passed when we first saw it."""
        if self._drained is None or self._drained[0] != since:
            passed = min(max(self.clock.now() - since, timedelta()), drain_for)
            self._drained = since, self.clock.monotonic() + (drain_for - passed).total_seconds()
        return self._drained[1]
