"""One outage of the simulated line, from its beginning to the first card after it."""

import threading
from contextlib import closing

from adapters.clock import SystemClock
from daemon.demo.centre.line import Condition, Weather
from daemon.demo.stage import Stage
from daemon.domain.states import State
from daemon.main import open_store
from tests.waiting import eventually

INTERVAL_SECONDS = 1.0
"""Of the stage's probes."""
PATIENCE_SECONDS = 90.0
LONG_PATIENCE_SECONDS = 900.0

CAUSES = {
    Weather.REFUSE: "connect",
    Weather.CAPTIVE_PORTAL: "captive_portal",
    Weather.TIMEOUT: "answer",
    Weather.CAPTIVE_REDIRECT: "captive_portal",
    Weather.ERROR500: "answer",
    Weather.GARBAGE: "answer",
    Weather.TRUNCATED: "answer",
    Weather.CUT: "answer",
    Weather.UNAVAILABLE: "answer",
}


def go_through(stage: Stage, weather: Weather, lasts_seconds: float = 0.0) -> float:
    """The link goes, is seen to be down, returns; the time until a printer starts a card, in probe intervals."""
    with closing(open_store(stage.settings)) as store:
        before = len(store.links.outages(1000))
        stage.central.line.switch(Condition(weather=weather, cut_after_bytes=20))
        eventually(lambda: len(store.links.outages(1000)) > before, PATIENCE_SECONDS, f"the outage by {weather}")
        eventually(lambda: store.view.counts()[State.PRINTING] == 0, PATIENCE_SECONDS, "the cards in the printers")
        threading.Event().wait(lasts_seconds)
        made = starts(stage)
        returned = SystemClock().monotonic()
        stage.central.line.switch(Weather.UP)
        eventually(lambda: len(starts(stage)) > len(made), PATIENCE_SECONDS, "the first card after it")
    return (starts(stage)[len(made)] - returned) / INTERVAL_SECONDS


def starts(stage: Stage) -> list[float]:
    """When each card was begun, by the printers' tapes and the monotonic clock."""
    return sorted(card.started for printer in stage.printers.values() for card in printer.tape())
