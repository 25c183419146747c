"""What no version wrote: entries, and rows beside them."""

from collections.abc import Iterable, Iterator

from daemon.domain.log import LogEntry

UNREADABLE = (KeyError, TypeError, ValueError, OverflowError)
"""What comes of reading it."""


def unreadable(entry: LogEntry, error: Exception) -> str:
    """As people are told of it."""
    return f"log #{entry.sequence}: this {entry.event} is not as any version wrote it ({error!r})"


def readable(what: str, check: Iterable[str]) -> Iterator[str]:
    """What this check yields, and one line more where it comes upon a row that nobody can read."""
    try:
        yield from check
    except UNREADABLE as error:
        yield f"{what}: there is something in the table that no version wrote ({error!r})"
