"""How long the blanks last, from what the store knows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain import ledger
from daemon.domain.states import State
from daemon.domain.supply import WINDOW, Outlook, outlook
from daemon.ports import Store


def look_ahead(store: Store, card_printers: Iterable[str], at: datetime, timezone: ZoneInfo) -> Outlook:
    """By the use of the last four weeks."""
    balances = store.ledger.balances()
    used = store.ledger.used(at - WINDOW, at.astimezone(timezone).utcoffset() or timedelta())
    return outlook(
        left=sum(balances.get(account, 0) for account in (ledger.STORE, *map(ledger.hopper, card_printers))),
        in_line=store.view.counts().get(State.READY, 0),
        used=tuple(used.values()),
    )
