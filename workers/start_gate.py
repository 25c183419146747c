"""Whether the line lets a new card start: the outage policy of the configuration."""

from dataclasses import dataclass
from datetime import timedelta

from daemon.domain.link import LinkState
from daemon.ports import Clock
from workers.situation import Situation


@dataclass(slots=True, kw_only=True)
class StartGate:
    """`pause`: no new card without the line. `drain`: what was pulled before it dropped goes on, for a while."""

    situation: Situation
    clock: Clock
    drain_for: timedelta | None
    """None under the policy `pause`."""

    def is_open(self) -> bool:
        """Whether a new card may be started now."""
        link = self.situation.link
        if link.state.lets_cards_start:
            return True
        if link.state is not LinkState.DOWN or self.drain_for is None:
            return False
        return self.clock.now() - link.since < self.drain_for
