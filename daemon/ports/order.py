"""The store, as far as it is about the rules of the order of turns, and who has to do with them."""

from datetime import date, datetime
from typing import Protocol

from daemon.domain.job import Job
from daemon.domain.rules import Rules


class OrderStore(Protocol):
    """What stands above the recording time. All daemons on a database go by the rules that were adopted last."""

    def rules(self) -> Rules:
        """Those that apply."""
        ...

    def adopt(self, rules: Rules, *, at: datetime, actor: str) -> bool:
        """These apply from now on (logged); False: they did already."""
        ...

    def set_lane(self, record_id: str, lane: str | None, *, reason: str, at: datetime, actor: str) -> Job:
        """Put somebody into a lane, or take him out of his (logged); the job then. Rejected, UnknownRecord."""
        ...

    def check_in(self, record_id: str, day: date, *, at: datetime, actor: str) -> Job:
        """Somebody came on that day of the office's (logged, once a day); the job then. Rejected, UnknownRecord."""
        ...
