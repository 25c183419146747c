"""Wakes the loops when somebody else changed the store: another daemon, or an operator at the command line."""

from dataclasses import dataclass

from daemon.ports import News
from workers.situation import Change, Situation

LISTEN_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class NewsWatch:
    """Whoever wants to know of the line looks at once; without news everybody looks every few seconds anyway."""

    news: News
    situation: Situation
    name: str = "news-watch"
    patience_seconds: float = 45.0

    def step(self) -> float:
        """Listen for a moment."""
        if self.news.wait(LISTEN_SECONDS):
            self.situation.tell(Change.TURN)
        return 0.0

    def close(self) -> None:
        """Listen no more."""
        self.news.close()
