"""What several daemons on one store have between them: who has what, and news of each other."""

from typing import Protocol

LEAD = "lead"
"""Held by the one daemon that watches the link, syncs, pulls documents and tells people, for all on its store."""


def serving(printer: str) -> str:
    """Held by the daemon that serves this printer."""
    return f"printer {printer}"


class Lease(Protocol):
    """What a daemon has for itself on its store, by name; the system, or the server, frees it when the daemon dies.

    A store in a file is one daemon's: there nobody else can take any name while one has some.
    """

    def acquire(self, *names: str) -> frozenset[str]:
        """All of them, or none: then those that another daemon has."""
        ...

    def renew(self) -> frozenset[str]:
        """Make sure that what was taken still is ours: those that another daemon took while the store was away."""
        ...

    def held(self, *names: str) -> frozenset[str]:
        """Which of these a daemon has, this one included."""
        ...

    def release(self, *names: str) -> None:
        """Others may have them."""
        ...

    def close(self) -> None:
        """The daemon ends: give everything back."""
        ...


class Notifications(Protocol):
    """Wakes a daemon when others changed the store: another daemon, or somebody at the command line."""

    def wait(self, seconds: float) -> bool:
        """True as soon as something changed, False after that time. It may be missed: look now and then all the same.

        Retryable.
        """
        ...

    def close(self) -> None:
        """Nobody listens any more."""
        ...
