"""The log's newest checkpoint, for papers."""

from typing import TYPE_CHECKING

from daemon.cli import output
from daemon.domain.errors import Fatal
from daemon.domain.note import origin

if TYPE_CHECKING:
    from daemon.ports import KeptCheckpoint, LogKey, Store
    from daemon.settings import Settings


def key_of(settings: "Settings") -> "LogKey":
    """The key of the office's log. Fatal."""
    from daemon.main import log_key

    return log_key(settings)


def newest_checkpoint(settings: "Settings", store: "Store") -> "KeptCheckpoint":
    """Signed now if the log has grown. Fatal."""
    from daemon.main import clock, memory
    from daemon.queries.tree import checkpoint

    return checkpoint(store.tree, key_of(settings), origin(settings.office.code), clock(), memory(settings))


def checkpoint_for_paper(settings: "Settings", store: "Store") -> "KeptCheckpoint | None":
    """The same; without a key, or with a log that is not the one that was signed, papers say so by having none."""
    try:
        return newest_checkpoint(settings, store)
    except Fatal as error:
        output.warn(f"no checkpoint stands on this paper: {error}")
        return None
