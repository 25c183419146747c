"""Makes the log's tiles and signs its heads, behind the entries: within a minute, and at every orderly stop."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from loguru import logger

from daemon.domain.errors import Fatal, GiliranError
from daemon.ports import Clock, LogKey, LogTree, Memory
from daemon.queries.tree import checkpoint
from workers.runner import Loop

EVERY_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Checkpointing(Loop):
    """A head that contradicts the one before it is never signed."""

    origin: str
    tree: LogTree
    key: LogKey
    clock: Clock
    memory: Memory | None = None
    """What was signed last, and outlives the database."""
    is_behind: Callable[[], bool] = lambda: False
    """Whether the database may have forgotten entries: then its log is not the one that was signed before."""
    name: str = "checkpointing"
    _is_told: bool = False

    def step(self) -> float:
        """Some tiles, or a checkpoint when all are made."""
        if self.is_behind():
            return EVERY_SECONDS
        try:
            if self.tree.extend():
                return 0.0
            checkpoint(self.tree, self.key, self.origin, self.clock, self.memory)
        except Fatal as error:
            # Cards go on being printed: the log still grows, and whoever verifies it finds the place.
            if not self._is_told:
                logger.critical("{}", error)
            self._is_told = True
        return EVERY_SECONDS

    def close(self) -> None:
        """What was decided last is signed, too."""
        with suppress(GiliranError):
            if not self.is_behind():
                checkpoint(self.tree, self.key, self.origin, self.clock, self.memory)
