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

    def stopping(self, within_seconds: float) -> None:
        """STOPPING=1, and the time that it is given from now on; said again, it is given anew."""
        ...

    def status(self, line: str) -> None:
        """STATUS=, one line."""
        ...

    def alive(self) -> None:
        """WATCHDOG=1: every loop made its step in time."""
        ...


class Messenger(Protocol):
    """One way to tell people who are elsewhere that something is wrong. Used by one thread."""

    @property
    def name(self) -> str:
        """For the log: where it is configured, never its address (which holds a secret)."""
        ...

    def send(self, title: str, text: str) -> None:
        """Bounded in time. Retryable when it did not go out."""
        ...
