"""Wakes the loops when somebody else changed the store: another daemon, or an operator at the command line."""

from dataclasses import dataclass

from daemon.ports import Notifications
from workers.runner import Loop
from workers.situation import Situation, Topic

LISTEN_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class NotificationWatch(Loop):
    """Whoever wants to know of the link looks at once; without news everybody looks every few seconds anyway."""

    news: Notifications
    situation: Situation
    name: str = "notification-watch"

    def step(self) -> float:
        """Listen for a moment."""
        if self.news.wait(LISTEN_SECONDS):
            self.situation.notify(Topic.TURN)
        return 0.0

    def close(self) -> None:
        """Listen no more."""
        self.news.close()
