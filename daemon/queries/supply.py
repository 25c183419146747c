"""How long the blanks last, from what the store knows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain import ledger
from daemon.domain.states import State
from daemon.domain.supply import WINDOW, Outlook, outlook
from daemon.ports import Store


def look_ahead(store: Store, at: datetime, timezone: ZoneInfo) -> Outlook:
    """By the use of the last four weeks."""
    used = store.ledger.used(at - WINDOW, at.astimezone(timezone).utcoffset() or timedelta())
    return outlook(
        left=ledger.usable(store.ledger.balances()),
        in_line=store.view.counts().get(State.READY, 0),
        used=tuple(used.values()),
    )
