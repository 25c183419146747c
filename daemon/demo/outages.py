"""The outages of the demo: each comes after so many cards, and is over when the daemon has noticed it.

By cards and by the daemon's own word rather than by the clock: on a slow machine an outage of some seconds can come and
go unseen, or come when everybody has a card already.
"""

from collections.abc import Sequence

from daemon.demo.centre.line import Line, Weather
from daemon.domain.link import LinkState
from daemon.domain.states import State
from daemon.ports import Clock
from daemon.queries.status import Snapshot


class Outages:
    """One after the other, on the centre's line."""

    def __init__(
        self, line: Line, clock: Clock, script: Sequence[tuple[int, Weather]], *, least_seconds: float
    ) -> None:
        """`script`: after how many cards which weather comes, in order. Each stays for so long at least."""
        self._line = line
        self._clock = clock
        self._left = list(script)
        self._least_seconds = least_seconds
        self._began: float | None = None
        self.are_over = False
        """All came, and the daemon has seen the link come back."""

    def look(self, snapshot: Snapshot) -> None:
        """Once every moment."""
        link, now = snapshot.link.state, self._clock.monotonic()
        if self._began is not None:
            if link is LinkState.DOWN and now - self._began >= self._least_seconds:
                self._line.switch(Weather.UP)
                self._began = None
        elif link is not LinkState.UP:
            return
        elif not self._left:
            self.are_over = True
        elif snapshot.counts[State.PRINTED] >= self._left[0][0]:
            self._line.switch(self._left.pop(0)[1])
            self._began = now
