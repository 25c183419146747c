"""A program that shows the demo's screen while other threads log, as a child of test_demo.py."""

import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from loguru import logger
from rich.console import Console

from adapters.clock import SystemClock
from daemon.demo.screen import Screen
from daemon.domain.dispatch import Dispatch, DispatchState
from daemon.domain.link import Link, LinkState
from daemon.domain.states import State
from daemon.queries.status import Snapshot

LINES, THREADS = 20, 2


def seen(link: LinkState = LinkState.UNKNOWN, *, printed: int = 7) -> Snapshot:
    """What a demo may see, with no printer."""
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return Snapshot(
        at=now,
        office="Kabupaten Contoh (1205)",
        timezone=ZoneInfo("Asia/Jakarta"),
        link=Link(state=link, since=now),
        drain_for=None,
        intake=None,
        dispatch=Dispatch(state=DispatchState.RUNNING, reasons=()),
        counts={**dict.fromkeys(State, 7), State.PRINTED: printed},
        printers=(),
        balances={},
        hoppers=(),
        unconfirmed=(),
        undelivered=0,
    )


def main() -> None:
    """Frames and lines as fast as they come, between two lines."""
    console = Console()
    screen = Screen(console, SystemClock(), 60)
    console.print("before")
    with screen.live():
        writers = [threading.Thread(target=_log, args=(name,)) for name in "ab"[:THREADS]]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            screen.show(seen(), ["a note"])
        screen.show(seen(), ["the last note"])
    console.print("after")


def _log(name: str) -> None:
    for number in range(LINES):
        logger.warning("line {} of {}", number, name)


if __name__ == "__main__":
    main()
