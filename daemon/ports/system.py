"""The system around the daemon."""

from typing import Protocol


class ServiceManager(Protocol):
    """systemd, or nobody."""

    def ready(self) -> None:
        """READY=1."""
        ...

    def reloading(self) -> None:
        """RELOADING=1; ready() follows."""
        ...

    def stopping(self) -> None:
        """STOPPING=1."""
        ...

    def status(self, line: str) -> None:
        """STATUS=, one line."""
        ...

    def alive(self) -> None:
        """WATCHDOG=1: every loop made its step in time."""
        ...
