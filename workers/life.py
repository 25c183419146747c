"""This run of the daemon as it stands in the database: its start, what became of a reload, its end."""

import os
import platform
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from loguru import logger

from daemon.domain.errors import GiliranError
from daemon.domain.health import Ending
from daemon.ports import Clock, RunStore

LAST_WORD_SECONDS = 2.0
"""A daemon that hangs does not wait longer for a database that may be why."""


def machine() -> str:
    """The name of this one."""
    return platform.node() or "?"


@dataclass(slots=True, kw_only=True)
class Life:
    """One process, whatever it reloads."""

    clock: Clock
    _number: int | None = None

    def begin(self, runs: RunStore) -> None:
        """As early as can be. A database that cannot be written now is tried again with the first heartbeat."""
        with suppress(GiliranError):
            self.number(runs)

    def number(self, runs: RunStore) -> int:
        """Of this run."""
        if self._number is None:
            self._number = runs.begin(machine(), os.getpid(), self.clock.now())
        return self._number

    def reloaded(self, runs: RunStore, error: str | None) -> None:
        """For whoever waits for it: `giliran reload`."""
        try:
            runs.reloaded(self.number(runs), error)
        except GiliranError as failure:
            logger.error("what became of the reload could not be written: {}", failure)

    def end(self, runs: RunStore, ending: Ending, hung: Mapping[str, datetime] | None = None) -> None:
        """The last word."""

        def write() -> None:
            with suppress(GiliranError):
                runs.end(self.number(runs), self.clock.now(), ending, hung)

        thread = threading.Thread(target=write, name="last-word", daemon=True)
        thread.start()
        thread.join(None if hung is None else LAST_WORD_SECONDS)
